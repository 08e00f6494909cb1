"""Many problems at a time: each is made into samples and gated by a process, or by a thread that waits.

What comes out does not depend on how many there are, nor on which of them is first.
"""

from __future__ import annotations

import itertools
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass

from models.errors import UserError
from synth.gate.gate import Gate
from synth.gate.reason import Reason
from synth.generators import GENERATORS, Closable, Costly, open_generator
from synth.modifications.generator import random_for
from synth.output.entry import Dropped, Entry
from synth.recipes.recipe import Recipe
from synth.schema import Problem, Sample

_log = logging.getLogger(__name__)

_PROBLEMS_AT_A_TIME = 4  # that a process is sent; fewer cost time, more cost memory
_AHEAD = 2  # pieces of work that wait for each worker
_MOST_PROCESSES = 8  # by default; each takes some 120 MB
_REQUESTS = 32  # at a time, by default


@dataclass(frozen=True, slots=True)
class Finished:
    """A problem that is done.

    Args:
        line: for the work log.
        kept: samples that passed the gate.
    """

    line: bytes
    kept: int


class Maker:
    """Makes the samples of a problem, and lets the gate look at each.

    Args:
        recipe: names the generator and the gate's limits.

    Raises:
        UserError: the generator or the gate lacks something.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._seed = recipe.seed
        self._gate = Gate(recipe.gate)
        self._generator = open_generator(recipe.generator, recipe.seed)

    def finish(self, problems: Sequence[Problem]) -> list[Finished]:
        """The lines of several problems.

        Raises:
            UserError: the generator cannot go on.
        """
        entries = [self.entry(problem) for problem in problems]
        return [Finished(entry.line(), len(entry.samples)) for entry in entries]

    def entry(self, problem: Problem) -> Entry:
        """What comes of a problem.

        Raises:
            UserError: the generator cannot go on.
        """
        if reason := self._gate.problem(problem):
            return Entry.of(problem, reason=reason)
        try:
            return self._made(problem)
        except UserError:
            raise
        except Exception as error:  # one problem that a generator cannot take must not stop thousands
            _log.info("no samples of %s", problem.id, exc_info=True)
            return Entry.of(problem, reason=Reason("failed", f"{type(error).__name__}: {error}"))

    def _made(self, problem: Problem) -> Entry:
        kept: list[Sample] = []
        dropped: list[Dropped] = []
        for made in self._generator.samples(problem, random_for(self._seed, problem.id)):
            if isinstance(made, Dropped):
                dropped.append(made)
            elif reason := self._gate.sample(made, problem):
                dropped.append(Dropped(made.id, made.type, reason))
            else:
                kept.append(made)
        nothing = Reason("no samples") if not kept and not dropped else None
        return Entry.of(problem, tuple(kept), tuple(dropped), nothing)

    @property
    def spent(self) -> str:
        """What a service was asked for, in a line for people; empty where none is asked."""
        return str(self._generator.spent) if isinstance(self._generator, Costly) else ""

    def close(self) -> None:
        """End the work of all threads; safe to call twice."""
        if isinstance(self._generator, Closable):
            self._generator.close()


def default_jobs(recipe: Recipe) -> int:
    """As many as suit the generator and this machine."""
    if GENERATORS[recipe.generator.name].work == "waiting":
        return _REQUESTS
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST_PROCESSES)


def work_through(
    recipe: Recipe, problems: Iterable[Problem], jobs: int, on_spent: Callable[[str], None] = lambda _: None
) -> Iterator[list[Finished]]:
    """Finish problems in any order.

    Args:
        recipe: what to make of them.
        problems: read as they are needed, a few ahead.
        jobs: processes or threads at work.
        on_spent: told at the end, however it ends, what a service was asked for.

    Raises:
        UserError: a generator cannot go on.
    """
    maker = Maker(recipe)  # in each case, since nobody can be told what is missing in a process that starts
    try:
        if GENERATORS[recipe.generator.name].work == "waiting":
            threads = ThreadPoolExecutor(jobs, thread_name_prefix="synth")
            yield from _completed(threads, maker.finish, problems, jobs, 1, maker.close)
        elif jobs == 1:
            for problem in problems:
                yield maker.finish([problem])
        else:
            context = multiprocessing.get_context("spawn")  # forks of a process with threads can hang
            processes = ProcessPoolExecutor(jobs, context, _start, (recipe,))
            yield from _completed(processes, _finish, problems, jobs, _PROBLEMS_AT_A_TIME, lambda: None)
    finally:
        maker.close()
        if maker.spent:
            on_spent(maker.spent)


def _completed(
    pool: Executor,
    work: Callable[[list[Problem]], list[Finished]],
    problems: Iterable[Problem],
    jobs: int,
    size: int,
    stop: Callable[[], None],
) -> Iterator[list[Finished]]:
    source = iter(problems)
    pieces = iter(lambda: list(itertools.islice(source, size)), [])
    running: set[Future[list[Finished]]] = set()
    try:
        for piece in pieces:
            running.add(pool.submit(work, piece))
            if len(running) >= _AHEAD * jobs:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from _results(done)
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from _results(done)
    except BaseException:
        stop()  # or those at work would be waited for until they are done
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _results(done: set[Future[list[Finished]]]) -> Iterator[list[Finished]]:
    """What came of all that is done; those that went well first, so that none is lost by one that did not."""
    for future in sorted(done, key=lambda one: one.exception() is not None):
        yield future.result()


# --- in the processes ---------------------------------------------------------------------------------------

_maker: Maker | None = None


def _start(recipe: Recipe) -> None:
    global _maker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent sees to it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _maker = Maker(recipe)


def _finish(problems: list[Problem]) -> list[Finished]:
    assert _maker is not None
    return _maker.finish(problems)


def _end_with_parent() -> None:
    """A parent that is killed cannot tell its pool, which would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
