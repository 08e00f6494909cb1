"""Incomplete: what a parameter means is gone; it stands in the signature and nowhere else."""

from __future__ import annotations

import re
from random import Random

from synth.modifications.base import Modified, Refusal, Topic
from synth.modifications.recorded import Recorded, is_trivial, recorded
from synth.modifications.signature import parameters
from synth.modifications.text import Span, mentions, remove_sentence, sentences
from synth.schema import Change, Flaw, Problem

_TELLING_NOTHING = frozenset(
    "mode level factor flag rest strict depth base kind option method how axis side scale rate most "
    "every keys skip gap "
    "shift power tolerance threshold parts rank strategy policy ratio offset radix marker extra bonus "
    "group window "
    "weight style form unit delta alpha beta ref hint left right".split()
)
"""Longer names that leave open what they are for; names of up to three letters do anyway."""
_SHORT = 3
_STATES_RESULT = re.compile(
    r"^\[|^(?:Returns?|Yields?|Gives?|Computes?|Output|Checks?)\b|\.\.\.", re.IGNORECASE
)
"""A sentence that says what comes out says more than what one parameter is for."""
_FEWEST_WORDS = 8


class DropParameter:
    """Drops the one sentence that explains a parameter whose name does not explain it."""

    name = "drop-parameter"
    flaw: Flaw = "incomplete"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Drop one parameter's meaning."""
        found = list(_droppable(problem))
        if not found:
            return Refusal("no parameter is explained by one sentence of its own")
        param, place, sentence = rng.choice(found)
        unclear = remove_sentence(problem.description, sentence)
        topic = Topic(
            kind="missing-parameter",
            quote=param,
            facts={"quote": param, "param": param, "name": problem.name},
            answer=sentence.text,
        )
        return Modified(
            description=unclear,
            signature=problem.signature,
            changes=(Change(kind=self.name, flaw=self.flaw, before=sentence.text, after=""),),
            topics=(topic,),
            allowed=tuple(
                r.example for r in recorded(problem) if is_trivial(r) or not _gives(r, param, place)
            ),
            clear=problem.description,
        )


def _droppable(problem: Problem) -> list[tuple[str, int, Span]]:
    text = problem.description
    found = []
    for place, param in enumerate(parameters(problem.signature)):
        if place == 0 or (len(param) > _SHORT and param not in _TELLING_NOTHING) or param in {"key", "sep"}:
            continue
        naming = [sentence for sentence in sentences(text) if mentions(sentence.text, param)]
        if len(naming) != 1 or naming[0].start == 0:
            continue
        rest = remove_sentence(text, naming[0])
        dangling = re.match(
            r"(?:It|This|That|They|These|In this case|Otherwise|Used|Default\w*|Must|Should|May"
            r"|Can|If so|Only|Also|Then)\b",
            text[naming[0].end :].strip(),
        )
        before = text[: naming[0].start].rstrip()
        announced = bool(before) and before[-1] not in ".!?\n`"  # the sentence goes on with what is dropped
        task = _STATES_RESULT.search(naming[0].text)
        if announced or task:
            continue
        if not mentions(rest, param) and not dangling and len(rest.split()) >= _FEWEST_WORDS:
            found.append((param, place, naming[0]))
    return found


def _gives(record: Recorded, param: str, place: int) -> bool:
    return record.positional > place or param in record.keywords
