"""Whether positions and numbers start at 0 or at 1."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording
from synth.modifications.recorded import Recorded, numbers_in
from synth.modifications.text import Span, prose
from synth.schema import Problem

_COUNTED = re.compile(
    r"\b(?:counted|counting|numbered|count|starting|start) (?:from|at|with) (?P<base>0|1|zero"
    r"|one)\b(?! (?:and|or|to|up)\b|,)"
)
_BASED = re.compile(r"\b(?P<base>0|1|zero|one)-based\b")


def find(problem: Problem) -> Iterator[Facet]:
    """A base that the text states once."""
    masked = prose(problem.description)
    found = [*_COUNTED.finditer(masked), *_BASED.finditer(masked)]
    if len(found) != 1:
        return
    match = found[0]
    rest = masked[: match.start("base")] + masked[match.end("base") :]
    if re.search(r"\b(?:zero|one|0|1|first)\b", rest):
        return
    base = {"zero": "0", "one": "1"}.get(match["base"], match["base"])
    other = "1" if base == "0" else "0"
    span = Span(match.start(), match.end(), match[0])
    words = match[0].removesuffix(match["base"]) if "based" not in match[0] else ""
    meant, swapped = (f"{words}{base}", f"{words}{other}") if words else (f"{base}-based", f"{other}-based")
    missing: tuple[Wording, ...] = ()
    if words:
        missing = (
            Wording(f"{words.split()[0]} the way the caller does it", f"The caller begins with {base}."),
            Wording(f"{words.split()[0]} as in the old program", f"The old program begins with {base}."),
        )
    named = f"{words}0 or 1" if words else "0- or 1-based"
    yield Facet(
        kind="index-base",
        span=span,
        what="the number of the first one",
        meant=Reading(meant),
        others=(Reading(swapped),),
        neutral=_numberless,
        missing=missing,
        either=(
            Wording(f"{named}, whichever the display uses", f"The display begins with {base}."),
            Wording(f"{named}, as the caller expects it", f"The caller expects the first one to be {base}."),
        ),
        other_words=swapped,
    )


def _numberless(record: Recorded) -> bool:
    return not any(number > 0 for number in numbers_in(record.value)) and "-" not in repr(record.value)
