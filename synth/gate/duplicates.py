"""Near-duplicates between source problems, found by MinHash; twins of one problem are no duplicates.

Two problems are near-duplicates when their descriptions, or their solutions, share most of their shingles.
The first one stays, so the answer depends on the order of the problems, which a source keeps.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from synth.gate.reason import Reason
from synth.gate.words import words
from synth.schema import Problem

if TYPE_CHECKING:
    from datasketch import LeanMinHash, MinHashLSH

_PERMUTATIONS = 128
_BANDS = (16, 8)  # finds 95% of pairs at a similarity of 0.8, 100% at 0.9; what is found is then compared
_SEED = 1
_WORDS_PER_SHINGLE = 3
_TOKENS_PER_SHINGLE = 5
_FEWEST_SHINGLES = 8  # texts of fewer are compared as a whole
_FEWEST_TOKENS = 30  # shorter definitions (`return text.translate(TABLE)`) are alike by chance
_TOKEN = re.compile(r"\w+|[^\w\s]")


class Duplicates:
    """Remembers the problems that it has seen, about 2 KB each.

    Args:
        threshold: estimated Jaccard similarity of the shingles from which on two problems count as one.
    """

    def __init__(self, threshold: float) -> None:
        self._kinds = (_Index(threshold), _Index(threshold))

    def __call__(self, problem: Problem) -> Reason | None:
        """An earlier problem has nearly this description or this solution.

        A problem that is a duplicate is not remembered: a chain of small differences ends at the first link.
        """
        texts = (_description(problem), _code(problem))
        sketches = [index.sketch(text) for index, text in zip(self._kinds, texts, strict=True)]
        for index, sketch in zip(self._kinds, sketches, strict=True):
            known = index.nearest(sketch)
            if known is not None:
                return Reason("near-duplicate", f"of {known}")
        for index, sketch in zip(self._kinds, sketches, strict=True):
            index.add(problem.id, sketch)
        return None


class _Index:
    """The sketches of one kind of text."""

    def __init__(self, threshold: float) -> None:
        from datasketch import MinHashLSH

        self._threshold = threshold
        self._buckets: MinHashLSH = MinHashLSH(num_perm=_PERMUTATIONS, params=_BANDS)
        self._sketches: dict[str, tuple[int, LeanMinHash]] = {}

    def sketch(self, shingles: Iterable[str]) -> LeanMinHash:
        from datasketch import LeanMinHash, MinHash

        full = MinHash(num_perm=_PERMUTATIONS, seed=_SEED, scheme="affine32")
        full.update_batch([shingle.encode() for shingle in shingles])
        return LeanMinHash(full)

    def nearest(self, sketch: LeanMinHash) -> str | None:
        """The first problem added whose text is near enough."""
        found = [
            (place, key)
            for key in self._buckets.query(sketch)
            for place, other in (self._sketches[key],)
            if other.jaccard(sketch) >= self._threshold
        ]
        return min(found)[1] if found else None

    def add(self, key: str, sketch: LeanMinHash) -> None:
        self._buckets.insert(key, sketch)
        self._sketches[key] = (len(self._sketches), sketch)


def _description(problem: Problem) -> list[str]:
    return list(_shingles(words(problem.description) or [problem.id], _WORDS_PER_SHINGLE))


def _code(problem: Problem) -> list[str]:
    """Of the entry point's definition, with its name left out so that an alias is found.

    The helpers that it brings along do not count: many functions of a package may share them.
    """
    name = problem.name.rpartition(".")[2]
    text = re.sub(rf"\b{re.escape(name)}\b", "_", _definition(problem.solution, name))
    tokens = _TOKEN.findall(text)
    return list(_shingles(tokens if len(tokens) >= _FEWEST_TOKENS else [problem.id], _TOKENS_PER_SHINGLE))


def _definition(solution: str, name: str) -> str:
    """The source of a name's definition, without its docstring; the whole solution where there is none."""
    try:
        tree = ast.parse(solution)
    except (SyntaxError, ValueError):
        return solution
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            if ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:]
            return ast.unparse(node)
    return solution


def _shingles(parts: list[str], size: int) -> Iterator[str]:
    if len(parts) < size + _FEWEST_SHINGLES:
        yield " ".join(parts)
        return
    for at in range(len(parts) - size + 1):
        yield " ".join(parts[at : at + size])
