"""How much surface tells: names, lengths, counts and layout alone, and single words.

A check of generated samples, not a part of their making: nothing but the flaw may tell clear from unclear.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.ranking import auroc
from synth.modifications.names import OPAQUE
from synth.schema import Sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_SHAPES = ("stub", "class", "module", "chat", "script", "bug", "change", "todo")
_STEPS, _RATE, _RIDGE = 400, 0.5, 1e-2
_FOLDS = 5
_WORD = re.compile(r"[a-z']+|\d+|[^\sa-z\d]")


def surface(sample: Sample) -> dict[str, float]:
    """What can be seen of a request without reading it: its name, lengths, counts and layout."""
    text = sample.problem
    lines = text.splitlines() or [""]
    words = text.split()
    counted = {
        "characters": len(text),
        "words": len(words),
        "lines": len(lines),
        "blank lines": sum(not line.strip() for line in lines),
        "longest line": max(map(len, lines)),
        "sentences": len(re.findall(r"[.!?](?:\s|$)", text)),
        "commas": text.count(","),
        "digits": sum(char.isdigit() for char in text),
        "capitals": sum(char.isupper() for char in text),
        "parentheses": text.count("("),
        "quotation marks": sum(text.count(mark) for mark in "\"'`"),
        "colons": text.count(":"),
        "question marks": text.count("?"),
        "doctests": text.count(">>>"),
        "arrows": text.count("->"),
        "examples": len(sample.examples),
        "name's length": len(sample.name),
        "name's underscores": sample.name.count("_"),
    }
    yes = {
        "hints": bool(re.search(r"\w: (?:str|int|float|list|dict|bool)", text)),
        "ends in a stop": text.rstrip().rstrip("\"'`").rstrip().endswith("."),
        "fence": "```" in text,
        "docstring": '"""' in text or "'''" in text,
        "import": "import " in text,
        "comment": "# " in text,
        "capital first": text[:1].isupper(),
        "opaque name": sample.name in OPAQUE,
        "candidate": sample.name == "candidate",
        **{f"shape {shape}": sample.shape == shape for shape in _SHAPES},
    }
    return {
        **{key: float(value) for key, value in counted.items()},
        **{key: float(value) for key, value in yes.items()},
    }


def first_round(samples: Sequence[Sample]) -> list[Sample]:
    """The samples in which the reply is the decision: second rounds left out."""
    return [sample for sample in samples if not sample.answers]


def surface_auroc(samples: Sequence[Sample]) -> float:
    """AUROC of a logistic regression on surface features, for unclear against clear, over held-out groups.

    Args:
        samples: of at least as many groups as there are folds (5).

    Raises:
        ValueError: there are too few groups, or one of the classes is missing.
    """
    import numpy as np

    kept = first_round(samples)
    rows = [surface(sample) for sample in kept]
    names = sorted(rows[0])
    features = np.array([[row[name] for name in names] for row in rows])
    features = np.concatenate([features, np.log1p(features)], axis=1)
    unclear = np.array([sample.unclear for sample in kept])
    scores = np.zeros(len(kept))
    for held_out in _folds(kept):
        mean, deviation = features[~held_out].mean(0), features[~held_out].std(0) + 1e-9
        scaled = (features - mean) / deviation
        weights = _logistic(scaled[~held_out], unclear[~held_out])
        scores[held_out] = scaled[held_out] @ weights[:-1] + weights[-1]
    return auroc(scores, unclear)


def _folds(samples: Sequence[Sample]) -> list[NDArray[np.bool_]]:
    import numpy as np

    groups = sorted({sample.group for sample in samples})
    if len(groups) < _FOLDS:
        raise ValueError(f"held-out groups need at least {_FOLDS} groups")
    place = {group: at % _FOLDS for at, group in enumerate(groups)}
    return [np.array([place[sample.group] == fold for sample in samples]) for fold in range(_FOLDS)]


def _logistic(features: Array, positive: NDArray[np.bool_]) -> Array:
    """Weights of a ridge logistic regression, the bias last; plain gradient descent."""
    import numpy as np

    with_bias = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    weights = np.zeros(with_bias.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(with_bias @ weights, -30, 30)))
        gradient = with_bias.T @ (chance - positive) / len(features) + _RIDGE * weights
        weights = weights - _RATE * gradient
    return weights


@dataclass(frozen=True, slots=True)
class Telling:
    """A word, or two in a row, and how it is spread.

    Args:
        words: as they stand, lower-cased.
        unclear: share of the unclear requests that have it.
        clear: share of the clear ones.
        auroc: of its presence alone.
    """

    words: str
    unclear: float
    clear: float

    @property
    def auroc(self) -> float:
        """Of the presence alone: 0.5 says nothing."""
        return 0.5 + (self.unclear - self.clear) / 2

    @property
    def purity(self) -> float:
        """Share of unclear requests among those that have it, were both classes of one size."""
        both = self.unclear + self.clear
        return self.unclear / both if both else 0.5


def telling_words(samples: Sequence[Sample], *, fewest: int = 8) -> list[Telling]:
    """Words and pairs of words, the most telling first.

    Args:
        samples: second rounds are left out.
        fewest: requests that must have it.
    """
    kept = first_round(samples)
    totals = Counter(sample.unclear for sample in kept)
    having: Counter[tuple[str, bool]] = Counter()
    for sample in kept:
        words = _WORD.findall(sample.problem.lower())
        pairs = (f"{one} {two}" for one, two in zip(words, words[1:], strict=False))
        having.update((word, sample.unclear) for word in {*words, *pairs})
    found = [
        Telling(word, having[word, True] / max(1, totals[True]), having[word, False] / max(1, totals[False]))
        for word in {word for word, _ in having}
        if having[word, True] + having[word, False] >= fewest
    ]
    return sorted(found, key=lambda telling: (-abs(telling.auroc - 0.5), telling.words))


def words_auroc(samples: Sequence[Sample], *, most: int = 2000) -> float:
    """AUROC of a logistic regression on the presence of words, over held-out groups: a diagnosis, not a bar.

    Args:
        samples: of at least five groups.
        most: how many of the commonest words are used.
    """
    import numpy as np

    kept = first_round(samples)
    present = [set(_WORD.findall(sample.problem.lower())) for sample in kept]
    common = [word for word, _ in Counter(word for words in present for word in words).most_common(most)]
    features = np.array([[float(word in words) for word in common] for words in present])
    unclear = np.array([sample.unclear for sample in kept])
    scores = np.zeros(len(kept))
    for held_out in _folds(kept):
        weights = _logistic(features[~held_out], unclear[~held_out])
        scores[held_out] = features[held_out] @ weights[:-1] + weights[-1]
    return auroc(scores, unclear)
