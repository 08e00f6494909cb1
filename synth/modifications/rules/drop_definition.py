"""Incomplete: the sentence that says what a word of the text means is gone, the word is still used."""

from __future__ import annotations

import re
from random import Random

from synth.modifications.base import Modified, Refusal, Topic
from synth.modifications.recorded import is_trivial, recorded
from synth.modifications.text import remove_sentence, sentences
from synth.schema import Change, Flaw, Problem

_TERM = r"(?P<term>[a-z][a-z-]+(?: [a-z][a-z-]+)?)"
_DEFINES = (
    re.compile(rf"^(?:An?|Any) \"?{_TERM}\"? (?:is|means) (?:an?|any|one|each|every|the) "),
    re.compile(
        rf"^(?:An?|Any|Each|The) [a-z]+ (?:is|counts as|is called) (?:an? )?\"?{_TERM}\"? (?:when|if) "
    ),
    re.compile(rf"^Two [a-z]+ (?:are )?{_TERM} (?:when|if) "),
    re.compile(rf"^(?:By )?\"{_TERM}\" (?:means|is|we mean) "),
)
_KNOWN = frozenset(
    "palindrome prime anagram vowel consonant factorial divisor digit leap year median mode mean weekday "
    "weekend "
    "substring subsequence permutation integer string word line empty valid equal number list pair even "
    "odd negative "
    "positive unique duplicate duplicates distinct sorted falsey truthy null".split()
)


_SAID_AGAIN = re.compile(
    r"\b(?:alternatively|in other words|can be considered|can also be|equivalently|that is)\b", re.IGNORECASE
)


class DropDefinition:
    """Drops what a term of the text's own means."""

    name = "drop-definition"
    flaw: Flaw = "incomplete"

    def modify(self, problem: Problem, rng: Random) -> Modified | Refusal:
        """Drop one definition."""
        text = problem.description
        found = [(sentence, term) for sentence in sentences(text) if (term := _defined(sentence.text))]
        if _SAID_AGAIN.search(text):
            return Refusal("the text explains its words twice")
        usable = [(s, t) for s, t in found if (t not in _KNOWN) and _used(remove_sentence(text, s), t)]
        if not usable:
            return Refusal("the text defines no word of its own that it uses elsewhere")
        sentence, term = rng.choice(usable)
        unclear = remove_sentence(text, sentence)
        using = next(s for s in sentences(unclear) if _used(s.text, term))
        topic = Topic(
            kind="missing-definition",
            quote=term,
            facts={"quote": term, "term": term, "sentence": using.text.rstrip(".")},
            answer=sentence.text,
        )
        return Modified(
            description=unclear,
            signature=problem.signature,
            changes=(Change(kind=self.name, flaw=self.flaw, before=sentence.text, after=""),),
            topics=(topic,),
            allowed=tuple(record.example for record in recorded(problem) if is_trivial(record)),
            clear=text,
        )


def _defined(sentence: str) -> str | None:
    for pattern in _DEFINES:
        if match := pattern.match(sentence):
            term = match["term"]
            return term if not set(term.split()) & _KNOWN else None
    return None


def _used(text: str, term: str) -> bool:
    return re.search(rf"\b{re.escape(term)}(?:s|es|ing|ed)?\b", text, re.IGNORECASE) is not None
