"""From a facet and a wording to a finished modification: shared by the rules that replace exact words."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from synth.modifications.base import Modified, Refusal, Topic
from synth.modifications.facets import facets
from synth.modifications.facets.base import Facet, Wording
from synth.modifications.names import tells
from synth.modifications.recorded import recorded
from synth.modifications.rewording import repeated_word, reword
from synth.modifications.text import sentence_at
from synth.schema import Change, Flaw, Problem

_SHOWS_RESULTS = re.compile(
    r"->|→|\bfor (?:example|instance)\b|\be\.g\.|\b(?:becomes?|gives?|is|yields?"
    r"|such as) [\"'`]{1,2}\S+[\"'`]",
    re.IGNORECASE,
)


def open_up(
    problem: Problem,
    rng: Random,
    *,
    rule: str,
    flaw: Flaw,
    wordings: Callable[[Facet], tuple[Wording, ...]],
    topic_kind: Callable[[Facet], str],
    most_readings: int = 3,
) -> Modified | Refusal:
    """Open one of the problem's facets by one of its wordings.

    Args:
        problem: with a normalised description.
        rng: picks the facet and the wording.
        rule: the `kind` of the change.
        flaw: its type.
        wordings: those of a facet that this rule uses.
        topic_kind: the family of question templates for a facet.
        most_readings: how many of its readings the text leaves possible.
    """
    if _SHOWS_RESULTS.search(problem.description):
        return Refusal("the text shows results that may give the choice away")
    usable = [f for f in facets(problem) if wordings(f) and not tells(problem.name, f.span.text)]
    if not usable:
        return Refusal("the text settles no choice that this rule can open")
    facet = rng.choice(usable)
    wording = rng.choice(wordings(facet))
    if repeated_word(problem.description, wording.text):
        return Refusal("the wording already stands in the text")
    made = reword(problem.description, facet.span, wording, rng)
    before, after = facet.span.text, made.after
    if not after:  # a span that was dropped leaves nothing to name: its sentence does
        before = sentence_at(problem.description, facet.span.start).text
        after = sentence_at(made.unclear, max(0, facet.span.start - 2)).text
    other = facet.others[0].option if facet.others else ""
    topic = Topic(
        kind=topic_kind(facet),
        quote=made.quote,
        facts={
            "quote": made.quote,
            "what": facet.what,
            "words": made.after or made.quote,
            "be": "are" if made.after.endswith("s") and " of " not in made.after else "is",
            "a": facet.meant.option,
            "b": other,
        },
        readings=(facet.meant, *facet.others)[:most_readings],
        answer=wording.settled,
        offer=facet.kind != "number" and bool(facet.others),
    )
    return Modified(
        description=made.unclear,
        signature=problem.signature,
        changes=(Change(kind=rule, flaw=flaw, before=before, after=after),),
        topics=(topic,),
        allowed=tuple(record.example for record in recorded(problem) if facet.neutral(record)),
        clear=made.clear,
    )
