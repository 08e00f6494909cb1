"""What the keys do at the two prompts: the message, and the answer to a question.

Enter sends, Alt-Enter (or Esc, Enter) begins a new line, a paste never sends. Ctrl-C is both a key and a
signal from outside; the two mean the same.
"""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.application.current import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from assistant.chat.continuation import goes_on, next_line


def message_keys(on_idle_interrupt: Callable[[], None]) -> KeyBindings:
    """Keys of the message prompt.

    Args:
        on_idle_interrupt: called on Ctrl-C when there is no text to clear.
    """
    keys = _shared()

    @keys.add(Keys.Enter)
    def send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if _chosen(buffer).endswith((" ", "/")):
            buffer.complete_state = None  # a choice that more has to follow stays in the text
        elif not buffer.text.strip():
            buffer.reset()
        elif buffer.document.is_cursor_at_the_end and goes_on(buffer.text):
            text = next_line(buffer.text)
            buffer.text = text
            buffer.cursor_position = len(text)
        else:
            buffer.validate_and_handle()

    @keys.add(Keys.ControlC)
    @keys.add("<sigint>")
    def clear(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            on_idle_interrupt()

    return keys


def answer_keys(*, blank_counts: bool = False) -> KeyBindings:
    """Keys of the question prompt; Esc ends it with None, Ctrl-C with KeyboardInterrupt.

    Args:
        blank_counts: whether Enter on nothing is an answer too; else it does nothing.
    """
    keys = _shared()

    @keys.add(Keys.Enter)
    def send(event: KeyPressEvent) -> None:
        if blank_counts or event.current_buffer.text.strip():
            event.current_buffer.validate_and_handle()

    @keys.add(Keys.Escape)
    def leave_to_the_model(event: KeyPressEvent) -> None:
        event.app.exit(result=None)

    @keys.add(Keys.ControlC)
    @keys.add("<sigint>")
    def interrupt(event: KeyPressEvent) -> None:
        event.app.exit(exception=KeyboardInterrupt)

    return keys


def _chosen(buffer: Buffer) -> str:
    """The completion that is selected in the menu; empty when none is."""
    state = buffer.complete_state
    return state.current_completion.text if state and state.current_completion else ""


def _shared() -> KeyBindings:
    keys = KeyBindings()

    @keys.add(Keys.Escape, Keys.Enter)
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add(Keys.ControlD, filter=Condition(lambda: not get_app().current_buffer.text))
    def leave(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)

    return keys
