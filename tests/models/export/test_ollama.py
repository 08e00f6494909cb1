"""A chat template as a Modelfile: it writes around the messages what the template writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.backends.base import Message
from models.chat_template import render
from models.errors import UserError
from models.export.ollama import take_apart, write_modelfile
from models.reply import INSTRUCTION
from tests.stubs.tiny_gguf import CHATML

DEEPSEEK = (
    "{{ bos_token }}{% for message in messages %}{% if message.role == 'system' %}{{ message.content }}\n"
    "{% elif message.role == 'user' %}### Instruction:\n{{ message.content }}\n{% else %}### Response:\n"
    "{{ message.content }}\n<|EOT|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}### Response:\n{% endif %}"
)
ONE_SYSTEM_FOR_ALL = (
    "{% for message in messages %}{{ messages[0].content if message.role == 'user' else '' }}"
    "[{{ message.content }}]{% endfor %}"
)


def as_ollama(go: str, system: str, rounds: list[tuple[str, str]]) -> str:
    """What Ollama makes of a template: once for each round, the instruction in the first only."""
    written = ""
    for number, (prompt, response) in enumerate(rounds):
        head, rest = go.split("{{ if .System }}")
        conditional, rest = rest.split("{{ end }}")
        text = head + (conditional.replace("{{ .System }}", system) if number == 0 else "") + rest
        written += text.replace("{{ .Prompt }}", prompt).replace("{{ .Response }}", response)
    return written


@pytest.mark.parametrize("template", [CHATML, DEEPSEEK])
def test_it_says_what_the_template_says(template: str) -> None:
    go = take_apart(template, eos="").as_go()
    messages = [
        Message("system", "Be brief."),
        Message("user", "Sort it."),
        Message("assistant", "1. How?"),
        Message("user", "Upwards."),
        Message("assistant", "sorted(it)"),
    ]
    expected = render(template, messages, add_generation_prompt=False)
    assert as_ollama(go, "Be brief.", [("Sort it.", "1. How?"), ("Upwards.", "sorted(it)")]) == expected


def test_the_file_names_model_adapter_instruction_and_stops(tmp_path: Path) -> None:
    written = write_modelfile(
        tmp_path / "elsewhere" / "base.gguf",
        template=CHATML,
        eos="<|endoftext|>",
        adapter=tmp_path / "out" / "tuned.gguf",
    )
    assert written == tmp_path / "out" / "tuned.Modelfile"
    lines = written.read_text("utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert lines[1] == f"FROM {tmp_path / 'elsewhere' / 'base.gguf'}"
    assert lines[2] == "ADAPTER ./tuned.gguf"
    assert f'SYSTEM """{INSTRUCTION}"""' in written.read_text("utf-8")
    assert lines[-3:] == [
        "PARAMETER temperature 0",
        'PARAMETER stop "<|im_end|>"',
        'PARAMETER stop "<|endoftext|>"',
    ]


@pytest.mark.parametrize(
    "template", [ONE_SYSTEM_FOR_ALL, "nothing", '"""' + CHATML, "{{ messages[0].content }}" * 2]
)
def test_a_template_that_does_more_is_a_line(tmp_path: Path, template: str) -> None:
    with pytest.raises(UserError, match="cannot be written as a Modelfile; leave out --ollama"):
        write_modelfile(tmp_path / "model.gguf", template=template, eos="")
    assert not list(tmp_path.glob("*.Modelfile"))
