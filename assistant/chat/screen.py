"""The chat in a terminal: two prompts with a status line, and replies that stream between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application.current import get_app
from prompt_toolkit.completion import Completer
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.output import Output
from rich.console import Console
from rich.text import Text

from assistant.chat import clipboard, keyboard
from assistant.chat.colours import code_lines
from assistant.chat.interface import Position, Status
from assistant.chat.keys import answer_keys, message_keys
from assistant.chat.status import status_line
from assistant.chat.stream import ReplyStream
from models.console import clean
from models.reply import Question, render_questions

_ESCAPE_SECONDS = 0.3  # after Esc alone, how long a key may follow that makes it Alt-<key>
_MENU_ROWS = 6


class TerminalScreen:
    """A chat's screen on a terminal.

    Args:
        console: for all but the prompts.
        history_file: messages of earlier chats, and of this one.
        completer: of the message prompt.
        grace: seconds during which a key cannot be meant for a question that just appeared.
        source: where keys come from; None for the terminal.
        output: where prompts are drawn; None for the terminal.
    """

    interactive = True

    def __init__(
        self,
        console: Console,
        history_file: Path | None = None,
        completer: Completer | None = None,
        *,
        grace: float = 0.25,
        source: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._console = console
        self._grace = grace
        self._status = Status(model="")
        self._streamed = ""
        history: History = InMemoryHistory()
        if history_file is not None:
            history_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            history = FileHistory(str(history_file))
        self._messages = self._session(
            message_keys(self._say_how_to_leave), source, output, history, completer
        )
        self._answers = self._session(answer_keys(), source, output)
        self._confirmations = self._session(answer_keys(blank_counts=True), source, output)

    def read(self, status: Status) -> str:
        """The user's next message or command.

        Raises:
            EOFError: Ctrl-D.
        """
        self._status = status
        return self._messages.prompt([("bold", "> ")]) or ""

    def answer(self, position: Position, status: Status) -> str | None:
        """Put one question; nothing that was typed before it can answer it. Esc gives None.

        Raises:
            EOFError: Ctrl-D.
            KeyboardInterrupt: Ctrl-C.
        """
        self._status = status
        self._console.print()
        place = f" ({clean(position.place)})" if position.place else ""
        heading = Text(f"Question {position.number} of {position.of}{place}: ", style="bold")
        self._console.print(heading.append(clean(position.question.text)))
        for number, option in enumerate(position.question.options, 1):
            self._console.print(Text(f"  {number}  ", style="cyan").append(clean(option)))
        keyboard.discard(self._answers.app.input, self._grace)
        label = f"{position.number}/{position.of}> "
        return self._answers.prompt([("bold", label)], default=position.earlier)

    def confirm(self, question: str) -> bool:
        """A yes, typed and sent; anything else is a no."""
        keyboard.discard(self._confirmations.app.input, self._grace)
        try:
            said = self._confirmations.prompt([("bold", f"{clean(question)} [y/N] ")])
        except (EOFError, KeyboardInterrupt):
            return False
        return (said or "").strip().lower() in {"y", "yes"}

    @contextmanager
    def reply(self) -> Iterator[Callable[[str], None]]:
        """Show a reply while it comes."""
        stream = ReplyStream(self._console, waiting="reading the request …")
        with keyboard.unseen():
            try:
                yield stream.feed
            finally:
                stream.close()
                self._streamed = stream.shown_code

    def code(self, code: str, language: str) -> None:
        """The code of a reply, unless it was just shown as it came."""
        shown, self._streamed = self._streamed, ""
        if shown.rstrip() == clean(code).rstrip():
            return
        for line in code_lines(clean(code).rstrip("\n"), language):
            self._console.print(line, soft_wrap=True)

    def questions(self, questions: Sequence[Question]) -> None:
        """All questions at once."""
        self.say(render_questions(tuple(questions)))

    def diff(self, text: str) -> None:
        """A unified diff."""
        for line in code_lines(clean(text).rstrip("\n"), "diff"):
            self._console.print(line, soft_wrap=True)

    def say(self, text: str) -> None:
        """What a command has to tell."""
        self._console.print(Text(clean(text)))

    def note(self, text: str) -> None:
        """A remark beside the matter."""
        self._console.print(Text(clean(text), style="dim"))

    def error(self, line: str) -> None:
        """What went wrong."""
        self._console.print(Text("error: ", style="red").append(clean(line)))

    def copy(self, text: str) -> str:
        """Put a text on the clipboard.

        Raises:
            UserError: there is no way to.
        """
        return clipboard.copy(text, self._console)

    def _say_how_to_leave(self) -> None:
        from prompt_toolkit.application import run_in_terminal

        run_in_terminal(lambda: self.note("Ctrl-D or /exit leaves"))

    def _toolbar(self) -> FormattedText:
        columns = get_app().output.get_size().columns
        return FormattedText([("", status_line(self._status, columns))])

    def _session(
        self,
        keys: KeyBindings,
        source: Input | None,
        output: Output | None,
        history: History | None = None,
        completer: Completer | None = None,
    ) -> PromptSession[str | None]:
        session: PromptSession[str | None] = PromptSession(
            multiline=True,
            history=history or InMemoryHistory(),
            completer=completer,
            complete_while_typing=True,
            reserve_space_for_menu=_MENU_ROWS if completer else 0,
            prompt_continuation="… ",
            bottom_toolbar=self._toolbar,
            key_bindings=keys,
            input=source,
            output=output,
        )
        session.app.timeoutlen = _ESCAPE_SECONDS
        session.app.ttimeoutlen = _ESCAPE_SECONDS / 2
        return session
