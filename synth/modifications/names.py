"""What names, and other parts of a text, already tell."""

from __future__ import annotations

import re

OPAQUE = (
    "candidate", "do_task", "func", "task", "process", "compute", "my_function", "fn", "work",
    "entry_point", "handle", "apply_it", "helper", "run_task", "foo", "solution_for", "job",
)  # fmt: skip

_SHORTEST_STEM = 4


def tells_nothing(name: str) -> bool:
    """Whether a function's name leaves open what it does."""
    return name.rsplit(".", 1)[-1] in OPAQUE


def tells(name: str, words: str) -> bool:
    """Whether a function's name holds, or begins like, one of these words."""
    told = [
        part for part in re.split(r"[_\W\d]+|(?<=[a-z])(?=[A-Z])", name) if len(part) >= _SHORTEST_STEM - 1
    ]
    for word in re.findall(r"[a-z]{3,}", words.lower()):
        for part in map(str.lower, told):
            stem = min(len(word), len(part), _SHORTEST_STEM)
            if word[:stem] == part[:stem] and stem >= min(_SHORTEST_STEM, len(word)):
                return True
    return False


_COMMON = frozenset(
    "that whose which where have given each with from value values element elements than this into "
    "return returns "
    "result they them when case".split()
)


def explained(words: str, rest: str) -> float:
    """Share of the content words of a clause that the rest of the text uses too; 0 without any."""
    stems = {word[:_SHORTEST_STEM] for word in re.findall(r"[a-z]{4,}", rest.lower())}
    content = [word for word in re.findall(r"[a-z]{4,}", words.lower()) if word not in _COMMON]
    return sum(word[:_SHORTEST_STEM] in stems for word in content) / len(content) if content else 0.0
