"""Sentences that say what happens in a special case: the case, and what is returned or raised then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from synth.modifications.recorded import Recorded, evidence, literal, recorded
from synth.modifications.text import Span, capitalised, sentences
from synth.schema import Problem

_LITERAL = (
    r"`{0,2}\"?(?:None|True|False|-?\d+(?:\.\d+)?|an empty (?:list|string|dict|dictionary|tuple|set"
    r"|text)|zero|nothing"
    r"|'[^']{0,20}'|\[\]|\{\}|\(\)|\"[^\"]{0,20}\")\"?`{0,2}"
)
_ERROR = r"`{0,2}(?P<{0}>[A-Z]\w*(?:Error|Exception|Iteration))`{0,2}"
_VALUE = rf"(?P<{{0}}>{_LITERAL})"


def _named(pattern: str, name: str) -> str:
    return pattern.replace("{0}", name)


_RETURNS = (
    r"(?:return|it returns|give back|the result (?:is|should be)|the function returns|\w+\(\) returns) "
    + _named(_VALUE, "value")
)
_RAISES = rf"(?:raise|it raises|throw|so raise) (?:an? )?{_named(_ERROR, 'error')}"
_IF_FIRST = re.compile(
    rf"^(?P<case>(?:If|When|Whenever|In case|For|With) [^,:;]{{4,90}}?),? (?:then )?(?:{_RETURNS}"
    rf"|{_RAISES})(?: (?:for it|for them|instead|then))?[.]?$"
)
_IF_LAST = re.compile(
    rf"^(?:(?:Returns?|Give back|The result is) {_named(_VALUE, 'value')}|(?:Raises?"
    rf"|Throws?) (?:an? )?{_named(_ERROR, 'error')}"
    rf"|(?:an? )?{_named(_ERROR, 'raised')} (?:is|will be) raised) (?P<case>(?:if|when|whenever|for"
    rf"|in case) [^;:]{{4,90}}?)[.]?$"
)
_SUBJECT = re.compile(
    r"^(?P<subject>(?!The |It |This |That |If |For |When |Return|Raise|Otherwise|Function)"
    rf"[A-Z][a-z]* [^,:;]{{3,60}}?) (?:raises?"
    rf"|results? in|gives?|yields?|returns?) "
    rf"(?:(?:an? )?{_named(_ERROR, 'error')}|{_named(_VALUE, 'value')})[.]?$"
)
_NAMED_VALUES = {
    "an empty list": "[]", "an empty string": "''", "an empty text": "''", "an empty dict": "{}",
    "an empty dictionary": "{}", "an empty tuple": "()", "an empty set": "set()", "zero": "0",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Special:
    """A special case.

    Args:
        sentence: where the text states it.
        case: as it opens a sentence: `If the list is empty`, `For negative numbers`.
        outcome: as the text has it: `None`, `an empty list`, `ValueError`.
        action: what is done then.
        value: repr of what is returned; empty for an error.
    """

    sentence: Span
    case: str
    outcome: str
    action: Literal["return", "raise"]
    value: str = ""

    def neutral(self, record: Recorded) -> bool:
        """Whether a recorded call does not show the case."""
        shown = record.example.result == self.value or f" is {self.value}" in record.example.call
        return self.action == "raise" or not shown

    def then(self, outcome: str = "") -> str:
        """What is done, in words: `return None`, `raise ValueError`."""
        return f"{self.action} {outcome or self.outcome}"


def special_cases(problem: Problem) -> Iterator[Special]:
    """The special cases that a description states and that the code, or a recorded result, bears out.

    "Return True if …" states the task, not a special case; so does a sentence that stands alone.
    """
    found = sentences(problem.description)
    if len(found) < 2:
        return
    held = evidence(problem.solution)
    for sentence in found:
        special = _read(sentence)
        if special is None:
            continue
        if special.action == "raise":
            tested = any(case.raises == special.outcome for case in problem.tests)
            if special.outcome in held.raises or tested:
                yield special
        elif special.value in held.returns or any(
            r.example.result == special.value for r in recorded(problem)
        ):
            yield special


def _read(sentence: Span) -> Special | None:
    for pattern in (_IF_FIRST, _IF_LAST, _SUBJECT):
        match = pattern.match(sentence.text)
        if match is None:
            continue
        groups = match.groupdict()
        case = groups.get("case") or f"For {groups['subject'][0].lower()}{groups['subject'][1:]}"
        error = groups.get("error") or groups.get("raised")
        if error:
            return Special(sentence, capitalised(case), error, "raise")
        value = groups.get("value") or ""
        bare = value.strip("`")
        shown = _NAMED_VALUES.get(bare.strip('"')) or (repr(literal(bare)) if _is_literal(bare) else "")
        if not shown or (shown in {"True", "False"} and pattern is _IF_LAST) or not bare:
            return None
        return Special(sentence, capitalised(case), value, "return", shown)
    return None


def _is_literal(text: str) -> bool:
    return isinstance(literal(text), str | int | float | list | dict | tuple | type(None))


def other_outcome(special: Special) -> tuple[str, str]:
    """What somebody else might expect in the case: the action and the outcome."""
    if special.action == "raise":
        return "return", "None"
    match special.value:
        case "None":
            return "raise", "ValueError"
        case "-1" | "False":
            return "raise", "ValueError"
        case "[]" | "{}" | "''" | "()" | "set()" | "0" | "0.0":
            return "return", "None"
    return "raise", "ValueError"
