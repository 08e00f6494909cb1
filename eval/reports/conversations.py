"""Single conversations as data for the page's browser: request and what was changed, replies, code, tests."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from eval.reports.result import Result
from eval.schema import Response, Variant

Side = Literal["same", "gone", "new"]
"""Of both texts, of the original alone, of the request alone."""

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


def changed(original: str, text: str) -> tuple[tuple[Side, str], ...]:
    """The request in pieces, beside what the original says in their place.

    The pieces that are not `gone` are the request, those that are not `new` the original.
    """
    before, after = _WORD.findall(original), _WORD.findall(text)
    pieces: list[tuple[Side, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, start_after, end_after in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("same", "".join(before[start:end])))
            continue
        if start < end:
            pieces.append(("gone", "".join(before[start:end])))
        if start_after < end_after:
            pieces.append(("new", "".join(after[start_after:end_after])))
    return tuple(pieces)


def browsable(results: Sequence[Result]) -> dict[str, Any]:
    """What the page's browser is given; only JSON values.

    Args:
        results: in the order of the report.

    Returns:
        `runs` (names), `texts` (requests by key), `tasks` (tests and solution by the task's name), `rows`.
    """
    texts: dict[str, Any] = {}
    tasks: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    for number, result in enumerate(results):
        for response in result.responses:
            variant = result.variants.get(response.variant_key)
            if variant is not None and variant.key not in texts:
                texts[variant.key] = changed(variant.original, variant.text)
                tasks.setdefault(variant.name, _task(variant))
            rows.append({"run": number, **_row(result, response)})
    return {"runs": [result.name for result in results], "texts": texts, "tasks": tasks, "rows": rows}


def _task(variant: Variant) -> dict[str, Any]:
    return {
        "solution": variant.solution,
        "tests": [
            {"input": test.input, "output": test.output, "relation": test.relation} for test in variant.tests
        ],
    }


def _row(result: Result, response: Response) -> dict[str, Any]:
    score = result.scores.get(response.key)
    judgement = result.judgements.get(response.key)
    row = {
        "name": response.name,
        "category": response.category,
        "text": response.variant_key,
        "sample": response.sample,
        "marks": list(marks(result, response)),
        "reply": response.reply,
        "questions": [question.model_dump(mode="json") for question in response.questions],
        "answers": response.answers,
        "second": response.reply_second,
        "code": response.code,
        "unclarified": response.unclarified_code,
        "p_ask": response.p_ask,
        "error": response.error,
        "reason": judgement.reason if judgement else None,
        "passed": score.passed if score else None,
        "tests": score.tests if score else None,
        "unclarified_passed": score.unclarified_passed if score else None,
        "detail": score.detail if score else None,
        "tokens": response.prompt_tokens + response.generated_tokens,
        "seconds": round(response.seconds, 2),
    }
    return {name: value for name, value in row.items() if value not in (None, "", [])}


def marks(result: Result, response: Response) -> Iterator[str]:
    """What a reader can filter by."""
    asked = result.asked(response)
    if asked is not None:
        yield "asks" if asked else "does not ask"
        if asked and response.category == "original":
            yield "false ask"
        if not asked and response.category != "original":
            yield "missed"
    judgement = result.judgements.get(response.key)
    if judgement is not None and judgement.quality:
        yield "good questions" if judgement.quality == 2 else "fair questions"
    score = result.scores.get(response.key)
    if score is not None:
        yield "solved" if score.solved else "failed"
    if response.error:
        yield "error"
