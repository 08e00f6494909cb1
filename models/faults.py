"""What a pydantic model found wrong with a document, as a clause for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_OURS = "Value error, "
"""What pydantic puts before the text of a ValueError, which is our own and stays as it is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a document.

    Args:
        place: of the field, with dots; an entry of a list by its id or name, where the document is known and
            it has one; empty for the whole.
        said: what is wrong, as a clause.
        is_unknown: whether the model has no such field.
    """

    place: str
    said: str
    is_unknown: bool

    def __str__(self) -> str:
        """The whole clause: `place: what is wrong`."""
        return f"{self.place}: {self.said}" if self.place else self.said


def first_fault(error: ValidationError, document: object = None) -> Fault:
    """The first fault that was found.

    Args:
        error: of the model.
        document: that it was given; its entries are called by their names.
    """
    fault = error.errors(include_url=False)[0]
    return Fault(_place(fault["loc"], document), _clause(fault), fault["type"] == "extra_forbidden")


def _place(steps: tuple[int | str, ...], document: object) -> str:
    names: list[str] = []
    value = document
    for step in steps:
        try:
            value = value[step]  # type: ignore[index]
        except (LookupError, TypeError):
            value = None
        entry = value if isinstance(step, int) and isinstance(value, dict) else {}
        name = entry.get("id", entry.get("name"))
        names.append(str(step) if name is None else f"`{name}`")
    return ".".join(names)


def _clause(fault: ErrorDetails) -> str:
    message = fault["msg"]
    if message.startswith(_OURS):
        return message.removeprefix(_OURS)
    starts_a_sentence = message[1:2].islower()  # and not with an abbreviation
    return message[:1].lower() + message[1:] if starts_a_sentence else message
