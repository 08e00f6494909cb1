"""Left or right, front or back: the side on which something is padded, cut, added or shifted to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import KIN, Facet, Wording, either
from synth.modifications.recorded import is_trivial
from synth.modifications.text import Span, prose, words
from synth.schema import Problem

_OTHER = {
    "left": "right", "right": "left", "front": "back", "back": "front",
    "beginning": "end", "start": "end", "end": "beginning", "top": "bottom", "bottom": "top",
}  # fmt: skip
_MOVED = re.compile(
    r"\b(?:shift|rotat|mov|slid|push|turn)\w*\b[^.;:\n]{0,60}?(?P<where>\bto the (?P<side>left|right))\b"
)
_DONE_AT = re.compile(
    r"\b(?:padd?|align|justif|trim|cut|cropp?|remov|tak|add|insert|put|fill|plac|attach"
    r"|dropp?)(?:ed|en|ing|s|es)?\b"
    r"[^.;:\n]{0,50}?(?P<where>\b(?:(?:on|at|from) the (?P<side>left|right|front|back|top|bottom"
    r"|beginning|start|end)(?: side)?))(?<!at the end)(?<!at the beginning)(?<!at the start)"
    r"\b(?! of\b)",
    re.IGNORECASE,
)
_TURNED = re.compile(
    r"\b(?:turn|rotat)\w*\b[^.;:\n]{0,80}?(?P<where>(?P<side>(?:counter|anti)?-?clockwise))\b", re.IGNORECASE
)


_ON_THE_WAY = re.compile(r"\b(?:scann|search|read|work|start|look|go|count|mov)ing\b", re.IGNORECASE)
"""From which side it is done is no matter of the result."""


def find(problem: Problem) -> Iterator[Facet]:
    """Sides that the text names once and the entry point's own name does not."""
    masked = prose(problem.description)
    for pattern in (_MOVED, _DONE_AT, _TURNED):
        for match in pattern.finditer(masked):
            if _ON_THE_WAY.search(match[0]):
                continue
            side = match["side"].lower()
            other = _OTHER.get(side, "counter-clockwise" if side == "clockwise" else "clockwise")
            named = words(
                f"{masked[: match.start('side')]} {masked[match.end('side') :]} {problem.name}".replace(
                    "_", " "
                )
            )
            if (
                side in named
                or other in named
                or any(kin & {side, other} and kin & set(named) for kin in KIN)
            ):
                continue
            span = Span(
                match.start("where"),
                match.end("where"),
                problem.description[match.start("where") : match.end("where")],
            )
            yield _facet(span, side, other, shifted=pattern is not _DONE_AT)


def _facet(span: Span, side: str, other: str, *, shifted: bool) -> Facet:
    meant, swapped = span.text, span.text.replace(side, other)
    turned = side.endswith("clockwise")
    place = meant.split()[0] if not turned else ""
    if shifted:
        vague = (
            Wording("", f"The direction is {meant}."),
            Wording("in one direction", f"The direction is {meant}."),
        )
        missing = (Wording("in the agreed direction", f"Agreed is {meant}."),)
        named = either((f"{meant} or {swapped.removeprefix('to the ')}",), meant)
    else:
        vague = (
            Wording(f"{place} one side", f"The side is the {side}."),
            Wording(f"{place} one end", f"The end meant is the {side}."),
        )
        missing = (Wording(f"{place} the agreed side", f"The agreed side is the {side}."),)
        tail = " side" if meant.endswith(" side") else ""
        named = either(
            (f"{place} the {side} or {other}{tail}", f"{place} the {other} or {side}{tail}"), meant
        )
    return Facet(
        kind="side",
        span=span,
        what="the direction" if shifted else "the side",
        meant=Reading(meant),
        others=(Reading(swapped),),
        neutral=is_trivial,
        vague=vague,
        missing=missing,
        either=named,
        other_words=swapped,
    )
