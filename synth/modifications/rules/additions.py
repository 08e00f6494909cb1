"""One more sentence that opens a point: it names two readings, or points at a rule that is not given."""

from __future__ import annotations

from random import Random

from synth.modifications.additions import Addition, additions
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


class _Added:
    """Adds an open sentence; the clear twin says the settled one instead."""

    name = ""
    flaw: Flaw = "ambiguous"

    def sentences(self, addition: Addition) -> tuple[str, ...]:
        """The open sentences that this rule may add."""
        raise NotImplementedError

    def topic_kind(self, addition: Addition) -> str:
        """The family of question templates."""
        raise NotImplementedError

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Add one sentence."""
        found = list(additions(problem))
        if not found:
            return Refusal("nothing that the text leaves out is settled by its records")
        addition = rng.choice(found)
        sentence = rng.choice(self.sentences(addition))
        settled = rng.choice(addition.settled)
        if rng.random() < _SAME_WORDS:
            settled = sentence.removesuffix(".") + rng.choice(_ENDINGS).format(meant=addition.meant)
        quote = sentence.rstrip(".")
        topic = Topic(
            kind=self.topic_kind(addition),
            quote=quote,
            facts={
                "quote": quote,
                "words": quote.partition(", ")[2] or quote,
                "what": "the rule",
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


class AddedAlternative(_Added):
    """Ambiguous: the sentence names two readings."""

    name = "added-alternative"
    flaw: Flaw = "ambiguous"

    def sentences(self, addition: Addition) -> tuple[str, ...]:
        """Those that name both."""
        return addition.either

    def topic_kind(self, addition: Addition) -> str:
        """By whether the point is a case of its own."""
        return "alternative-outcomes" if addition.case else "alternatives"


class AddedGap(_Added):
    """Incomplete: the sentence points at a rule or value that is not given."""

    name = "added-gap"
    flaw: Flaw = "incomplete"

    def sentences(self, addition: Addition) -> tuple[str, ...]:
        """Those that point elsewhere."""
        return addition.missing

    def topic_kind(self, addition: Addition) -> str:
        """By whether the point is a case of its own."""
        return "missing-outcome" if addition.case else "missing-way"
