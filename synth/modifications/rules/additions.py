"""One more sentence that opens a point: it names two readings, fits both, or points at a rule not given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from synth.modifications.additions import additions
from synth.modifications.additions.base import Addition
from synth.modifications.base import Modified, Reading, Refusal, Topic
from synth.modifications.recorded import recorded
from synth.modifications.text import append
from synth.schema import Change, Flaw, Problem

_SAME_WORDS = 0.6
_ENDINGS = (
    " (here: {meant}).",
    " (that is, {meant}).",
    ". The choice: {meant}.",
    ". In our case: {meant}.",
    ", i.e. {meant}.",
)


@dataclass(frozen=True, slots=True)
class Added:
    """Adds an open sentence; the clear twin says the settled one instead.

    Args:
        name: of the rule.
        flaw: its type.
        sentences: the open sentences of a point that it may add.
        of_a_case: the family of question templates for a point that is a case of its own.
        of_a_thing: the family for any other point.
    """

    name: str
    flaw: Flaw
    sentences: Callable[[Addition], tuple[str, ...]]
    of_a_case: str
    of_a_thing: str

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Add one sentence."""
        found = [one for one in additions(problem) if self.sentences(one)]
        if not found:
            return Refusal("nothing that the text leaves out is settled by its records")
        addition = rng.choice(found)
        sentence = rng.choice(self.sentences(addition))
        settled = rng.choice(addition.settled)
        if rng.random() < _SAME_WORDS:
            settled = sentence.removesuffix(".") + rng.choice(_ENDINGS).format(meant=addition.meant)
        quote = sentence.rstrip(".")
        topic = Topic(
            kind=self.of_a_case if addition.case else self.of_a_thing,
            quote=quote,
            facts={
                "quote": quote,
                "words": quote.partition(", ")[2] or quote,
                "what": addition.subject or "the rule",
                "subject": addition.subject,
                "case": addition.case,
                "a": addition.meant,
                "b": addition.other,
                "a_doing": _doing(addition.meant),
                "b_doing": _doing(addition.other),
            },
            readings=(Reading(addition.meant, problem.solution), Reading(addition.other)),
            answer=addition.settled[0],
        )
        return Modified(
            description=append(problem.description, sentence),
            signature=problem.signature,
            changes=(Change(kind=self.name, flaw=self.flaw, before=addition.settled[0], after=sentence),),
            topics=(topic,),
            allowed=tuple(record.example for record in recorded(problem) if addition.neutral(record)),
            clear=append(problem.description, settled),
            types="hidden" if addition.hints else "free",
        )


def _doing(action: str) -> str:
    verb, _, rest = action.partition(" ")
    return f"{verb.removesuffix('e')}ing {rest}" if verb in {"return", "raise"} else ""


ADDED_ALTERNATIVE = Added(
    "added-alternative", "ambiguous", lambda point: point.either, "alternative-outcomes", "open-point"
)
"""The sentence names two readings."""

ADDED_VAGUENESS = Added(
    "added-vagueness", "ambiguous", lambda point: point.vague, "vague-case", "vague-point"
)
"""The sentence fits both readings."""

ADDED_GAP = Added("added-gap", "incomplete", lambda point: point.missing, "missing-outcome", "missing-point")
"""The sentence points at a rule or value that is not given."""
