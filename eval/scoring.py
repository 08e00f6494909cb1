"""Scoring: runs the code of responses against their tasks' tests, in the sandbox, on all cores.

What a response says of its own tests is not read. Scores are told one by one, so that scoring that was
stopped goes on; a score of other code or other tests is not taken over.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.benchmarks.relations import check_of, function_in
from eval.schema import Response, Score, Variant
from models.errors import UserError, nearest
from models.sandbox.cases import CaseResult
from models.sandbox.check import Check
from models.sandbox.check_judge import check_all
from models.sandbox.conversation import Pace
from models.sandbox.policy import Choice, Limits, MiB
from models.sandbox.runner import Sandbox, open_sandbox

# As in the independent scoring that ours is compared with: 3 s a test, 2 GiB.
PACE = Pace(call=3.0, load=10.0, budget=60.0)
_LIMITS = Limits(memory_bytes=2048 * MiB, cpu_seconds=60)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where programs run.

    Args:
        sandbox: how strong the isolation has to be.
        jobs: programs at a time; None for twice the cores, since a run waits about as long as it computes.
        pace: how long one may take.
    """

    sandbox: Choice = "auto"
    jobs: int | None = None
    pace: Pace = PACE


_Work = tuple[str, Check]
_Results = tuple[CaseResult, ...]
_LATE = {"timeout", "not run"}


@dataclass(frozen=True, slots=True)
class _Job:
    """What has to run for a response.

    Args:
        response: it.
        clarified: its code with the tests; None without code.
        unclarified: the code that was written without asking, with the tests; None without.
        digest: of all that.
    """

    response: Response
    clarified: _Work | None
    unclarified: _Work | None
    digest: str

    @property
    def work(self) -> list[_Work]:
        """In the order in which results are taken."""
        return [one for one in (self.clarified, self.unclarified) if one is not None]


def score_all(
    responses: Sequence[Response],
    variants: Iterable[Variant],
    done: Mapping[str, Score] | None = None,
    bench: Bench | None = None,
    on_score: Callable[[Score], None] = lambda score: None,
) -> dict[str, Score]:
    """Score responses.

    Args:
        responses: of any system.
        variants: of their benchmark; texts may be of another view, the tests are the same.
        done: scores that are there already, by key; they are kept where code and tests are the same.
        bench: where programs run.
        on_score: told of every new score, in the order of the responses; what took too long comes last.

    Returns:
        A score per response, by its key.

    Raises:
        UserError: a response is of no task of the benchmark.
        SandboxUnavailable: the isolation could not be set up; nothing has run.
    """
    scores: dict[str, Score] = {}
    left: list[_Job] = []
    for job in _jobs(responses, variants):
        before = (done or {}).get(job.response.key)
        if before is not None and before.digest == job.digest:
            scores[before.key] = before
        else:
            left.append(job)
    for score in _scored(left, bench or Bench()):
        scores[score.key] = score
        on_score(score)
    return scores


def _jobs(responses: Sequence[Response], variants: Iterable[Variant]) -> Iterator[_Job]:
    by_text = {(variant.name, variant.category): variant for variant in variants}
    for response in responses:
        variant = by_text.get((response.name, response.category))
        if variant is None:
            names = sorted({name for name, _ in by_text})
            raise UserError(
                "the benchmark has no such text",
                where=response.variant_key,
                do="" if response.name in names else nearest(response.name, names),
            )
        clarified = _work(response.code, variant, response)
        unclarified = _work(response.unclarified_code, variant, response)
        yield _Job(response, clarified, unclarified, _digest(clarified, unclarified))


def _work(code: str | None, variant: Variant, response: Response) -> _Work | None:
    if code is None or not code.strip():
        return None
    return code, check_of(variant, function_in(code, variant, response.view or "raw"))


def _digest(*work: _Work | None) -> str:
    hashed = hashlib.sha256()
    for one in work:
        parts = (one[0], one[1].model_dump_json()) if one else ("", "")
        for part in parts:
            data = part.encode("utf-8", "surrogatepass")
            hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()[:16]


def _scored(jobs: Sequence[_Job], bench: Bench) -> Iterator[Score]:
    if not any(job.work for job in jobs):
        yield from (_score(job, (), ()) for job in jobs)
        return
    sandbox = open_sandbox(bench.sandbox, _LIMITS)
    late: list[_Job] = []
    for job, *results in _results(jobs, sandbox, bench.jobs or 2 * len(os.sched_getaffinity(0)), bench.pace):
        if any(result.verdict in _LATE for result in itertools.chain(*results)):
            late.append(job)
        else:
            yield _score(job, *results)
    # The limit is in wall time: what was late among others, on a busy machine, gets a run of its own.
    for job, *results in _results(late, sandbox, 1, bench.pace):
        yield _score(job, *results)


def _results(
    jobs: Sequence[_Job], sandbox: Sandbox, threads: int, pace: Pace
) -> Iterator[tuple[_Job, _Results, _Results]]:
    """Each job with what came of its code, and of its code without asking; empty where there is none."""
    work = [one for job in jobs for one in job.work]
    # Without installed packages: what is installed here must not decide.
    found = check_all(sandbox, work, threads, pace, packages=False) if work else iter(())
    for job in jobs:
        clarified = next(found) if job.clarified else ()
        yield job, clarified, next(found) if job.unclarified else ()


def _score(job: _Job, found: _Results, without: _Results) -> Score:
    generated = job.response.unclarified_code is not None
    return Score(
        key=job.response.key,
        passed=sum(result.passed for result in found),
        tests=len(found),
        unclarified_passed=sum(result.passed for result in without) if generated else None,
        unclarified_tests=len(without) if generated else None,
        digest=job.digest,
        detail=_why(found) if found else "there is no code",
    )


def _why(results: Sequence[CaseResult]) -> str:
    """Why the first failing test failed."""
    for number, result in enumerate(results, 1):
        if not result.passed:
            got = f", got {result.got[:80]}" if result.got and result.verdict == "failed" else ""
            return f"test {number} of {len(results)}: {result.verdict}: {result.detail[:200]}{got}"
    return ""
