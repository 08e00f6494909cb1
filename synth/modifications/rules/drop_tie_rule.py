"""Incomplete: that ties are broken somehow stays in the text, the rule is gone."""

from __future__ import annotations

import re
from random import Random

from synth.modifications.base import Modified, Refusal, Topic
from synth.modifications.facets.base import Wording
from synth.modifications.recorded import Recorded, is_trivial, recorded
from synth.modifications.rewording import reword
from synth.modifications.text import Span, prose, sentence_at
from synth.schema import Change, Flaw, Problem

_TIE = (
    re.compile(r"\b(?P<lead>[Tt]ies) (?:are|get|go|should be) [^.;\n]+"),
    re.compile(
        r"\b(?P<lead>(?:[Ii]n case of (?:a tie|ties)|[Oo]n (?:a )?ties?|[Ii]f there is a tie)),? [^.;\n]+"
    ),
    re.compile(
        r"\b(?P<lead>(?:[Ii]f|[Ww]hen) (?:several|two|more than one|some) [^.,;\n]{3,40}"
        r"(?:equal|same|tied|as often|equally)[^.,;\n]{0,25}), [^.;\n]+"
    ),
    re.compile(
        r"\b(?P<lead>(?:[Rr]owers|[Tt]itles|[Ww]ords|[Nn]ames|[Ii]tems|[Ee]ntries|[Tt]hose|[Ll]ines"
        r"|[Kk]eys|[Tt]hose) "
        r"(?:of|with|that have) (?:equal|the same) [a-z]+) (?:are|come|go|keep|is) [^.;\n]+"
    ),
    re.compile(r"\b(?P<lead>[a-z]+ lent on the same day) are [^.;\n]+"),
)
_ENDINGS = {
    "ties": ("are broken by the usual rule", "are broken as agreed", "are settled as in the statutes"),
    "case": (
        ", the usual rule decides",
        ", decide as agreed",
        ", take the one that the rules of the house say",
    ),
    "those": ("are ordered by the second criterion", "come in the agreed order", "are ordered as usual"),
}


class DropTieRule:
    """Replaces a rule for ties by a mention of one."""

    name = "drop-tie-rule"
    flaw: Flaw = "incomplete"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Drop one rule for ties."""
        masked = prose(problem.description)
        found = [match for pattern in _TIE for match in pattern.finditer(masked)]
        if not found:
            return Refusal("the text has no rule for ties")
        match = found[0]
        span = Span(match.start(), match.end(), problem.description[match.start() : match.end()])
        lead = problem.description[match.start("lead") : match.end("lead")]
        form = (
            "ties"
            if lead.lower() == "ties"
            else "case"
            if lead[:2].lower() in {"in", "on", "if", "wh"}
            else "those"
        )
        ending = rng.choice(_ENDINGS[form])
        after = f"{lead}{ending}" if ending.startswith(",") else f"{lead} {ending}"
        settled = f"That means: {span.text[:1].lower()}{span.text[1:]}."
        made = reword(problem.description, span, Wording(after, settled), rng)
        topic = Topic(
            kind="missing-tie-rule",
            quote=after,
            facts={
                "quote": after,
                "words": ending.removeprefix(", "),
                "sentence": sentence_at(made.unclear, span.start).text,
            },
            answer=f"{span.text[:1].upper()}{span.text[1:]}.",
        )
        return Modified(
            description=made.unclear,
            signature=problem.signature,
            changes=(Change(kind=self.name, flaw=self.flaw, before=span.text, after=after),),
            topics=(topic,),
            allowed=tuple(record.example for record in recorded(problem) if _no_tie(record)),
            clear=made.clear,
        )


def _no_tie(record: Recorded) -> bool:
    """No ties where there is nothing, or one thing, to compare."""
    single = len(record.arguments) == 1 and isinstance(record.arguments[0], list | tuple | dict)
    return is_trivial(record) or (single and len(record.arguments[0]) == 1)  # type: ignore[arg-type]
