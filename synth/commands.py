"""The `clarify synth` commands: declarations only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.sandbox.option import sandbox_option

if TYPE_CHECKING:
    from models.sandbox.policy import Choice
    from synth.machine import Shard

_OUT = click.Path(path_type=Path)


def _shard(context: click.Context, parameter: click.Parameter, value: str | None) -> Shard | None:
    """Read `I/N`."""
    from synth.machine import Shard

    if value is None:
        return None
    number, _, of = value.partition("/")
    if not (number.isdecimal() and of.isdecimal() and int(number) < int(of)):
        raise click.BadParameter(
            f"`{value}` is not I/N with I from 0 to N - 1, such as 0/4", context, parameter
        )
    return Shard(int(number), int(of))


@click.group()
def synth() -> None:
    """Make training data: requests that are clear or not, and the reply that each should get."""


@synth.command()
@click.option("--recipe", metavar="NAME|FILE", help="A recipe that is shipped (`default`) or a TOML file.")
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="KIND:ARGUMENT",
    help="Where problems are from, such as doctest:more_itertools or doctest:src/; several times.",
)
@click.option("--generator", type=click.Choice(["rules", "llm"]), help="`rules` needs no model.")
@click.option(
    "--option",
    "generator_options",
    multiple=True,
    metavar="NAME=VALUE",
    help="Of the generator, such as model=gemini:NAME for `llm`; several times.",
)
@click.option("--seed", type=click.IntRange(0), help="Of all chance; the same seed gives the same bytes.")
@click.option("--limit", type=click.IntRange(1), help="Most samples in the data.")
@click.option("--problems", type=click.IntRange(1), help="Most problems read of each source.")
@click.option(
    "--any-licence", is_flag=True, default=None, help="Also take code without a permissive licence."
)
@click.option(
    "--tokenizer",
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE",
    help="For limits of length: a tokenizer.json or a GGUF file; else they are estimated.",
)
@click.option(
    "--out",
    type=_OUT,
    required=True,
    help="A file (.jsonl, .parquet), or a folder; a shard's file with --shard.",
)
@click.option("--shard", callback=_shard, metavar="I/N", help="Do one of N machines' part; see `merge`.")
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="Processes, or requests at a time; default: the cores."
)
@sandbox_option
@click.option("--dry-run", is_flag=True, help="Only say what it would take: problems, calls, tokens, cost.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
def build(
    recipe: str | None,
    out: Path,
    shard: Shard | None,
    jobs: int | None,
    sandbox: Choice,
    dry_run: bool,
    as_json: bool,
    generator_options: tuple[str, ...],
    **options: object,
) -> None:
    """Build a data set, or go on with one that was stopped.

    Beside the data lie a card, a report, the list of what was dropped and why, and the work log, from which
    the same command goes on. With more than one side in the recipe's split, or for a folder, there is a file
    for each side.
    """
    from synth.build import build, build_shard, estimate
    from synth.machine import Machine
    from synth.output.places import places
    from synth.output.summary import asked, summary
    from synth.progress import collected, on_stderr
    from synth.recipes.recipe import load, with_options
    from synth.workers import default_jobs

    renamed = {"generator": "generator.name", "tokenizer": "gate.tokenizer"}
    given = {renamed.get(name, name): value for name, value in options.items()}
    made = with_options(load(recipe) if recipe else None, given, generator_options)
    with on_stderr() as show, collected() as spent:
        machine = Machine(jobs or default_jobs(made), sandbox, on_progress=show, on_spent=spent.append)
        if dry_run:
            click.echo("\n".join(estimate(made, out, shard, machine)))
            return
        if shard is not None:
            done = build_shard(made, out, shard, machine)
            lines = [f"shard {shard} is finished: {done.finished} problems in {out}", *asked(spent)]
            click.echo("\n".join(lines))
            return
        report = build(made, out, machine)
    if as_json:
        click.echo(report.model_dump_json(indent=2))
        click.echo("".join(f"{line}\n" for line in asked(spent)), err=True, nl=False)
    else:
        click.echo(summary(report, places(out, made), spent))


@synth.command()
@click.argument("shards", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=_OUT, required=True, help="A file (.jsonl, .parquet), or a folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
def merge(shards: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Put the shards of a build together: the same bytes as a build in one go.

    SHARDS are the files that `build --shard` wrote, all of them, in any order.
    """
    from synth.build import merge
    from synth.output.places import places
    from synth.output.summary import summary
    from synth.recipes.recipe import checked

    report = merge(shards, out)
    where = places(out, checked(report.recipe))
    click.echo(report.model_dump_json(indent=2) if as_json else summary(report, where))


@synth.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Such as Incomplete; several times.")
@click.option("--count", type=click.IntRange(1, 1000), default=5, show_default=True, help="Of each type.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Another shows others.")
@click.option("--json", "as_json", is_flag=True, help="Print the samples as JSON lines.")
def inspect(file: Path, types: tuple[str, ...], count: int, seed: int, as_json: bool) -> None:
    """Show samples at random: clear and unclear text side by side, the change in ⟦brackets⟧.

    FILE is a data file, or the folder of a build.
    """
    from models.console import out
    from synth.output.inspection import pick, shown

    for one in pick(file, count, seed, types):
        if as_json:
            click.echo(one.sample.model_dump_json())
        else:
            out().print(shown(one))


@synth.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--source", type=click.Choice(["corpus"]), help="In place of FILE: the project's own problems themselves."
)
@click.option("--model", metavar="NAME|FILE", help="Measure perplexity under this local model, too.")
@click.option(
    "--texts",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    help="Samples of each type that perplexity is measured on.",
)
@click.option("--plot", type=click.Path(path_type=Path), metavar="PICTURE", help="Draw it: .png, .svg, .pdf.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def stats(
    file: Path | None, source: str | None, model: str | None, texts: int, plot: Path | None, as_json: bool
) -> None:
    """Count a data set by type, shape and source; entropy and perplexity by type (the paper's table 6).

    FILE is a data file, or the folder of a build. With `--source corpus` the corpus is counted, from its own
    files: problems and points, and how much its questions and phrases repeat each other.
    """
    from models.console import out

    if (file is None) == (source is None):
        raise click.UsageError("Give either FILE or --source corpus.")
    if file is None:
        if model is not None or plot is not None:
            raise click.UsageError("--model and --plot go with FILE.")
        from synth.corpus.files import everything
        from synth.corpus.measures import statistics
        from synth.corpus.terminal import shown as counted

        corpus = statistics(everything())
        if as_json:
            click.echo(corpus.model_dump_json(indent=2))
        else:
            out().print(counted(corpus))
        return
    from synth.stats.run import measured
    from synth.stats.terminal import shown

    found, table = measured(file, model, texts)
    if plot is not None:
        from synth.stats.plot import plot as draw

        draw(table, plot)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        out().print(shown(found))
