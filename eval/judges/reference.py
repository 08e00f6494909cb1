"""The judge that needs no model: it knows what was changed, and looks whether a question is about that.

Whether a reply asks is told by its wording (eval.judges.asking). A reply is good when at least one question
scores above zero in a logistic model of a few comparisons with both texts (eval.judges.evidence); the
model's coefficients are data, made by eval.judges.fitting. With the `judge` extra, sentence embeddings join
the comparisons; the judge's name says which of the two it is.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from eval.judges.asking import questions_of
from eval.judges.evidence import FEATURES, aimed_at, difference, features
from eval.schema import Judgement, Response, Variant
from models.errors import UserError

if TYPE_CHECKING:
    from eval.judges.embeddings import Embeddings

LEXICAL, EMBEDDED = "lexical", "embedded"
VERSION = 1
"""Of the judge: raised with everything that can change a verdict, coefficients included."""

GOOD, FAIR = 2, 1
_WEIGHTS = "reference_weights.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted model: the score of a question is `bias` plus what each comparison adds.

    Args:
        by_feature: a coefficient for each comparison.
        bias: the score of a question without any evidence.
    """

    by_feature: Mapping[str, float]
    bias: float

    def score(self, values: Mapping[str, float]) -> float:
        """The log-odds that a question is about what was changed."""
        return self.bias + sum(weight * values[name] for name, weight in self.by_feature.items())


@functools.cache
def load_weights(kind: str) -> Weights:
    """The coefficients that come with this package, for `lexical` or `embedded`."""
    found = json.loads(resources.files("eval.judges").joinpath(_WEIGHTS).read_text(encoding="utf-8"))[kind]
    return Weights(found["weights"], found["bias"])


class ReferenceJudge:
    """Compares questions with the difference of the two texts.

    Args:
        embeddings: sentence embeddings for further comparisons; None does without.
        weights: of the model; None takes those of the package.
    """

    def __init__(self, embeddings: Embeddings | None = None, weights: Weights | None = None) -> None:
        self._embeddings = embeddings
        kind = EMBEDDED if embeddings else LEXICAL
        self._weights = weights or load_weights(kind)
        self.name = f"reference-{kind}-{VERSION}"

    def judge(self, variant: Variant, response: Response) -> Judgement:
        """Judge one reply.

        Raises:
            UserError: the response is to another variant.
        """
        if (response.name, response.category) != (variant.name, variant.category):
            raise UserError("the reply is to another text", where=f"{response.key}, {variant.key}")
        questions = questions_of(response)
        if not questions:
            return self._judgement(response, 0, 0, "it asks nothing")
        scores = [self.score(question, variant) for question in questions]
        aimed = [question for question, score in zip(questions, scores, strict=True) if score > 0]
        return Judgement(
            key=response.key,
            judge=self.name,
            asked=1,
            quality=GOOD if aimed else FAIR,
            targeted=len(aimed),
            covered=_covered(aimed, variant),
            reason=_reason(len(aimed), len(questions), variant),
        )

    def score(self, question: str, variant: Variant) -> float:
        """The log-odds that a question is about what was changed; above 0 it is."""
        if not difference(variant).sides:
            return -1.0  # nothing was changed
        return self._weights.score(self.comparisons(question, variant))

    def comparisons(self, question: str, variant: Variant) -> dict[str, float]:
        """All evidence on a question, by name."""
        values = dict(zip(FEATURES, features(question, variant), strict=True))
        if self._embeddings is not None:
            values |= self._embeddings.comparisons(question, variant)
        return values

    def close(self) -> None:
        """Let go of the embeddings."""
        self._embeddings = None

    def _judgement(self, response: Response, asked: int, quality: int, reason: str) -> Judgement:
        return Judgement(
            key=response.key,
            judge=self.name,
            asked=asked,
            quality=quality,
            targeted=0,
            covered=0,
            reason=reason,
        )


def _covered(aimed: Sequence[str], variant: Variant) -> int:
    """How many of the things changed are asked about.

    A thing that was changed can show in many places. All changed examples count as one thing, each change of
    the prose as one; no more are counted than the category has.
    """
    sides = difference(variant).sides
    found = {number for question in aimed for number in aimed_at(question, variant)}
    things = {-1 if sides[number].example else number for number in found}
    return min(variant.points, max(len(things), 1 if aimed else 0))


def _reason(aimed: int, asked: int, variant: Variant) -> str:
    if not difference(variant).sides:
        return "nothing was changed in this text"
    return f"{aimed} of {asked} questions are about what was changed"
