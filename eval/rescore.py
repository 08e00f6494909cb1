"""Scores and judges responses that are there already: of a run of ours, or of any system's log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from eval.benchmarks.catalogue import open_benchmark
from eval.figures import document
from eval.judges.catalogue import RULE, open_judge
from eval.judges.judging import judge_all
from eval.schema import Document, Judgement, Response, Score, Variant, View
from eval.scoring import Bench, score_all
from eval.store import Log, append, read_judgements, read_log, read_scores
from models.errors import UsageError, UserError

LOGGED, DECISION = "logged", "decision"
"""Judges that are none: labels in the log, and what the system decided."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to rescore, and how.

    Args:
        place: a run's folder, or a file of responses.
        benchmark: its name or file; None takes the run's.
        view: of the texts that the responses are to; None takes the run's, and `raw` for a foreign log.
        judge: `logged` takes the labels that are in the rows, `decision` what the run decided, all that a run
            without replies has; else as `eval.judges.catalogue.open_judge` has it, or the name of a judge
            whose judgements lie in the run's folder.
        scores: file that scores are kept in; None takes the run's, and none for a foreign log.
        bench: where programs run.
    """

    place: Path
    benchmark: str | None = None
    view: View | None = None
    judge: str = RULE
    scores: Path | None = None
    bench: Bench = Bench()


def rescore(request: Request, on_score: Callable[[int, int], None] = lambda done, of: None) -> Document:
    """Score and judge responses.

    Args:
        request: what, and how.
        on_score: told how many new scores there are, of how many responses.

    Raises:
        UserError: the responses, the benchmark or the judge cannot be had, or do not belong together.
        SandboxUnavailable: nothing here isolates code.
    """
    log = read_log(request.place)
    benchmark = request.benchmark or (log.info.benchmark if log.info else None)
    if benchmark is None:
        raise UsageError("a log does not tell its benchmark", where=str(request.place), do="give --benchmark")
    variants = open_benchmark(benchmark, request.view or (log.info.view if log.info else "raw"))
    name = variants[0].benchmark
    if log.info and log.info.benchmark != name:
        raise UserError(f"the run is of {log.info.benchmark}, and this is {name}", where=benchmark)
    only_decided = log.info is not None and log.info.p_ask_only
    # Judged first: it costs nothing, and may be what cannot be done.
    judgements = judged(log, variants, DECISION if only_decided else request.judge)
    scores = {} if only_decided else _scored(log, variants, request, on_score)
    notes = (f"benchmark: {name}", *log.notes)
    return document(log.responses, scores, judgements, log.info, notes)


def _scored(
    log: Log, variants: tuple[Variant, ...], request: Request, on_score: Callable[[int, int], None]
) -> dict[str, Score]:
    file = request.scores or (log.folder.scores if log.folder else None)
    done = 0

    def keep(score: Score) -> None:
        nonlocal done
        done += 1
        if file is not None:
            append(file, [score])
        on_score(done, len(log.responses))

    before = read_scores(file) if file else {}
    return score_all(log.responses, variants, before, request.bench, keep)


def judged(log: Log, variants: Iterable[Variant], judge: str) -> dict[str, Judgement]:
    """Judgements of all responses, by key.

    Args:
        log: the responses.
        variants: of their benchmark and view.
        judge: see `Request`.

    Raises:
        UserError: there is no such judge, or the log has no labels.
    """
    if judge == LOGGED:
        return _logged(log)
    if judge == DECISION:
        return {response.key: _decided(response) for response in log.responses}
    kept = log.folder.judgements(judge) if log.folder else None
    if kept is not None and (found := read_judgements(kept)):
        return found
    with closing(open_judge(judge)) as opened:
        # The rule costs nothing, so that there is nothing to keep.
        keep = log.folder if judge != RULE else None
        return judge_all(log.responses, variants, opened, keep.judgements(opened.name) if keep else None)


def _logged(log: Log) -> dict[str, Judgement]:
    if all(response.asked is None for response in log.responses):
        raise UserError("the log has no labels", do="take --judge rule or --judge reference")
    return {
        response.key: Judgement(
            key=response.key, judge=LOGGED, asked=response.asked, quality=response.quality
        )
        for response in log.responses
    }


def _decided(response: Response) -> Judgement:
    asked = None if response.decision is None else int(response.decision == "ask")
    return Judgement(key=response.key, judge=DECISION, asked=asked, quality=None if asked else asked)
