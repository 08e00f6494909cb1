"""A special case stays in the text, but not what happens then: three rules on errors and fallbacks."""

from __future__ import annotations

import re
from random import Random

from synth.modifications.base import Modified, Reading, Refusal, Topic
from synth.modifications.conditions import Special, other_outcome, special_cases
from synth.modifications.facets.base import Wording
from synth.modifications.recorded import recorded
from synth.modifications.text import insert_after, replace, sentence_at, sentences, uncapitalised
from synth.schema import Change, Flaw, Problem

_MISSING = (
    # what stands after the case, and the sentence that settles it
    (", special treatment is needed", "The special treatment is: {then}."),
    (", the usual rule for such input applies", "The usual rule: {then}."),
    (", proceed as we agreed", "We agreed to {then}."),
    (", do what the other functions of the module do", "The others {then}."),
    (", something else has to happen", "Namely: {then}."),
)
_MISSING_VALUE = (
    (", return the fallback value", "The fallback value is {outcome}."),
    (", return the agreed placeholder", "The agreed placeholder is {outcome}."),
    (", return our standard value", "Our standard value is {outcome}."),
    (", return the default", "The default is {outcome}."),
)
_MISSING_ERROR = (
    (", raise our own kind of error", "Our kind of error is {outcome}."),
    (", handle it the way the caller expects", "The caller expects it to {then}."),
    (", the error procedure applies", "The error procedure is: {then}."),
)
_VAGUE_ERROR = (
    (", let the caller know", "That is done like this: {then}."),
    (", the problem should be signalled", "As the signal, {then}."),
    (", report it", "To report it, {then}."),
    (", the call counts as failed and has to say so", "It says so like this: {then}."),
    (", make sure it does not go unnoticed", "To make it noticed, {then}."),
)
_VAGUE_VALUE = (
    (", the result has to show that", "To show it, {then}."),
    (", the result is a value that says so", "What says so is {outcome}."),
    (", make that recognisable in the result", "It is recognisable like this: {then}."),
    (", signal that to the caller", "As the signal, {then}."),
    (", report it", "To report it, {then}."),
)
_GOES_ON = re.compile(r"\s*(?:Or|And|But|Otherwise|Else|Also|Unless|Then)\b")
"""The next sentence is a part of the case."""
_Wordings = tuple[tuple[str, str], ...]


class _OpenCase:
    """Keeps the case and takes away its outcome."""

    name = ""
    flaw: Flaw = "incomplete"
    kind = ""

    def wordings(self, special: Special) -> _Wordings:
        """What may follow the case, with what settles it; none where the rule does not apply."""
        raise NotImplementedError

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Open one special case."""
        shown = "None" if "\n" in problem.signature and "None" in problem.signature else ""
        found = [
            special
            for special in special_cases(problem)
            if self.wordings(special)
            and (not shown or special.value != shown)
            and not _said_elsewhere(special, problem.description)
            and not _GOES_ON.match(problem.description[special.sentence.end :])
        ]
        if not found:
            return Refusal("the text names no such special case")
        special = rng.choice(found)
        ending, settled = rng.choice(self.wordings(special))
        return _opened(problem, special, Wording(ending, settled), self, rng)


def _said_elsewhere(special: Special, text: str) -> bool:
    """Whether another sentence names the same outcome: it may well speak of the same case."""
    rest = text[: special.sentence.start] + text[special.sentence.end :]
    outcome = special.outcome.strip("`")
    wanted = rf"(?<!\w){re.escape(outcome)}(?!\w)"
    return re.search(wanted, rest) is not None or (special.action == "raise" and "raise" in rest.lower())


def _opened(problem: Problem, special: Special, wording: Wording, rule: _OpenCase, rng: Random) -> Modified:
    after = f"{special.case}{wording.text}."
    unclear = replace(problem.description, special.sentence, after)
    settled = wording.settled.format(then=special.then(), outcome=special.outcome)
    where = sentence_at(unclear, special.sentence.start) if rng.random() < 0.6 else sentences(unclear)[-1]
    action, outcome = other_outcome(special)
    topic = Topic(
        kind="vague-result" if "result" in wording.text and rule.kind == "vague-outcome" else rule.kind,
        quote=after.rstrip("."),
        facts={
            "quote": after.rstrip("."),
            "case": uncapitalised(special.case),
            "words": wording.text.removeprefix(", "),
            "a": special.then(),
            "b": f"{action} {outcome}",
            "a_doing": _doing(special.then()),
            "b_doing": _doing(f"{action} {outcome}"),
        },
        readings=(Reading(special.then()), Reading(f"{action} {outcome}")),
        answer=f"{special.case}, {special.then()}.",
    )
    return Modified(
        description=unclear,
        signature=problem.signature,
        changes=(Change(kind=rule.name, flaw=rule.flaw, before=special.sentence.text, after=after),),
        topics=(topic,),
        allowed=tuple(record.example for record in recorded(problem) if special.neutral(record)),
        clear=insert_after(unclear, where, settled),
        types="hidden" if special.value == "None" else "free",
    )


def _doing(action: str) -> str:
    """`returning None` for `return None`."""
    verb, _, rest = action.partition(" ")
    return f"{verb.removesuffix('e')}ing {rest}"


class DropErrorBehaviour(_OpenCase):
    """Incomplete: the case that is an error is named, what to do about it is not."""

    name = "drop-error-behaviour"
    kind = "missing-outcome"

    def wordings(self, special: Special) -> _Wordings:
        """For errors only."""
        return (*_MISSING, *_MISSING_ERROR) if special.action == "raise" else ()


class DropSpecialResult(_OpenCase):
    """Incomplete: the case with a result of its own is named, the result is not."""

    name = "drop-special-result"
    kind = "missing-outcome"

    def wordings(self, special: Special) -> _Wordings:
        """For returned values only."""
        return (*_MISSING, *_MISSING_VALUE, *_MISSING_VALUE) if special.action == "return" else ()


class VagueOutcome(_OpenCase):
    """Ambiguous: the outcome of a special case is described so that an error and a value both fit."""

    name = "vague-outcome"
    flaw: Flaw = "ambiguous"
    kind = "vague-outcome"

    def wordings(self, special: Special) -> _Wordings:
        """For values that are a signal, and for errors."""
        if special.action == "raise":
            return _VAGUE_ERROR
        return _VAGUE_VALUE if special.value in {"None", "-1", "False", "''", "[]"} else ()


class EitherOutcome(_OpenCase):
    """Ambiguous: two outcomes of a special case are named."""

    name = "either-outcome"
    flaw: Flaw = "ambiguous"
    kind = "alternative-outcomes"

    def wordings(self, special: Special) -> _Wordings:
        """The stated outcome and another one, joined by "or"."""
        action, outcome = other_outcome(special)
        pair = (special.then(), f"{action} {outcome}")
        return tuple(
            (f", {a} or {b}, {which}", settled)
            for a, b in (pair, pair[::-1])
            for which, settled in (
                ("as the callers expect it", "The callers expect us to {then}."),
                ("whichever was agreed", "It was agreed to {then}."),
                ("depending on what the other functions do", "The other functions {then}."),
            )
        )
