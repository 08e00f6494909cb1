"""What a yes-or-no question asks for: "checks whether value is a whole number"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synth.modifications.base import Reading
from synth.modifications.facets.base import Facet, Wording
from synth.modifications.facets.target import MOST_BESIDE
from synth.modifications.names import explained, tells_nothing
from synth.modifications.signature import parameters
from synth.modifications.text import Span, mentions, sentences
from synth.schema import Problem

_ASKS = re.compile(
    r"^(?:(?:Checks?|Tests?|Determines?|Tells?|Finds? out) (?:if|whether)|Returns? (?:whether"
    r"|(?:``?)?True(?:``?)? (?:if|when)|if))"
    r" (?P<subject>(?:the |an? |this |all |its )?(?:given |passed )?[`*\w]+(?: (?:of|in) (?:the )?[`*\w]+)?)"
    r" (?P<predicate>(?:is|are|has|have|contains?|starts?|ends?|begins?|matches|consists?|can|looks?"
    r"|exists?) [^.;\n]+?)"
    r"(?P<rest>,? (?:and|or|else|otherwise)?,? ?(?:``?)?False(?:``?)?(?: otherwise| if not)?| or not)?[.]?$"
)


def find(problem: Problem) -> Iterator[Facet]:
    """The predicate of the task itself, where the name does not tell it and it names no further parameter."""
    if not tells_nothing(problem.name):
        return
    text = problem.description
    for sentence in sentences(text)[:2]:
        if len(text.split()) - len(sentence.text.split()) > MOST_BESIDE:
            continue
        match = _ASKS.match(sentence.text)
        if match is None:
            continue
        start = sentence.start + match.start("predicate")
        span = Span(start, start + len(match["predicate"]), match["predicate"])
        rest = text[: span.start] + text[span.end :]
        names = parameters(problem.signature)
        if len(span.text.split()) < 2 or explained(span.text, rest) > 0:
            continue
        if any(mentions(span.text, name) and not mentions(rest, name) for name in names):
            continue
        plural = match["predicate"].startswith(("are ", "have "))
        be, do = ("are", "") if plural else ("is", "s")
        this = "they" if plural else "it"
        yield Facet(
            kind="predicate",
            span=span,
            what="the condition",
            meant=Reading(span.text),
            others=(),
            neutral=lambda record: False,
            vague=(
                Wording(f"{be} acceptable", f"Acceptable means that {this} {span.text}."),
                Wording(f"{be} of the right kind", f"The right kind means that {this} {span.text}."),
                Wording(f"{be} in order", f"In order means here that {this} {span.text}."),
                Wording(f"{be} suitable", f"Suitable means that {this} {span.text}."),
            ),
            missing=(
                Wording(
                    f"meet{do} the agreed condition", f"The agreed condition is that {this} {span.text}."
                ),
                Wording(f"pass{'' if plural else 'es'} our check", f"Our check is that {this} {span.text}."),
                Wording(f"fulfil{do} the requirement", f"The requirement is that {this} {span.text}."),
                Wording(f"{be} permitted by the rules", f"The rules permit it when {this} {span.text}."),
            ),
        )
        return
