"""Incomplete: the text breaks off before it has said something that it has to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from synth.modifications.base import Modified, Refusal, Topic
from synth.modifications.conditions import special_cases
from synth.modifications.facets import facets
from synth.modifications.names import tells_nothing
from synth.modifications.recorded import Recorded, is_trivial, recorded
from synth.modifications.signature import parameters
from synth.modifications.text import Span, prose, sentence_at, sentences
from synth.schema import Change, Example, Flaw, Problem

_OPEN = frozenset(
    "by with than of to from and as in for at is are return returns into between that which on or be gets "
    "costs takes means raise reads called until".split()
)
_SPOKEN_FOR = re.compile(r"^[\w`*'\"-]+[.]?$")
_MOST_LOST_AFTER = 14
_FEWEST_KEPT = 5
_LEAST_LOST = 2
_GLUE = frozenset("the and for with from that which this into are its each returned result".split())
_LONGEST_QUOTE, _TAIL = 11, 7


class Truncate:
    """Cuts the text after a word that something has to follow."""

    name = "truncate"
    flaw: Flaw = "incomplete"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Cut the text in one of its last sentences."""
        text = problem.description
        if "\n" in text:
            return Refusal("only a text of one paragraph is cut")
        cuts = list(_cuts(problem))
        if not cuts:
            return Refusal("no cut loses what the rest does not say")
        cut, allowed = rng.choice(cuts)
        ending = rng.choice(("", "", "", " ..."))
        unclear = text[:cut] + ending
        begun = text[sentence_at(text, cut - 1).start : cut].split()
        tail = " ".join(begun) if len(begun) <= _LONGEST_QUOTE else "… " + " ".join(begun[-_TAIL:])
        topic = Topic(
            kind="truncated",
            quote=tail,
            facts={"quote": tail, "word": text[:cut].split()[-1]},
            answer=f"It goes on: {text[cut:].strip()}",
        )
        lost = Span(cut, len(text), text[cut:].strip())
        return Modified(
            description=unclear,
            signature=problem.signature,
            changes=(
                Change(
                    kind=self.name,
                    flaw=self.flaw,
                    before=lost.text,
                    after=text[sentence_at(text, cut - 1).start : cut] + ending,
                ),
            ),
            topics=(topic,),
            allowed=allowed,
            clear=text,
            types="hidden" if _is_main(problem, cut) else "free",
        )


def _cuts(problem: Problem) -> Iterator[tuple[int, tuple[Example, ...]]]:
    text = problem.description
    found = sentences(text)
    records = recorded(problem)
    for sentence in found[-2:]:
        if len(text[sentence.end :].split()) > _MOST_LOST_AFTER:
            continue
        for match in re.finditer(r"\S+(?= )", prose(sentence.text)):
            cut = sentence.start + match.end()
            kept = sentence.text[: match.end()].split()
            lost = text[cut : sentence.end].strip()
            enough = len(kept) >= _FEWEST_KEPT and len(lost.split()) >= _LEAST_LOST
            if match[0].lower() not in _OPEN or not enough or _SPOKEN_FOR.match(lost):
                continue
            allowed = _loses(problem, sentence, cut, records)
            if allowed is not None:
                yield cut, allowed


def _loses(
    problem: Problem, sentence: Span, cut: int, records: tuple[Recorded, ...]
) -> tuple[Example, ...] | None:
    """The examples that may still be shown when a choice is lost by the cut; None when none is."""
    special = next((s for s in special_cases(problem) if s.sentence.start == sentence.start), None)
    outcome = special is not None and problem.description.find(special.outcome, sentence.start) >= cut
    opened = [
        facet
        for facet in facets(problem)
        if cut <= facet.span.start < sentence.end and facet.kind != "contrast"
    ]
    if not outcome and not opened and not _is_main(problem, cut):
        return None
    return tuple(
        record.example
        for record in records
        if (not outcome or (special is not None and special.neutral(record)))
        and all(facet.neutral(record) for facet in opened)
        and (outcome or opened or is_trivial(record))
    )


def _is_main(problem: Problem, cut: int) -> bool:
    """Whether the first sentence is cut, whose rest the entry point's name does not tell."""
    text = problem.description
    first = sentences(text)[0]
    known = {*parameters(problem.signature), *text[:cut].lower().split()}
    lost = {word for word in re.findall(r"[a-z_]{3,}", text[cut : first.end].lower()) if word not in known}
    return first.start <= cut < first.end and tells_nothing(problem.name) and len(lost - _GLUE) > _LEAST_LOST
