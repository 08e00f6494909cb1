"""Incomplete: what is to be returned is gone."""

from __future__ import annotations

import re
from random import Random

from synth.modifications.base import Modified, Refusal, Topic
from synth.modifications.names import explained
from synth.modifications.recorded import is_trivial, recorded
from synth.modifications.text import insert_after, replace, sentence_at, sentences
from synth.schema import Change, Flaw, Problem

_RETURNS = re.compile(
    r"^(?:Returns?|Give back|Give me|The result is|It returns|The function returns|It should (?:return"
    r"|give)) (?P<object>.+?)\.?$",
    re.DOTALL,
)
_SHAPED = re.compile(
    r"\b(?:list|dict|dictionary|tuples?|pairs?|set|string|number of|names|titles|text|keys?|lists"
    r"|amounts|loads|position"
    r"|mapping|count|sum|ages|lines)\b"
)
_PLACEHOLDERS = (
    ("Return the result in the form that was agreed", "The agreed form of the result: {object}."),
    ("Return it in the usual form", "The usual form is this: {object}."),
    ("Hand the result over in the form that the other functions use", "The other functions return {object}."),
    ("The result goes back to the caller as agreed", "Agreed was to return {object}."),
)
_CONTAINER = re.compile(r"\b(?:list|dict|dictionary|tuples?|pairs?|mapping|lists)\b")
_YES_OR_NO = re.compile(
    r"^(?:Checks?|Tests?|Determines?|Tells?|Whether|Is|Has)\b|\b(?:True|False|whether)\b", re.IGNORECASE
)
_TOLD = re.compile(r"\b(?:lists?|dict\w*|tuples?|sets?)\b", re.IGNORECASE)
_LONGEST = 30
_MOST_EXPLAINED = 0.7


class DropReturnValue:
    """Replaces the sentence about the result by one that says nothing about it; type hints go, too."""

    name = "drop-return-value"
    flaw: Flaw = "incomplete"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Drop what is returned."""
        text = problem.description
        found = [(s, match["object"]) for s in sentences(text) if (match := _RETURNS.match(s.text))]
        if len(found) != 1 or len(sentences(text)) < 2:
            return Refusal("the result is not the matter of one sentence")
        sentence, returned = found[0]
        rest = text[: sentence.start] + text[sentence.end :]
        if _YES_OR_NO.search(text):
            return Refusal("a check says yes or no")
        if sentence.start == 0 or not _SHAPED.search(returned) or len(returned.split()) > _LONGEST:
            return Refusal("that sentence is the task itself")
        if re.search(
            r"\b(?:return|result|list of|lists? composed|(?:an?|new|into) (?:list|string|set)"
            r"|dict|tuple)\w*\b",
            rest,
        ):
            return Refusal("the rest of the text says what is returned")
        if not _CONTAINER.search(returned):
            return Refusal("a plain value has no form that could be left open")
        if explained(returned, rest) >= _MOST_EXPLAINED or _TOLD.search(sentences(text)[0].text):
            return Refusal("the rest of the text tells what is returned")
        placeholder, settled = rng.choice(_PLACEHOLDERS)
        unclear = replace(text, sentence, f"{placeholder}.")
        where = sentence_at(unclear, sentence.start)
        topic = Topic(
            kind="missing-return",
            quote=placeholder,
            facts={"quote": placeholder, "name": problem.name},
            answer=f"Return {returned}.",
        )
        return Modified(
            description=unclear,
            signature=problem.signature,
            changes=(Change(kind=self.name, flaw=self.flaw, before=sentence.text, after=f"{placeholder}."),),
            topics=(topic,),
            allowed=tuple(r.example for r in recorded(problem) if is_trivial(r) and r.value is None),
            clear=insert_after(unclear, where, settled.format(object=returned)),
            types="hidden",
        )
