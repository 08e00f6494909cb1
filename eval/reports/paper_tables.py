"""What the ClarifyCoder paper published, as rows beside ours: context, on its own basis."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.reports.basis import Basis
from eval.reports.grid import Row, percent
from eval.schema import UNCLEAR_CATEGORIES, Category

SOURCE = "arXiv 2504.16331v1"

COMMUNICATION = Basis("humanevalcomm-v2", "raw", "gpt-4o-mini")
"""Of tables 3 and 5 and of figure 5."""

HUMANEVAL = Basis("humaneval", "raw", "none")
"""Of table 4, which has no judged figures."""

NAMES = {
    "codellama-13b": "CodeLlama 13B",
    "codeqwen1.5-7b-chat": "CodeQwen1.5 Chat 7B",
    "deepseek-chat-7b": "DeepSeek Chat 7B",
    "deepseek-coder-7b": "DeepSeek Coder 7B",
    "clarifycoder": "ClarifyCoder (loss on all)",
    "clarifycoder-answer-only": "ClarifyCoder (loss on answer)",
}

COLUMNS = ("CR %", "GQ %", "good only %", "GQ/CR %", "P@1 %", "TPR %")

NOTES = (
    f"As published in {SOURCE}, for context: other models, other answerer, judge gpt-4o-mini. Good-only is "
    "derived: 2 GQ - CR, since a fair question counts half. The paper gives no intervals and no false asks.",
    "The paper prints 34.76 as DeepSeek Chat's P@1 in tables 3 and 4 alike; by its own table 5 the first can "
    "only be 25 to 27.",
)


@functools.cache
def published() -> dict[str, Any]:
    """The published numbers, as fractions."""
    text = Path(__file__).with_name("paper_figures.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def _row(model: str, figures: list[float], group: str = "") -> Row:
    asked, quality, solved, passed = figures
    good = percent(2 * quality - asked)
    share = percent(quality / asked if asked else None)
    cells = (percent(asked), percent(quality), good, share, percent(solved), percent(passed))
    return Row(NAMES[model], COMMUNICATION, cells, group)


def table_3() -> tuple[Row, ...]:
    """Of all unclear texts; columns as in `COLUMNS`."""
    return tuple(_row(model, figures) for model, figures in published()["table3_humanevalcomm_v2"].items())


def table_4() -> tuple[Row, ...]:
    """Of the unmodified problems: pass@1 and test pass rate."""
    models = {model: values for model, values in published()["table4_humaneval"].items() if model in NAMES}
    return tuple(
        Row(NAMES[model], HUMANEVAL, tuple(percent(value) for value in values))
        for model, values in models.items()
    )


def table_5(category: Category) -> tuple[Row, ...]:
    """Of one category; empty for one that the paper does not have."""
    by_model = published()["table5_by_category"].get(category, {})
    return tuple(_row(model, figures, category) for model, figures in by_model.items())


def figure_5() -> Iterator[tuple[float, float, float]]:
    """Ratio, communication rate, good question rate; only the points whose numbers the text gives."""
    for ratio, figures in published()["figure5_ratio"].items():
        yield float(ratio), figures["comm_rate"], figures["good_question_rate"]


def categories() -> tuple[Category, ...]:
    """Those of table 5."""
    return tuple(name for name in UNCLEAR_CATEGORIES if name in published()["table5_by_category"])
