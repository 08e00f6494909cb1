"""Reads runs and logs for a report: their rows, what was kept of them, and the figures of one judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.benchmarks.catalogue import open_benchmark
from eval.figures import document
from eval.judges.catalogue import REFERENCE, RULE
from eval.reports.basis import Basis
from eval.reports.result import Result
from eval.rescore import DECISION, judged
from eval.schema import Score, Variant, View
from eval.store import Log, RunFolder, read_log, read_scores
from models.errors import UsageError, UserError


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a report takes what a run does not hold.

    Args:
        judge: as for `clarify eval rescore`; None takes the one whose judgements lie in the run's folder, and
            `rule` where there are none.
        benchmarks: names or files to find a run's texts in; none takes the run's own name.
        scores: of a log, as `rescore --scores` keeps them; a run has its own.
        texts: whether the benchmark's texts are wanted where the judge does not need them.
    """

    judge: str | None = None
    benchmarks: tuple[str, ...] = ()
    scores: Path | None = None
    texts: bool = True


def load(place: Path, sources: Sources, name: str | None = None) -> Result:
    """Read a run's folder, or the log of a system.

    Args:
        place: of it.
        sources: of the rest.
        name: by which the report calls it; None takes the folder's or the file's.

    Raises:
        UserError: the responses, the benchmark or the judge cannot be had, or do not belong together.
    """
    log = read_log(place)
    if log.info is not None and log.info.p_ask_only:
        judge = DECISION
    else:
        judge = sources.judge or _kept_judge(log.folder) or RULE
    variants, absent = _variants(log, sources, needed=judge in {RULE, REFERENCE})
    judgements = judged(log, variants, judge)
    scores = _scores(log, sources)
    found = document(log.responses, scores, judgements, log.info, (*log.notes, *absent))
    return Result(
        name=name or (place.resolve().name if log.folder else place.stem),
        basis=Basis(log.info.benchmark if log.info else variants[0].benchmark, _view(log), found.judge),
        document=found,
        responses=log.responses,
        scores=scores,
        judgements=judgements,
        variants={variant.key: variant for variant in variants},
    )


def _kept_judge(folder: RunFolder | None) -> str | None:
    """The judge whose judgements lie in the folder."""
    files = sorted(folder.path.glob("judgements-*.jsonl")) if folder else []
    names = [file.stem.removeprefix("judgements-") for file in files]
    if len(names) > 1 and folder:
        raise UsageError(
            f"there are judgements of {', '.join(names)}", where=str(folder.path), do="choose with --judge"
        )
    return names[0] if names else None


def _variants(log: Log, sources: Sources, *, needed: bool) -> tuple[tuple[Variant, ...], tuple[str, ...]]:
    """The benchmark's texts; where they cannot be had and are not needed, a note that says so."""
    if log.info is None:
        if len(sources.benchmarks) != 1:
            raise UsageError("a log does not tell its benchmark", do="give one --benchmark")
        return open_benchmark(sources.benchmarks[0], _view(log)), ()
    if not (needed or sources.texts):
        return (), ()
    wanted = log.info.benchmark
    if sources.benchmarks:
        return _fitting(wanted, sources.benchmarks, _view(log)), ()
    try:
        return open_benchmark(wanted, _view(log)), ()
    except UserError as error:
        if needed:
            raise
        return (), (f"without the benchmark's texts: {error}",)


def _fitting(wanted: str, named: Sequence[str], view: View) -> tuple[Variant, ...]:
    """The one that is wanted, of those that are named."""
    others = []
    for one in named:
        variants = open_benchmark(one, view)
        if variants[0].benchmark == wanted:
            return variants
        others.append(variants[0].benchmark)
    raise UserError(f"the run is of {wanted}, and this is {' and '.join(others)}", where=", ".join(named))


def _scores(log: Log, sources: Sources) -> Mapping[str, Score]:
    file = log.folder.scores if log.folder else sources.scores
    return read_scores(file) if file else {}


def _view(log: Log) -> View:
    return log.info.view if log.info else "raw"
