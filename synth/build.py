"""Builds a data set: sources, generator, gate and work log, then the files.

A build that was stopped in any way continues where it was when it is started again; a shard is the part of
the work for one of several machines, and `merge` puts the parts together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from models.errors import UserError
from synth.machine import Machine, Progress, Shard
from synth.output.finish import finish
from synth.output.places import places
from synth.output.report import BuildReport
from synth.output.worklog import LogReader
from synth.recipes.recipe import Recipe, checked
from synth.work import do_work, open_problems


def build(recipe: Recipe, out: Path, machine: Machine) -> BuildReport:
    """Make a data set, or go on with it.

    Args:
        recipe: what it holds.
        out: a data file or a folder; the other files lie beside it, or in it.
        machine: what may be used.

    Raises:
        UserError: a source, the generator or the gate lacks something, or a file cannot be written; what was
            finished is kept.
    """
    where = places(out, recipe)
    do_work(recipe, where.log, Shard(), machine)
    with _opened([where.log]) as logs:
        return finish(logs, recipe, where)


def build_shard(recipe: Recipe, out: Path, shard: Shard, machine: Machine) -> Progress:
    """Do one machine's part of the work, or go on with it.

    Args:
        recipe: the same on all machines.
        out: the shard's file, for `merge`; nothing else is written.
        shard: which part.
        machine: what may be used.

    Raises:
        UserError: as `build`.
    """
    return do_work(recipe, out, shard, machine)


def estimate(recipe: Recipe, out: Path, shard: Shard | None, machine: Machine) -> list[str]:
    """What a build would still take, in lines for people; nothing is made, and no model is asked.

    Args:
        recipe: what it would hold.
        out: as for `build`, or `build_shard` where a shard is given.
        shard: which part.
        machine: runs what the sources have to verify.

    Raises:
        UserError: a source cannot be read, or an option of the generator is wrong.
    """
    log = out if shard is not None else places(out, recipe).log
    problems = open_problems(recipe, log, shard or Shard(), machine)
    if recipe.generator.name != "llm":
        return [f"problems: {sum(1 for _ in problems):,}"]
    from synth.modifications.llm.access import from_environment
    from synth.modifications.llm.estimate import estimate
    from synth.modifications.llm.settings import read_settings

    settings = read_settings(dict(recipe.generator.options))
    return list(estimate(problems, settings, from_environment().base_url).lines())


def merge(shards: Sequence[Path], out: Path) -> BuildReport:
    """Put the parts of all machines together: the same files as a build in one go.

    Args:
        shards: the files of all shards of one build, in any order.
        out: a data file or a folder.

    Raises:
        UserError: a shard is missing, unfinished, there twice, or of another build.
    """
    with _opened(shards) as logs:
        recipe = _common_recipe(logs)
        return finish(logs, recipe, places(out, recipe))


@contextmanager
def _opened(paths: Sequence[Path]) -> Iterator[list[LogReader]]:
    with ExitStack() as stack:
        yield [stack.enter_context(closing(LogReader(path))) for path in paths]


def _common_recipe(logs: Sequence[LogReader]) -> Recipe:
    """The recipe of all logs, once it is certain that they are all the shards of one build."""
    first = logs[0].contents
    _, of = first.build["shard"]
    there: dict[int, Path] = {}
    for log in logs:
        number, _ = log.contents.build["shard"]
        if {**log.contents.build, "shard": [number, of]} != {**first.build, "shard": [number, of]}:
            raise UserError("it is of another build than the first", where=str(log.path))
        if log.contents.recipe != first.recipe:
            raise UserError("its recipe is another than that of the first", where=str(log.path))
        if number in there:
            raise UserError(f"shard {number}/{of} is there twice", where=str(log.path))
        if log.contents.end is None:
            raise UserError(
                f"shard {number}/{of} is not finished", where=str(log.path), do="run its build again"
            )
        there[number] = log.path
    if missing := sorted(set(range(of)) - there.keys()):
        names = ", ".join(f"{number}/{of}" for number in missing)
        raise UserError(f"shards are missing: {names}", do="give the files of all shards")
    return checked(first.recipe)
