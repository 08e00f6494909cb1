from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.backends.base import Message, Prompt, Sampling, TextBackend
from models.backends.gguf import GgufBackend
from models.chat_template import render
from models.errors import ContextOverflow, UserError
from tests.stubs.tiny_gguf import BYTES, CHATML, CONTROLS, write_lora, write_tiny_model

MESSAGES = (Message("system", "Ask, or write code. " * 8), Message("user", "Sort these numbers."))
PROMPT = Prompt(MESSAGES)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture(scope="module")
def backend(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GgufBackend]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLARIFY_HOME", str(tmp_path_factory.mktemp("home")))
        made = GgufBackend(tiny_model, name="tiny", threads=1)
    with made:
        yield made


def _open(path: Path, **options: object) -> GgufBackend:
    return GgufBackend(path, name="tiny", threads=1, **options)  # type: ignore[arg-type]


def test_meets_the_protocol(backend: GgufBackend) -> None:
    text_backend: TextBackend = backend
    assert text_backend.identity.model == "tiny"
    assert text_backend.identity.adapter is None
    assert text_backend.capabilities.opener_mass
    assert text_backend.capabilities.reply_prefix
    assert text_backend.capabilities.context_tokens == 1024


def test_tokens_are_those_of_the_template(backend: GgufBackend) -> None:
    # One token a byte, and one for each of the template's five control tokens.
    rendered = render(CHATML, MESSAGES)
    names = sum(rendered.count(name) * (len(name) - 1) for name in CONTROLS)
    assert backend.count_tokens(PROMPT) == len(rendered.encode()) - names
    assert backend.count_tokens(Prompt(MESSAGES, "```python")) == len(rendered.encode()) - names + 9


_TEXTS = st.lists(st.one_of(st.sampled_from(CONTROLS), st.text(max_size=6)), max_size=5).map("".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TEXTS, _TEXTS)
def test_no_message_can_write_a_control_token(backend: GgufBackend, system: str, user: str) -> None:
    messages = (Message("system", system), Message("user", user))
    tokens = backend._tokens(messages)
    assert [token for token in tokens if token >= BYTES] == [BYTES + 1, BYTES + 2] * 2 + [BYTES + 1]
    parts = (bytes([token]) if token < BYTES else CONTROLS[token - BYTES].encode() for token in tokens)
    assert b"".join(parts).decode() == render(CHATML, messages)


def test_a_reply_is_prefix_and_text(backend: GgufBackend) -> None:
    shown: list[str] = []
    reply = backend.complete(Prompt(MESSAGES, "1."), Sampling(max_tokens=12), shown.append)
    assert reply.text == "1." + "".join(shown)
    assert reply.finish == "length"
    assert reply.usage.generated_tokens == 12


def test_decision_and_reply_share_the_prefill(backend: GgufBackend) -> None:
    prompt = Prompt((MESSAGES[0], Message("user", "a request of its own")))
    mass = backend.opener_mass(prompt, ("1.", "```"))
    assert mass is not None
    assert len(mass.mass) == 2
    assert all(0 < share < 1 for share in mass.mass)
    reply = backend.complete(Prompt(prompt.messages, "```"), Sampling(max_tokens=2))
    assert reply.usage.cached_tokens == backend.count_tokens(prompt)


def test_the_instruction_is_read_once_per_machine(tiny_model: Path, home: Path) -> None:
    cached = []
    for _ in range(2):
        with _open(tiny_model) as fresh:
            mass = fresh.opener_mass(PROMPT, ("1.", "```"))
            assert mass is not None
            cached.append(mass.usage.cached_tokens)
    assert cached[0] == 0
    assert cached[1] >= 128
    assert [path.suffix for path in (home / "cache" / "prefixes").iterdir()] == [".kv"]


def test_without_an_instruction_nothing_is_kept(tiny_model: Path, home: Path) -> None:
    with _open(tiny_model) as fresh:
        fresh.complete(Prompt((Message("user", "private " * 40),)), Sampling(max_tokens=1))
    assert not (home / "cache").exists()


def test_ctrl_c_keeps_prefix_and_text(backend: GgufBackend) -> None:
    shown: list[str] = []

    def show(piece: str) -> None:
        shown.append(piece)
        if len(shown) == 2:
            raise KeyboardInterrupt

    reply = backend.complete(Prompt(MESSAGES, "```"), Sampling(max_tokens=500), show)
    assert reply.finish == "interrupted"
    assert reply.text.startswith("```" + "".join(shown))
    assert backend.complete(PROMPT, Sampling(max_tokens=2)).finish == "length"


def test_too_long_a_prompt_names_both_sizes(backend: GgufBackend) -> None:
    prompt = Prompt((Message("user", "x" * 2000),))
    for call in (
        lambda: backend.complete(prompt, Sampling()),
        lambda: backend.opener_mass(prompt, ("1.",)),
    ):
        with pytest.raises(ContextOverflow) as error:
            call()
        assert error.value.context_tokens == 1024
        assert error.value.prompt_tokens == backend.count_tokens(prompt)


def test_adapters_come_and_go(tiny_model: Path, tmp_path: Path) -> None:
    adapter = write_lora(tmp_path / "tuned.gguf")
    sampling = Sampling(max_tokens=10)
    with _open(tiny_model) as plain, _open(tiny_model, adapter_path=adapter, adapter_name="t") as tuned:
        assert tuned.identity.adapter == "t"
        base, other = plain.complete(PROMPT, sampling).text, tuned.complete(PROMPT, sampling).text
        assert base != other
        plain.use_adapter(adapter)
        assert plain.identity.adapter == "tuned"
        assert plain.identity.adapter_sha256 == hashlib.sha256(adapter.read_bytes()).hexdigest()
        assert plain.complete(PROMPT, sampling).text == other
        plain.use_adapter(None)
        assert (plain.identity.adapter, plain.identity.adapter_sha256) == (None, None)
        assert plain.complete(PROMPT, sampling).text == base
        with pytest.raises(UserError, match="does not fit"):
            tuned.use_adapter(write_lora(tmp_path / "unfit.gguf", layers=9))
        assert tuned.identity.adapter == "t"
        assert tuned.complete(PROMPT, sampling).text == other


def test_a_file_without_a_template_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no chat template"):
        _open(write_tiny_model(tmp_path / "base.gguf", template=None))


def test_a_template_that_refuses_says_why(tmp_path: Path) -> None:
    template = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('system is not supported') }}{% endif %}"
        + CHATML
    )
    with _open(write_tiny_model(tmp_path / "picky.gguf", template=template)) as picky:
        with pytest.raises(UserError, match="system is not supported"):
            picky.complete(PROMPT, Sampling())
        user_only = Prompt((Message("user", "x"),))
        assert picky.complete(user_only, Sampling(max_tokens=1)).finish == "length"


def test_a_template_that_wants_a_users_message_still_works(tmp_path: Path) -> None:
    template = "{% if messages | length < 2 %}{{ raise_exception('too few') }}{% endif %}" + CHATML
    with _open(write_tiny_model(tmp_path / "picky.gguf", template=template)) as picky:
        assert picky.complete(PROMPT, Sampling(max_tokens=1)).finish == "length"


def test_nothing_is_printed(tiny_model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with _open(tiny_model) as fresh:
        fresh.complete(PROMPT, Sampling(max_tokens=2, temperature=1.0))
    os.write(1, b"end")
    assert capfd.readouterr() == ("end", "")


def test_a_failed_start_frees_the_model(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such adapter"):
        _open(tiny_model, adapter_path=tmp_path / "none.gguf")
