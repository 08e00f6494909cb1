"""Which backend a choice opens, and which key goes where."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.backends.base import CodeBy, Message, Prompt, Sampling
from models.backends.gguf import GgufBackend
from models.backends.select import BackendChoice, open_backend
from models.backends.split import SplitBackend
from models.errors import UserError
from models.registry import merged
from models.registry.pull import pull
from models.reply import FENCE_OPENER, LIST_OPENER
from tests.models.registry.tuned import with_metadata, write_catalogue
from tests.stubs.openai import OpenAIStub
from tests.stubs.tiny_gguf import write_lora, write_tiny_model

MESSAGES = (Message("system", "Ask or code."), Message("user", "def f(x): ..."))
CODE = Prompt(MESSAGES, FENCE_OPENER, code=True)
SHORT = Sampling(max_tokens=12)


def test_a_server_gets_its_own_key_and_never_openais(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
    sent = []
    for server_key in (None, "server-key"):
        with OpenAIStub(["1. Which?"]) as stub:
            choice = BackendChoice(
                model="m", base_url=stub.url, server_api_key=server_key, openai_api_key="sk-config"
            )
            backend = open_backend(choice)
            backend.complete(Prompt((Message("user", "hi"),)), Sampling())
            backend.close()
            sent.append(stub.requests[-1].headers["Authorization"])
    assert sent[1] == "Bearer server-key"
    assert not any("sk-" in header for header in sent)


@pytest.mark.parametrize(
    ("choice", "line"),
    [
        (BackendChoice(model="openai:gpt"), "OPENAI_API_KEY"),
        (BackendChoice(model="gemini:flash"), "GEMINI_API_KEY"),
        (BackendChoice(model="openai:"), "needs the name of a model"),
        (BackendChoice(base_url="http://127.0.0.1:1/v1"), "needs the name of a model"),
        (BackendChoice(model="openai:gpt", adapter="a.gguf"), "an adapter goes with a local model"),
        (BackendChoice(model="openai:gpt", code_by="base"), "there is only one to write code"),
        (
            BackendChoice(model="m", base_url="http://127.0.0.1:1/v1", code_by="adapter"),
            "leave out --code-by",
        ),
        (BackendChoice(model="openai:gpt", base_url="http://127.0.0.1:1/v1"), "OPENAI_API_KEY"),
        (BackendChoice(model="qwen9"), "qwen"),
        (BackendChoice(), "clarify models pull"),
    ],
)
def test_what_cannot_be_opened_says_why(choice: BackendChoice, line: str) -> None:
    with pytest.raises(UserError) as caught:
        open_backend(choice)
    assert line in str(caught.value)


@pytest.fixture
def tiny(home: Path, tmp_path: Path) -> None:
    """A catalogue with a model and its adapter, which says nothing of who writes code; both are here."""
    (home / "models").mkdir(parents=True)
    model = write_tiny_model(home / "models" / "tiny.gguf").read_bytes()
    write_catalogue(home, model, with_metadata(write_lora(tmp_path / "lora.gguf")))


def written(choice: BackendChoice) -> str:
    backend = open_backend(choice)
    try:
        return backend.complete(CODE, SHORT).text
    finally:
        backend.close()


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("is_merged", [False, True])
def test_code_is_the_bases_to_the_byte_and_all_else_the_adapters(is_merged: bool) -> None:
    if is_merged:
        pull()
    backend, tuned, bare = (
        open_backend(BackendChoice(threads=1, **choice))  # type: ignore[arg-type]
        for choice in ({"code_by": "base"}, {"code_by": "adapter"}, {"adapter": "none"})
    )
    try:
        assert isinstance(backend, SplitBackend)
        assert isinstance(tuned, GgufBackend)
        assert (backend.identity.adapter, backend.identity.code_by) == ("tuned", "base")
        assert (tuned.identity.adapter, tuned.identity.code_by) == ("tuned", None)
        assert backend.identity.sha256 == tuned.identity.sha256
        assert (backend.identity.sha256 != bare.identity.sha256) == is_merged
        decided = [one.opener_mass(Prompt(MESSAGES), (LIST_OPENER, FENCE_OPENER)) for one in (backend, tuned)]
        assert decided[0] is not None
        assert decided[1] is not None
        assert decided[0].mass == decided[1].mass
        asks = Prompt(MESSAGES, LIST_OPENER)
        assert backend.complete(asks, SHORT).text == tuned.complete(asks, SHORT).text
        texts = [one.complete(CODE, SHORT).text for one in (backend, bare, tuned)]
        assert texts[0] == texts[1] != texts[2]
    finally:
        for one in (backend, tuned, bare):
            one.close()


@pytest.mark.parametrize(
    ("chosen", "listed", "stated", "splits"),
    [
        (None, None, "adapter", False),
        (None, None, "base", True),
        (None, "base", "adapter", True),
        (None, "adapter", "base", False),
        ("base", "adapter", "adapter", True),
        ("adapter", "base", "base", False),
    ],
)
def test_the_choice_goes_before_the_catalogue_and_that_before_the_file(
    home: Path, tmp_path: Path, chosen: CodeBy | None, listed: CodeBy | None, stated: CodeBy, splits: bool
) -> None:
    (home / "models").mkdir(parents=True)
    model = write_tiny_model(home / "models" / "tiny.gguf").read_bytes()
    write_catalogue(home, model, with_metadata(write_lora(tmp_path / "lora.gguf"), stated), listed)
    backend = open_backend(BackendChoice(code_by=chosen, threads=1))
    backend.close()
    assert isinstance(backend, SplitBackend) == splits


def test_a_file_that_is_no_part_of_the_registry_is_believed(tmp_path: Path) -> None:
    write_tiny_model(tmp_path / "tiny.gguf")
    lora = write_lora(tmp_path / "lora.gguf")
    for content, splits in ((lora.read_bytes(), False), (with_metadata(lora, "base"), True)):
        lora.write_bytes(content)
        backend = open_backend(
            BackendChoice(model=str(tmp_path / "tiny.gguf"), adapter=str(lora), threads=1, context_tokens=256)
        )
        backend.close()
        assert isinstance(backend, SplitBackend) == splits


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("code_by", ["base", "adapter"])
def test_without_an_adapter_there_is_nobody_to_choose(code_by: CodeBy) -> None:
    pull()
    (made,) = merged.records.load().merged
    for choice in (
        BackendChoice(adapter="none", code_by=code_by),
        BackendChoice(model=str(merged.place(made)), code_by=code_by),
    ):
        with pytest.raises(UserError, match="there is only one to write code; leave out --code-by"):
            open_backend(choice)
