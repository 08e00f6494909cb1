"""A chat over a scripted backend and a scripted screen, in the test's own folder and home."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from assistant.chat.loop import Chat
from assistant.chat.session import Session
from assistant.config import load
from models.backends.base import TextBackend
from models.backends.scripted import ScriptedBackend
from models.backends.select import BackendChoice
from tests.assistant.chat.scripted_screen import ScriptedScreen


class MakeChat(Protocol):
    def __call__(
        self,
        screen: ScriptedScreen,
        replies: Iterable[str] = ...,
        masses: Iterable[tuple[float, ...]] | None = ...,
        *,
        session: Session | None = ...,
        backend: TextBackend | None = ...,
        context_tokens: int | None = ...,
        opener: Callable[[BackendChoice], TextBackend] | None = ...,
        **settings: Any,
    ) -> Chat: ...


@pytest.fixture
def make_chat() -> Iterator[MakeChat]:
    """Builds chats; a session that a test leaves open is closed at its end."""
    made: list[Chat] = []

    def refuse(choice: BackendChoice) -> TextBackend:
        raise AssertionError("no other model is opened in this test")

    def make(
        screen: ScriptedScreen,
        replies: Iterable[str] = (),
        masses: Iterable[tuple[float, ...]] | None = None,
        *,
        session: Session | None = None,
        backend: TextBackend | None = None,
        context_tokens: int | None = None,
        opener: Callable[[BackendChoice], TextBackend] | None = None,
        **settings: Any,
    ) -> Chat:
        chat = Chat(
            session or Session.new(),
            load(**settings),
            backend or ScriptedBackend(replies, masses, context_tokens=context_tokens),
            screen,
            root=Path.cwd(),
            opener=opener or refuse,
        )
        made.append(chat)
        return chat

    yield make
    for chat in made:
        chat.session.close()
