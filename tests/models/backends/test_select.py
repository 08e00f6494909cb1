"""Which backend a choice opens, and which key goes where."""

from __future__ import annotations

import pytest

from models.backends.base import Message, Prompt, Sampling
from models.backends.select import BackendChoice, open_backend
from models.errors import UserError
from tests.stubs.openai import OpenAIStub


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
        (BackendChoice(model="openai:gpt", base_url="http://127.0.0.1:1/v1"), "OPENAI_API_KEY"),
        (BackendChoice(model="qwen9"), "qwen"),
        (BackendChoice(), "clarify models pull"),
    ],
)
def test_what_cannot_be_opened_says_why(choice: BackendChoice, line: str) -> None:
    with pytest.raises(UserError) as caught:
        open_backend(choice)
    assert line in str(caught.value)
