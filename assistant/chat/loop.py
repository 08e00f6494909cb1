"""The chat itself: read, decide, show, record. It knows no terminal and no file format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.chat import commands, rounds
from assistant.chat.attachments import Attachment, read
from assistant.chat.events import Configured
from assistant.chat.interface import Screen, Status
from assistant.chat.session import Session
from assistant.config import Settings
from models.backends.base import TextBackend, Usage
from models.backends.select import BackendChoice, open_backend
from models.errors import UserError

CLARIFICATION_NEEDED = 3


class Chat:
    """One chat: what its commands and its rounds work on.

    Args:
        session: the record, maybe of an earlier time.
        settings: how to decide, and which model answers.
        backend: that model, open; the chat closes it.
        screen: where it takes place.
        root: the folder that code may be written into.
        opener: opens another model for /model.

    Attributes:
        left_out: how many of the oldest turns the last request left out.
        usage: of the last reply.
        warned: models that were said to be untuned.
    """

    def __init__(
        self,
        session: Session,
        settings: Settings,
        backend: TextBackend,
        screen: Screen,
        *,
        root: Path,
        opener: Callable[[BackendChoice], TextBackend] = open_backend,
    ) -> None:
        self.session = session
        self.settings = settings
        self.backend = backend
        self.screen = screen
        self.root = root
        self.opener = opener
        self.left_out = 0
        self.usage = Usage()
        self.warned: set[str] = set()
        self._failed = False

    @property
    def status(self) -> Status:
        """For the status line."""
        identity = self.backend.identity
        return Status(
            model=identity.model,
            adapter=identity.adapter,
            tokens_per_second=self.usage.tokens_per_second,
            used_tokens=self.usage.prompt_tokens + self.usage.generated_tokens,
            context_tokens=self.backend.capabilities.context_tokens,
            waiting=self.session.state.waiting,
        )

    def run(self) -> int:
        """Chat until the user leaves or the input is over; then close the model and the session.

        Returns:
            0; without a terminal 1 when something failed, else 3 when a question was left open.
        """
        try:
            going = True
            if self.screen.interactive and self.session.state.waiting:
                going = self._guarded(lambda: rounds.ask_and_write(self))
            while going:
                going = self._turn()
        finally:
            self.backend.close()
            self.session.close()
        if self.screen.interactive:
            return 0
        if self._failed:
            return 1
        return CLARIFICATION_NEEDED if self.session.state.open_turns else 0

    def handle(self, text: str) -> None:
        """One message or command.

        Raises:
            EOFError: the user leaves.
            UserError: it could not be done.
        """
        if commands.is_one(text):
            commands.run(self, text)
        else:
            rounds.request(self, text)

    def remember_settings(self) -> None:
        """Record the settings, when the session knows others."""
        now = Configured(**self.settings.model_dump(include=set(Configured.model_fields) - {"at", "kind"}))
        known = self.session.state.configured
        if known is None or known.model_dump(exclude={"at"}) != now.model_dump(exclude={"at"}):
            self.session.record(now)

    def files(self) -> list[Attachment]:
        """The added files, as they are on the disk now.

        Raises:
            UserError: one cannot be read any more.
        """
        found = []
        for path in self.session.state.files:
            try:
                found.append(read(Path(path)))
            except UserError as error:
                raise UserError(error.what, where=error.where, do="/drop it, or put it back") from error
        return found

    def _turn(self) -> bool:
        """Read once and do it; False when the user leaves or nothing more can be read."""
        try:
            text = self.screen.read(self.status)
        except EOFError:
            return False
        except KeyboardInterrupt:
            if not self.screen.interactive:
                raise
            return True
        except UserError as error:
            self._failed = True
            self.screen.error(str(error))
            return False
        return self._guarded(lambda: self.handle(text))

    def _guarded(self, work: Callable[[], None]) -> bool:
        """Whatever goes wrong in a turn ends that turn and not the chat; False when the user leaves."""
        try:
            work()
        except EOFError:
            return False
        except KeyboardInterrupt:
            if not self.screen.interactive:
                raise
            self.screen.note("stopped")
        except UserError as error:
            self._failed = True
            self.screen.error(str(error))
        return True
