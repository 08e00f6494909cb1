"""Fits the reference judge: `python -m eval.judges.fitting LOG… --labels FOLDER` prints its coefficients.

A reply is as good as its best question, and labels are of replies. So each reply is represented by its best
question under the model so far, the model is fitted to these, and so on until the choice stays the same
(MI-SVM of Andrews et al. 2003, with a logistic loss). Evidence for a question can only raise its score and
evidence against it only lower it: with a few hundred labels that keeps chance out of the coefficients.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from numpy.typing import NDArray

from eval.judges.agreement import Split, in_split
from eval.judges.asking import questions_of
from eval.judges.evidence import FEATURES, FOR
from eval.judges.reference import EMBEDDED, GOOD, LEXICAL, ReferenceJudge, Weights

if TYPE_CHECKING:
    from eval.schema import Variant

PENALTY = 1.0
"""Half of this times the squared coefficients is added to the summed loss: a normal prior of variance 1."""

SIGNS = dict.fromkeys(FEATURES[:FOR], 1) | dict.fromkeys(FEATURES[FOR:], -1)
SIGNS |= {"like_change": 1, "like_kept": -1}

_ROUNDS = 20

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bag:
    """The questions of one reply.

    Args:
        questions: their evidence, (questions, features).
        good: the label of the reply.
    """

    questions: Matrix
    good: bool


def fit(bags: Sequence[Bag], names: Sequence[str], penalty: float = PENALTY) -> Weights:
    """Fit the model.

    Args:
        bags: with labels of both kinds; each has a question at least.
        names: of the features, all in `SIGNS`.
        penalty: see `PENALTY`.

    Raises:
        ValueError: the labels are all alike.
    """
    good = np.array([bag.good for bag in bags])
    if good.all() or not good.any():
        raise ValueError("labels of one kind only")
    signs = np.array([SIGNS[name] for name in names], dtype=float)
    coefficients = np.append(signs, 0.0)
    chosen: list[int] = []
    for _ in range(_ROUNDS):
        best = [int(np.argmax(bag.questions @ coefficients[:-1])) for bag in bags]
        if best == chosen:
            break
        chosen = best
        rows = np.array([bag.questions[place] for bag, place in zip(bags, chosen, strict=True)])
        coefficients = _minimum(rows, good, signs, penalty, coefficients)
    by_feature = {name: round(float(value), 3) for name, value in zip(names, coefficients, strict=False)}
    return Weights(by_feature, round(float(coefficients[-1]), 3))


def _minimum(rows: Matrix, good: NDArray[np.bool_], signs: Matrix, penalty: float, start: Matrix) -> Matrix:
    """The coefficients, the bias last, that make the labels likeliest."""
    from scipy.optimize import minimize

    side = np.where(good, 1.0, -1.0)

    def loss(point: Matrix) -> tuple[float, Matrix]:
        margin = side * (rows @ point[:-1] + point[-1])
        slope = -side / (1.0 + np.exp(margin))
        gradient = np.append(rows.T @ slope + penalty * point[:-1], slope.sum())
        return float(np.logaddexp(0.0, -margin).sum() + penalty * (point[:-1] ** 2).sum() / 2), gradient

    bounds = [(0.0, None) if sign > 0 else (None, 0.0) for sign in signs] + [(None, None)]
    found: Matrix = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def bags_of(
    log: Path, labels: Path, variants: Sequence[Variant], judge: ReferenceJudge, split: Split
) -> list[Bag]:
    """The replies of a log that ask and have a label.

    Args:
        log: of responses.
        labels: a file of judgements.
        variants: what the replies are to.
        judge: whose comparisons are taken.
        split: which part of the tasks.
    """
    from eval.store import read_judgements, read_log

    by_key = {variant.key: variant for variant in variants}
    given = read_judgements(labels)
    bags = []
    for response in read_log(log).responses:
        label = given.get(response.key)
        questions = questions_of(response)
        if label is None or not label.asked or not questions or not in_split(response, split):
            continue
        variant = by_key[response.variant_key]
        rows = [list(judge.comparisons(question, variant).values()) for question in questions]
        bags.append(Bag(np.array(rows), label.quality == GOOD))
    return bags


@click.command()
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--labels", required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--benchmark", default="humanevalcomm-v2", show_default=True)
@click.option("--split", type=click.Choice(["odd", "even", "all"]), default="even", show_default=True)
@click.option("--embeddings", is_flag=True, help="Fit the model with sentence embeddings.")
def main(logs: tuple[Path, ...], labels: Path, benchmark: str, split: Split, embeddings: bool) -> None:
    """Print coefficients fitted to labels: a folder with a file of judgements for each log."""
    from eval.benchmarks.catalogue import open_benchmark
    from eval.judges.embeddings import EMBEDDED_FEATURES, Embeddings

    names = FEATURES + (EMBEDDED_FEATURES if embeddings else ())
    variants = open_benchmark(benchmark, "raw")
    judge = ReferenceJudge(Embeddings() if embeddings else None, Weights({}, 0.0))
    bags = [bag for log in logs for bag in bags_of(log, labels / log.name, variants, judge, split)]
    fitted = fit(bags, names)
    kind = EMBEDDED if embeddings else LEXICAL
    click.echo(json.dumps({kind: {"weights": fitted.by_feature, "bias": fitted.bias}}, indent=2))


if __name__ == "__main__":
    main()
