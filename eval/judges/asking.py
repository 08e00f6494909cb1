"""What of a reply asks for something: its questions and requests, apart from the code.

Models ask in other forms than a question mark: "Please clarify which of the two", or a plain complaint that
something is not specified. Beside code, a request that only holds if an assumption is wrong is no question:
the code stands on that assumption.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from eval.schema import Response

_FENCED = re.compile(r"^[ \t]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t]*(?P=fence)[ \t]*$|\Z)", re.S | re.M)
_BARE_CODE = re.compile(r"^(?:def|class) \w+.*:\s*$|^(?:import \w|from \w+ import )", re.M)
_SENTENCE_END = re.compile(r"(?<=[.?!:])\s+|\n+")
_ITEM = re.compile(r"^\s*(?:\*\*)?\d{1,3}[.)]\s*(?=\S)", re.M)
_ITEM_AFTER_TEXT = re.compile(r"(?<=[.:])\s+(?=1[.)]\s)")

_REQUEST = re.compile(
    r"\?|\bclarify(?:ing)?\b|\bclarification|\bcould you\b|\bcan you\b"
    r"|\bplease (?:provide|specify|confirm|explain|tell|give|respond|answer|let me know)"
    r"|\bneeds? (?:more|further|additional)\b|\bshould be (?:clarified|specified)\b",
    re.I,
)
_COMPLAINT = re.compile(
    r"\b(?:not (?:very |entirely )?clear|unclear|ambiguous|incomplete"
    r"|(?:does not|doesn.t) specify|not specified)\b",
    re.I,
)
# "unless it is empty" is part of what is asked; "if the assumption is wrong" is what the request hangs on.
_CONDITION = re.compile(r"\b(?:if|in case|unless)\b(?! (?:a|an|there|it|they|one|any|two|no)\b)", re.I)
# Asks for the work itself, as an instruction does that is repeated.
_FOR_THE_WORK = re.compile(
    r"\bquestions? or (?:the )?(?:python\d?|code|solution)"
    r"|\bprovide (?:the|an|your) (?:implementation|code|solution)",
    re.I,
)
# What is said about the request, and so says what a question in the next sentence is about.
_ABOUT = re.compile(
    r"\bspecif|\bwhether\b|\bmention|\bwhich\b|\bwhat\b|\bhowever\b|\bbut\b|\bassum|\bcontradict|\bexample",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a reply asks.

    Args:
        questions: each in one line, with the sentences that say what it is about; empty when it asks nothing.
        has_code: whether there is code in the reply.
    """

    questions: tuple[str, ...]
    has_code: bool


def read_asking(reply: str) -> Asking:
    """Take a reply apart. Never raises.

    Args:
        reply: first-round, whole.
    """
    prose = _FENCED.sub("\n", reply)
    has_code = prose != reply or _BARE_CODE.search(prose) is not None
    opening, items = _parts(prose)
    asks = any(_is_request(sentence, has_code) for part in (opening, *items) for sentence in _sentences(part))
    if not asks and (has_code or not _COMPLAINT.search(prose)):
        return Asking((), has_code)
    questions = [_joined(item) for item in items]
    said = [one for one in _sentences(opening) if _tells(one)]
    if said and (not questions or any(_COMPLAINT.search(one) for one in said)):
        questions.insert(0, _joined(" ".join(said)))
    return Asking(tuple(dict.fromkeys(filter(None, questions))), has_code)


def questions_of(response: Response) -> tuple[str, ...]:
    """The questions of a reply: as they were put, or, in a foreign log, as its text has them."""
    if response.questions:
        return tuple(question.text for question in response.questions)
    return read_asking(response.reply).questions


def is_only_code(reply: str) -> bool:
    """Whether a reply is nothing but one fenced block."""
    bare = reply.strip()
    match = _FENCED.match(bare)
    return match is not None and match.end() == len(bare)


def is_question(reply: str) -> bool:
    """The plain rule: a question mark outside of code, and no code."""
    prose = _FENCED.sub("\n", reply)
    return "?" in prose and prose == reply and not _BARE_CODE.search(prose)


def _parts(prose: str) -> tuple[str, list[str]]:
    """The text before a numbered list, and the items of the list that ask."""
    first, *rest = _ITEM.split(_ITEM_AFTER_TEXT.sub("\n", prose))
    items = [item.partition("\n\n")[0] for item in rest]
    asking = [item for item in items if _REQUEST.search(item)]
    if not asking:  # a list of facts or cases: text like any other
        return prose, []
    return first, asking


def _is_request(sentence: str, beside_code: bool) -> bool:
    if not _REQUEST.search(sentence) or _FOR_THE_WORK.search(sentence):
        return False
    return not (beside_code and _CONDITION.search(sentence))


def _tells(sentence: str) -> bool:
    return any(kind.search(sentence) for kind in (_REQUEST, _COMPLAINT, _ABOUT))


def _sentences(text: str) -> list[str]:
    """Each once: models repeat themselves."""
    cut = (sentence.strip() for sentence in _SENTENCE_END.split(text))
    return list(dict.fromkeys(filter(None, cut)))


def _joined(text: str) -> str:
    return " ".join(text.split())
