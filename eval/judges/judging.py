"""Judges all responses of a log; judgements are kept one by one, so that judging that was stopped goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from eval.judges.base import Judge
from eval.schema import Judgement, Response, Variant
from eval.store import append, read_judgements
from models.errors import UserError


def judge_all(
    responses: Iterable[Response],
    variants: Iterable[Variant],
    judge: Judge,
    kept: Path | None = None,
    on_judgement: Callable[[int], None] = lambda done: None,
) -> dict[str, Judgement]:
    """Judge responses.

    Args:
        responses: of any system.
        variants: of their benchmark and view.
        judge: who judges.
        kept: file of judgements: those that are there are not made again, new ones are added; None keeps
            none.
        on_judgement: told how many responses have been judged.

    Returns:
        A judgement per response, by its key.

    Raises:
        UserError: a response is of no text of the benchmark, or the judge fails; what was judged is kept.
    """
    by_key = {variant.key: variant for variant in variants}
    done = read_judgements(kept) if kept else {}
    found: dict[str, Judgement] = {}
    for number, response in enumerate(responses, 1):
        variant = _variant_of(response, by_key)
        before = done.get(response.key)
        if before is not None and before.judge == judge.name and before.asked is not None:
            found[response.key] = before
        else:
            judgement = judge.judge(variant, response)
            found[response.key] = judgement
            if kept is not None:
                append(kept, [judgement])
        on_judgement(number)
    return found


def _variant_of(response: Response, by_key: Mapping[str, Variant]) -> Variant:
    variant = by_key.get(response.variant_key)
    if variant is None:
        raise UserError(
            "the benchmark has no such text",
            where=response.variant_key,
            do="name the benchmark and the view that the replies are to",
        )
    return variant
