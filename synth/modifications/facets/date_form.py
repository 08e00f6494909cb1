"""The written form of a date or a time of day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording
from synth.modifications.recorded import Recorded, numbers_in, strings_in
from synth.modifications.text import Span
from synth.schema import Problem

_OTHERS = {
    "YYYY-MM-DD": ("DD.MM.YYYY", "MM/DD/YYYY"), "DD.MM.YYYY": ("YYYY-MM-DD", "DD/MM/YY"),
    "DD/MM/YYYY": ("MM/DD/YYYY", "YYYY-MM-DD"), "MM/DD/YYYY": ("DD/MM/YYYY", "YYYY-MM-DD"),
    "YYYYMMDD": ("YYYY-MM-DD", "DDMMYYYY"), "HH:MM": ("H.MM", "HHMM"), "HH:MM:SS": ("H:MM:SS", "HHMMSS"),
    "H:MM:SS": ("HH:MM:SS", "MM:SS"), "MM:SS": ("M:SS", "HH:MM:SS"), "H:MM": ("HH:MM", "H.MM"),
}  # fmt: skip
_FORM = re.compile(
    rf"(?P<lead>\b(?:(?:in|of|has|have|with|as|like) (?:the (?:form|format) )?)|\bthe (?:form|format) )"
    rf"(?P<quote>[`'\"]{{0,2}})"
    rf"(?P<form>{'|'.join(sorted(map(re.escape, _OTHERS), key=len, reverse=True))})(?P=quote)"
    r"(?P<tail> (?:form|format))?(?![\w:/-])"
)
_SPELLED_OUT = re.compile(r"\b(?:digits?|padd|leading zero|two-digit|colon)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


def find(problem: Problem) -> Iterator[Facet]:
    """Forms that the text spells out once."""
    text = problem.description
    for match in _FORM.finditer(text):
        form = match["form"]
        if text.count(form) != 1 or _SPELLED_OUT.search(text):
            continue
        lead = match["lead"].split()[0]
        exact = match[0]
        article = "a" if lead in {"in", "of", "has", "have", "with", "as"} else ""
        if not article or lead == "like":
            continue
        others = _OTHERS[form]
        yield Facet(
            kind="date-form",
            span=Span(match.start(), match.end(), exact),
            what="the format",
            meant=Reading(form),
            others=tuple(Reading(other) for other in others),
            neutral=_digitless,
            vague=(
                Wording(f"{lead} a common format", f"The format is {form}."),
                Wording(f"{lead} a readable form", f"The form is {form}."),
                Wording(f"{lead} one of the customary forms", f"Use {form}."),
            ),
            missing=(
                Wording(f"{lead} the usual format", f"The usual format is {form}."),
                Wording(f"{lead} the format of our other reports", f"Our reports have {form}."),
            ),
            either=(
                Wording(
                    f"{lead} the form {form} or {others[0]}, as the reader expects", f"Readers expect {form}."
                ),
            ),
            other_words=exact.replace(form, others[0]),
        )


def _digitless(record: Recorded) -> bool:
    values = (record.value, *record.arguments)
    return not any(_DIGIT.search(text) for value in values for text in strings_in(value)) and not any(
        numbers_in(value) for value in values
    )
