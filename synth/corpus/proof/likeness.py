"""No two problems alike, none a benchmark's: compared by words, syntax trees, hashed runs of words."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from synth.corpus.format import CorpusProblem
from synth.corpus.problem import problem_of
from synth.corpus.proof.fault import Fault
from synth.gate.contamination import CleanProblem
from synth.gate.ngrams import committed
from synth.gate.words import words

if TYPE_CHECKING:
    from datasketch import LeanMinHash

ALIKE_TEXTS = 0.5
"""Estimated Jaccard similarity of runs of three words, from which on two requests count as one."""

ALIKE_CODE = 0.65
"""The same of runs of five nodes of the syntax trees, names and constants left out."""

_PERMUTATIONS = 128
_SEED = 1
_WORDS, _NODES = 3, 5
_FEWEST_NODES = 30  # shorter code is alike by chance


def alike_faults(problems: Iterable[tuple[str, CorpusProblem]]) -> Iterator[Fault]:
    """Problems whose request or solution is nearly that of an earlier one.

    Args:
        problems: with their place for reports; the later one of two is at fault.
    """
    texts, codes = _Seen(ALIKE_TEXTS), _Seen(ALIKE_CODE)
    for place, problem in problems:
        said = [_runs(words(problem.clear(which)), _WORDS) for which in problem.wordings]
        nodes = normalised(problem.solution)
        parts = [(texts, run, "it says nearly the same as") for run in said]
        if len(nodes) >= _FEWEST_NODES:
            parts.append((codes, _runs(nodes, _NODES), "its solution has nearly the syntax tree of"))
        for seen, run, how in parts:
            if known := seen.nearest(place, run):
                yield Fault(place, None, "alike", f"{how} {known}")
                break


class _Seen:
    """Sketches by place."""

    def __init__(self, threshold: float) -> None:
        from datasketch import MinHashLSH

        self._threshold = threshold
        self._index = MinHashLSH(num_perm=_PERMUTATIONS, threshold=threshold * 0.8)
        self._sketches: dict[str, LeanMinHash] = {}

    def nearest(self, place: str, run: list[str]) -> str | None:
        """The earlier problem that is nearest, if it is near enough; then remembers this one."""
        sketch = _sketch(run)
        near = {
            key: self._sketches[key].jaccard(sketch)
            for key in self._index.query(sketch)
            if _place(key) != place
        }
        best = max(near, key=near.__getitem__, default=None)
        key = f"{place}#{len(self._sketches)}"
        self._sketches[key] = sketch
        self._index.insert(key, sketch)
        return _place(best) if best is not None and near[best] >= self._threshold else None


def _place(key: str) -> str:
    return key.partition("#")[0]


def _sketch(run: list[str]) -> LeanMinHash:
    from datasketch import LeanMinHash, MinHash

    full = MinHash(num_perm=_PERMUTATIONS, seed=_SEED, scheme="affine32")
    full.update_batch([one.encode() for one in run])
    return LeanMinHash(full)


def _runs(parts: list[str], size: int) -> list[str]:
    return [" ".join(parts[at : at + size]) for at in range(max(1, len(parts) - size + 1))]


def normalised(code: str) -> list[str]:
    """The nodes of a syntax tree in order, without names, constants, hints and docstrings."""
    found: list[str] = []

    def walk(node: ast.AST) -> None:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.expr_context():
                return
            case ast.Constant(value=value):
                found.append(f"Constant:{type(value).__name__}")
                return
            case ast.Attribute(attr=attr):
                found.append(f"Attribute:{attr}")
            case _:
                found.append(type(node).__name__)
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "type_comment", "type_params"}:
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    walk(child)

    walk(ast.parse(code))
    return found


def benchmark_faults(problems: Iterable[tuple[str, CorpusProblem]]) -> Iterator[Fault]:
    """Problems that share a name or eight words in a row with HumanEval or HumanEvalComm.

    Args:
        problems: with their domain.
    """
    clean = CleanProblem(committed())
    for domain, problem in problems:
        place = f"{domain}/{problem.id}"
        if why := clean(problem_of(domain, problem)):
            yield Fault(place, None, "benchmark", str(why))
        texts = [problem.clear(which) for which in problem.wordings]
        texts += [problem.unclear(point) for point in problem.points]
        texts += [" ".join(point.questions) for point in problem.points]
        if shared := sum(committed().shared(text) for text in texts):
            yield Fault(place, None, "benchmark", f"{shared} runs of words are a benchmark's")
