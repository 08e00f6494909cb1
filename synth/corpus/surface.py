"""What the surface of a request gives away: a classifier of lengths, counts and formatting, no words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.ranking import auroc
from models.shown import shown
from synth.corpus.format import CorpusProblem
from synth.corpus.split import split

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MARKS = (">>>", "->", '"""', '"', "'", "`", ",", ";", ":", "(", "[", ".", "?", "!", "#", "-")
_STEPS = 30
_PENALTY = 1.0


def features(text: str, name: str) -> list[float]:
    """Lengths, counts and formatting of a request.

    Args:
        text: the request.
        name: its entry point.
    """
    from math import log1p

    found = text.split()
    lines = text.strip().splitlines()
    counts = [
        len(text),
        len(found),
        len(lines),
        len(shown(text, name)),
        len(name),
        max(map(len, lines)),
        min(map(len, lines)),
        sum(not line.strip() for line in lines),
        sum(one.isdigit() for one in text),
        sum(one.isupper() for one in text),
        len(re.findall(rf"\b{re.escape(name)}\b", text)),
        *(text.count(mark) for mark in _MARKS),
    ]
    return [*map(log1p, counts), len(text) / len(found), float(text.rstrip()[-1] in ".!?")]


def surface_auroc(problems: Sequence[tuple[str, CorpusProblem]]) -> float:
    """AUROC of unclear against clear on the dev and test domains, fitted on the train domains.

    Each unclear text is set against its clear twin, so that both are equally many. 0.5 is chance.

    Args:
        problems: with their domain.
    """
    import numpy as np

    rows: dict[bool, list[list[float]]] = {True: [], False: []}
    labels: dict[bool, list[float]] = {True: [], False: []}
    table = split()
    for domain, problem in problems:
        seen = table.part_of(domain) == "train"
        for point in problem.points:
            for text, label in ((problem.clear(point.of), 0.0), (problem.unclear(point), 1.0)):
                rows[seen].append(features(text, problem.name))
                labels[seen].append(label)
    if not rows[True] or not rows[False]:
        return 0.5
    fitted = np.array(rows[True])
    mean, spread = fitted.mean(axis=0), fitted.std(axis=0) + 1e-9
    weights = _fitted((fitted - mean) / spread, np.array(labels[True]))
    scores = ((np.array(rows[False]) - mean) / spread) @ weights[1:]
    return auroc(scores, np.array(labels[False], dtype=bool))


def _fitted(rows: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of a logistic regression, the bias first, by Newton's method with an L2 penalty."""
    import numpy as np

    inputs = np.hstack([np.ones((len(rows), 1)), rows])
    weights = np.zeros(inputs.shape[1])
    penalty = np.eye(inputs.shape[1]) * _PENALTY
    penalty[0, 0] = 1e-6
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (chance - labels) + penalty @ weights
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + penalty
        weights -= np.linalg.solve(curve, slope)
    return weights
