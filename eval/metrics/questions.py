"""What is asked: whether it hits what was changed, how much of it there is, and how varied it is.

Sources: Ask-F1, HiL-Bench (arXiv 2604.09408): the harmonic mean of the precision of questions and the recall
of what blocks the task, each over all tasks, so that neither silence nor a flood of questions wins; key
question coverage, after ClarifyCodeBench's key question rate (arXiv 2607.00711).
"""

from __future__ import annotations

import numpy as np

from eval.metrics.weighted import Column, Weights, ratio


def ask_f1(asked: Column, targeted: Column, points: Column, covered: Column, weights: Weights) -> Column:
    """Harmonic mean of precision (of what was asked) and recall (of what there was to ask), by draw.

    A system that never asks has 0; NaN where there was nothing to ask. Originals belong in it: what is asked
    there costs precision.

    Args:
        asked: questions of each row, (rows,).
        targeted: those among them that are about something changed.
        points: things changed in each row; 0 in an original.
        covered: those among them that are asked about.
        weights: (draws, rows).
    """
    precision = np.nan_to_num(ratio(targeted, asked, weights))
    recall = ratio(covered, points, weights)
    both = precision + recall
    return np.where(np.isnan(recall), np.nan, 2 * precision * recall / np.where(both > 0, both, 1.0))


def coverage(covered: Column, points: Column, weights: Weights) -> Column:
    """Share of the things changed that a question is about.

    Args:
        covered: of each row, (rows,).
        points: things changed in each row.
        weights: (draws, rows).
    """
    return ratio(covered, points, weights)


def questions_per_ask(questions: Column, asked: Column, weights: Weights) -> Column:
    """Questions in a reply that asks.

    Args:
        questions: of each row, (rows,).
        asked: 1 where it asks.
        weights: (draws, rows).
    """
    return ratio(np.where(asked > 0, questions, 0.0), asked, weights)


def distinct_share(questions: list[str]) -> float | None:
    """Share of different ones, letters' case, blanks and marks aside; None without any."""
    if not questions:
        return None
    return len({_bare(question) for question in questions}) / len(questions)


def _bare(question: str) -> str:
    return " ".join("".join(one if one.isalnum() else " " for one in question.casefold()).split())
