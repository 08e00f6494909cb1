"""What becomes of parts of a text that a description does not speak of: blanks, lines, letters, capitals."""

from __future__ import annotations

import re

from synth.modifications.additions.base import Addition, point
from synth.modifications.recorded import Recorded, evidence, is_trivial, recorded
from synth.schema import Problem


def letter_case(problem: Problem) -> Addition | None:
    """Whether upper and lower case count as the same when texts are compared: seen in the code."""
    held = evidence(problem.solution)
    told = re.search(r"\b(?:case|upper|lower|capital)", problem.description, re.IGNORECASE)
    records = recorded(problem)
    texts = [sum(isinstance(argument, str) for argument in record.arguments) for record in records]
    compares = bool(
        {"startswith", "endswith", "find", "index", "count", "replace", "partition", "split"} & held.called
    )
    folds = bool({"lower", "upper", "casefold", "search", "sub"} & held.called)
    if told or not texts or min(texts) < 2 or not compares or folds:
        return None
    return point(
        "upper and lower case",
        "are",
        "told apart",
        "treated alike",
        lambda record: is_trivial(record) or record.example.call.partition("(")[2].islower(),
    )


_Pair = tuple[str, str]


def _text_to_text(problem: Problem) -> list[_Pair]:
    """First argument and result of each call, where both are texts in all of them; else nothing."""
    pairs = []
    for record in recorded(problem):
        given = record.arguments[0] if record.arguments else None
        if not isinstance(given, str) or not isinstance(record.value, str):
            return []
        pairs.append((given, record.value))
    return pairs


_OF_BLANKS = re.compile(
    r"strip|blank|spac|white|trim|\bpad|indent|justif|align|cent(?:er|re)|tab\b|clean|normali[sz]|end",
    re.IGNORECASE,
)


def blanks_at_ends(problem: Problem) -> Addition | None:
    """Whether blanks before and after a text stay: seen in results of texts that have them."""
    pairs = [(a, b) for a, b in _text_to_text(problem) if a.strip() and a[0] == " " and a[-1] == " "]
    if not pairs or _OF_BLANKS.search(f"{problem.description} {problem.name}"):
        return None
    kept = all(b[:1] == " " and b[-1:] == " " for _, b in pairs)
    dropped = all(b and len(b) <= len(a.strip()) and b == b.strip() for a, b in pairs)
    if not kept and not dropped:
        return None
    meant, other = ("kept", "dropped") if kept else ("dropped", "kept")
    return point("blanks at the ends of the text", "are", meant, other, _no_blanks_at_ends)


def _no_blanks_at_ends(record: Recorded) -> bool:
    return all(argument == argument.strip() for argument in record.arguments if isinstance(argument, str))


_OF_LINES = re.compile(r"\blines?|newline|break|white|\\n|paragraph|blank|escap|repr|strip", re.IGNORECASE)


def line_breaks(problem: Problem) -> Addition | None:
    """Whether line breaks stay: seen in results of texts that have them."""
    pairs = [(a, b) for a, b in _text_to_text(problem) if "\n" in a.strip()]
    if not pairs or _OF_LINES.search(f"{problem.description} {problem.name}"):
        return None
    if not all(a.count("\n") == b.count("\n") for a, b in pairs):
        return None
    return point("line breaks in the text", "are", "kept", "replaced by blanks", _on_one_line)


def _on_one_line(record: Recorded) -> bool:
    return not any("\n" in argument for argument in record.arguments if isinstance(argument, str))


_OF_LETTERS = re.compile(
    r"ascii|unicode|accent|umlaut|diacrit|letter|alphabet|latin|arab|thai|hebrew|greek|cyrillic"
    r"|persian|encod|translit"
    r"|special|non-|->|encod|quot|url|foreign|charset|utf|capital|case|character",
    re.IGNORECASE,
)


def foreign_letters(problem: Problem) -> Addition | None:
    """Whether letters with accents stay: seen in results of texts that have them."""
    found = [(_foreign(a), _foreign(b)) for a, b in _text_to_text(problem) if _foreign(a)]
    if not found or _OF_LETTERS.search(f"{problem.description} {problem.name}"):
        return None
    if not all(a.casefold() == b.casefold() for a, b in found):
        return None  # they may have gone with a part of the text, so that nothing is known of them
    return point("letters with accents or umlauts", "are", "kept", "dropped", _plain_letters)


def _foreign(text: str) -> str:
    return "".join(char for char in text if not char.isascii())


def _plain_letters(record: Recorded) -> bool:
    return record.example.call.isascii()
