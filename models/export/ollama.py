"""Writes an Ollama Modelfile beside an exported file, so that Ollama asks the way `clarify` does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.backends.base import Message
from models.chat_template import render
from models.errors import UserError
from models.files import write_atomic
from models.reply import INSTRUCTION

_COMMENT = "# One model writes all: `clarify` may leave code to an adapter's base, a Modelfile cannot."

# Characters of private use: no chat template has them.
_SYSTEM, _USER, _REPLY, _NEXT = (f"\ue000{number}\ue001" for number in range(4))


@dataclass(frozen=True, slots=True)
class Turns:
    """A chat template taken apart.

    Args:
        system: what stands before and after the instruction.
        user: before and after a request; the second ends where the reply begins.
        end: after a reply.
    """

    system: tuple[str, str]
    user: tuple[str, str]
    end: str

    def as_go(self) -> str:
        """As Ollama wants it: once for each round, with the instruction in the first only."""
        system = f"{{{{ if .System }}}}{self.system[0]}{{{{ .System }}}}{self.system[1]}{{{{ end }}}}"
        return f"{system}{self.user[0]}{{{{ .Prompt }}}}{self.user[1]}{{{{ .Response }}}}{self.end}"


def take_apart(template: str, *, eos: str) -> Turns:
    """Find out what a chat template writes around messages, by rendering marks through it.

    Begin-of-text is left out: Ollama writes it itself.

    Args:
        template: jinja2 source.
        eos: end-of-text token by name, or empty.

    Raises:
        UserError: the template does more than to write something around each message.
    """
    one = [Message("system", _SYSTEM), Message("user", _USER)]
    done = [*one, Message("assistant", _REPLY)]
    try:
        opened = render(template, one, eos=eos)
        closed = render(template, done, eos=eos, add_generation_prompt=False)
        two = render(template, [*done, Message("user", _NEXT)], eos=eos)
        before, rest = opened.split(_SYSTEM)
        between, reply = rest.split(_USER)
        end = closed.split(_REPLY)[1]
        following = two.split(_REPLY)[1].split(_NEXT)[0]
    except ValueError as error:
        raise _too_much() from error
    header = following.removeprefix(end)
    if not following.startswith(end) or not between.endswith(header):
        raise _too_much()
    turns = Turns((before, between.removesuffix(header)), (header, reply), end)
    again = f"{before}{_SYSTEM}{between}{_USER}{reply}{_REPLY}{end}{header}{_NEXT}{reply}"
    if two != again:
        raise _too_much()
    return turns


def write_modelfile(model: Path, *, template: str, eos: str, adapter: Path | None = None) -> Path:
    """Write the Modelfile for a model, or for an adapter of it.

    Args:
        model: its GGUF file.
        template: its chat template, jinja2 source.
        eos: its end-of-text token by name, or empty.
        adapter: a GGUF LoRA to use with it.

    Returns:
        Where the Modelfile is: beside the adapter, else beside the model.

    Raises:
        UserError: the chat template is none that a Modelfile can say, or the file cannot be written.
    """
    turns = take_apart(template, eos=eos)
    modelfile = (adapter or model).with_suffix(".Modelfile")
    lines = [_COMMENT, f"FROM {_place(model, modelfile)}"]
    if adapter is not None:
        lines.append(f"ADAPTER {_place(adapter, modelfile)}")
    lines += [
        f"TEMPLATE {_quoted(turns.as_go())}",
        f"SYSTEM {_quoted(INSTRUCTION)}",
        "PARAMETER temperature 0",
        *(f'PARAMETER stop "{stop}"' for stop in dict.fromkeys((turns.end.strip(), eos)) if stop),
    ]
    write_atomic(modelfile, "\n".join(lines) + "\n")
    return modelfile


def _place(path: Path, modelfile: Path) -> str:
    """A file beside the Modelfile by its name, so that both can be moved; else by its whole path."""
    path, folder = path.absolute(), modelfile.absolute().parent
    return f"./{path.name}" if path.parent == folder else str(path)


def _quoted(text: str) -> str:
    if '"""' in text:
        raise _too_much()
    return f'"""{text}"""'


def _too_much() -> UserError:
    return UserError(
        "the model's chat template cannot be written as a Modelfile", do="leave out --ollama, and write one"
    )
