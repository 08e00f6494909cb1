"""The systems by name; one more is a file and a line here."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from eval.rivals.base import System, Tools
from models.errors import UsageError, nearest

OURS = "ours"


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a system is made.

    Args:
        maker: `module:function`, which takes the tools and the argument.
        about: what it does, in a few words.
        argument: what tells systems of one maker apart.
        takes_instruction: whether --instruction can replace its first round's instruction.
    """

    maker: str
    about: str
    argument: str = ""
    takes_instruction: bool = False


_RIVALS = "eval.rivals"
_DRAFTS = 5

SYSTEMS: dict[str, Entry] = {
    OURS: Entry(f"{_RIVALS}.assistant:ours", "the assistant's own decision"),
    "always": Entry(f"{_RIVALS}.assistant:always", "the assistant, always asking"),
    "never": Entry(f"{_RIVALS}.assistant:never", "the assistant, never asking"),
    "constant-question": Entry(f"{_RIVALS}.constant:make", "always the same question"),
    "plain": Entry(f"{_RIVALS}.prompted:plain", "a prompt; the reply as it comes", takes_instruction=True),
    "plain-reasons": Entry(f"{_RIVALS}.prompted:plain", "a prompt that says when to ask", "reasons"),
    "plain-brief": Entry(f"{_RIVALS}.prompted:plain", "a short prompt", "brief"),
    **{
        f"few-shot-{count}": Entry(
            f"{_RIVALS}.prompted:few_shot",
            f"a prompt with {count} example{'s' if count > 1 else ''}",
            str(count),
            takes_instruction=True,
        )
        for count in range(1, 6)
    },
    "chain-of-thought": Entry(f"{_RIVALS}.chain_of_thought:make", "think aloud, then reply", "0"),
    "chain-of-thought-1": Entry(f"{_RIVALS}.chain_of_thought:make", "the same after an example", "1"),
    "okanagan": Entry(f"{_RIVALS}.okanagan:make", "code, reflect on it, then ask"),
    "clarifygpt": Entry(f"{_RIVALS}.clarifygpt:make", f"ask where {_DRAFTS} programs disagree", str(_DRAFTS)),
    "semantic-entropy": Entry(
        f"{_RIVALS}.semantic_entropy:make", f"how many things {_DRAFTS} programs do", str(_DRAFTS)
    ),
    **{
        f"cue-{cues}": Entry(f"{_RIVALS}.cues:make", f"a rule without a model: {cues}", cues)
        for cues in ("name", "examples", "or", "name+examples", "name+or", "examples+or", "name+examples+or")
    },
}


def entry(name: str) -> Entry:
    """The entry of a system.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in SYSTEMS:
        raise UsageError(f"there is no system `{name}`; {nearest(name, list(SYSTEMS))}")
    return SYSTEMS[name]


def make(name: str, tools: Tools) -> System:
    """Make a system.

    Raises:
        UsageError: there is none of that name, or it takes no instruction of others.
    """
    found = entry(name)
    if tools.instruction is not None and not found.takes_instruction:
        fitting = ", ".join(known for known, one in SYSTEMS.items() if one.takes_instruction)
        raise UsageError(f"`{name}` has its own instruction; --instruction goes with {fitting}")
    module, _, function = found.maker.partition(":")
    maker: Callable[[Tools, str], System] = getattr(importlib.import_module(module), function)
    return maker(tools, found.argument)
