"""Checks a judge against labelled logs: reads, judges, compares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from eval.benchmarks.catalogue import open_benchmark
from eval.judges.agreement import Check, Report, Split, check, in_split
from eval.judges.base import Judge
from eval.judges.catalogue import open_judge
from eval.judges.judging import judge_all
from eval.schema import Judgement, Response, Variant, View
from eval.store import Log, RunFolder, read_judgements, read_log
from models.errors import UserError

LOGGED = "logged"
"""The labels in the rows of a log, as a judge: for a second set of labels to be compared with them."""


OnJudgement = Callable[[str, int], None]
"""Told the log's name and how many of its replies have been judged."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to check.

    Args:
        logs: run folders or files of responses.
        judge: its name, see `open_judge`; or `logged`.
        labels: a file of judgements, or for several logs a folder with a file named like each; None takes
            the labels in the rows.
        benchmark: name or file.
        view: of the texts that the replies are to.
        split: which part of the tasks.
        keep: folder in which judgements are kept, so that none is made twice; None keeps those of runs only.
        base_url: of the server of an `llm:MODEL` judge.
    """

    logs: tuple[Path, ...]
    judge: str
    labels: Path | None = None
    benchmark: str = "humanevalcomm-v2"
    view: View = "raw"
    split: Split = "odd"
    keep: Path | None = None
    base_url: str | None = None


def check_judge(
    request: Request, on_judgement: Callable[[str, int], None] = lambda log, done: None
) -> Report:
    """Compare a judge with labels, log by log and together.

    Args:
        request: what to check.
        on_judgement: see the type.

    Raises:
        UserError: a log, its labels, the benchmark or the judge cannot be had, or do not belong together.
    """
    logs = [(place, read_log(place)) for place in request.logs]
    labels = [_labels(place, log, request) for place, log in logs]
    variants = open_benchmark(request.benchmark, request.view)
    judged: list[dict[str, Judgement]] = []
    if request.judge == LOGGED:
        judged = [_logged(place, log.responses) for place, log in logs]
    else:
        with closing(open_judge(request.judge, request.base_url)) as judge:
            for (place, log), given in zip(logs, labels, strict=True):
                judged.append(_judged(place, log, given, variants, judge, request, on_judgement))
    checks = tuple(
        check(place.name, request.split, given, found)
        for (place, _), given, found in zip(logs, labels, judged, strict=True)
    )
    return Report(
        benchmark=variants[0].benchmark,
        checks=checks,
        overall=_together(request.split, labels, judged) if len(logs) > 1 else None,
    )


def _judged(
    place: Path,
    log: Log,
    labels: dict[str, Judgement],
    variants: tuple[Variant, ...],
    judge: Judge,
    request: Request,
    on_judgement: OnJudgement,
) -> dict[str, Judgement]:
    """Only what has a label is judged: judging may cost."""
    rows = [response for response in log.responses if response.key in labels]
    folder = log.folder or (RunFolder(request.keep / place.stem) if request.keep else None)
    kept = folder.judgements(judge.name) if folder else None
    return judge_all(rows, variants, judge, kept, lambda done: on_judgement(place.name, done))


def _labels(place: Path, log: Log, request: Request) -> dict[str, Judgement]:
    if request.labels is None:
        found = _logged(place, log.responses)
    else:
        file = request.labels / place.name if request.labels.is_dir() else request.labels
        found = read_judgements(file)
        if not found:
            raise UserError("there are no labels in it", where=str(file))
    part = {response.key for response in log.responses if in_split(response, request.split)}
    return {key: label for key, label in found.items() if key in part}


def _logged(place: Path, responses: Iterable[Response]) -> dict[str, Judgement]:
    found = {
        one.key: Judgement(key=one.key, judge=LOGGED, asked=one.asked, quality=one.quality)
        for one in responses
        if one.asked is not None
    }
    if not found:
        raise UserError("the log has no labels", where=str(place), do="give them with --labels")
    return found


def _together(split: Split, labels: list[dict[str, Judgement]], judged: list[dict[str, Judgement]]) -> Check:
    """All logs as one; keys of different logs are kept apart."""

    def numbered(parts: list[dict[str, Judgement]]) -> dict[str, Judgement]:
        return {f"{number}|{key}": one for number, part in enumerate(parts) for key, one in part.items()}

    return check("together", split, numbered(labels), numbered(judged))
