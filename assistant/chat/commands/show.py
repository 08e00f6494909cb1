"""/help, /stats and /copy: what there is to see and to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.chat.commands.base import Command, nothing
from assistant.chat.rounds import newest
from models.errors import UserError, nearest

if TYPE_CHECKING:
    from assistant.chat.loop import Chat

_KEYS = """
Enter sends; Alt-Enter (or Esc, then Enter) begins a new line, and so does Enter after a backslash or
inside an open ``` fence. Ctrl-C stops a reply, which is kept, or clears the line; at a question it goes
back to the prompt, and the questions stay open. Esc there leaves the rest to the model. Ctrl-D leaves.

The conversation is kept whole until it does not fit the context. Then the oldest turns are left out,
each whole with its questions, answers and code; never the instruction, the added files or the newest
request. When these alone do not fit, that is an error. A server that does not count tokens gets all."""


def help_(chat: Chat, argument: str) -> None:
    """List the commands, or explain one."""
    from assistant.chat.commands import TABLE

    if argument:
        name = "/" + argument.removeprefix("/")
        if name not in TABLE:
            raise UserError(f"there is no command {name}", do=nearest(name, list(TABLE)))
        command = TABLE[name]
        chat.screen.say(f"{command.name} {command.usage}".strip() + f": {command.help}")
        return
    for command in TABLE.values():
        chat.screen.say(f"{command.name} {command.usage}".strip() + f"\n    {command.help}")
    chat.screen.say(_KEYS)


def stats(chat: Chat, argument: str) -> None:
    """Count what happened in the session."""
    nothing(argument, "/stats")
    state = chat.session.state
    asked = [turn for turn in state.turns if turn.questions]
    answers = [answer for turn in asked for answer in turn.answers.values()]
    usage = state.usage
    for line in (
        f"session {chat.session.id}",
        f"requests: {len(state.turns)}, with questions: {len(asked)}",
        f"questions: {sum(len(turn.questions) for turn in asked)}, answered: "
        f"{sum(answer is not None for answer in answers)}, left to the model: "
        f"{sum(answer is None for answer in answers)}",
        f"tokens read: {usage.prompt_tokens} ({usage.cached_tokens} from the cache), "
        f"written: {usage.generated_tokens}",
        f"time: {usage.prefill_seconds:.1f} s reading, {usage.decode_seconds:.1f} s writing "
        f"({usage.tokens_per_second:.1f} tokens/s)",
    ):
        chat.screen.say(line)


def copy(chat: Chat, argument: str) -> None:
    """Put the last code on the clipboard."""
    nothing(argument, "/copy")
    block = newest(chat).block
    if block is None:
        raise UserError("there is no code yet", do="/code has it written")
    chat.screen.say(f"copied {chat.screen.copy(block.code)}")


COMMANDS = (
    Command("/copy", "", "put the last code on the clipboard", copy),
    Command("/stats", "", "what this session took: requests, questions, tokens, time", stats),
    Command("/help", "[COMMAND]", "this list", help_),
)
