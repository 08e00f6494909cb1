"""`clarify eval run`: the declaration; the work is in eval.run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands.options import model_options
from eval.commands.command_line import command_line
from models.sandbox.option import sandbox_option

if TYPE_CHECKING:
    from eval.schema import Category, Document, View
    from models.sandbox.policy import Choice

_CATEGORIES = ("original", "1a", "1c", "1p", "2ac", "2ap", "2cp", "3acp")


def _categories(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> tuple[str, ...] | None:
    """Read `1a,1c`."""
    if value is None:
        return None
    given = tuple(filter(None, value.replace(" ", "").split(",")))
    if unknown := [one for one in given if one not in _CATEGORIES]:
        raise click.BadParameter(f"no category `{unknown[0]}`; known are: {', '.join(_CATEGORIES)}")
    return given


def _system(context: click.Context, parameter: click.Parameter, value: str) -> str:
    from eval.rivals.catalogue import SYSTEMS, entry

    if value == "help":
        click.echo("\n".join(f"{name:20} {one.about}" for name, one in SYSTEMS.items()))
        context.exit()
    entry(value)
    return value


@click.command()
@click.option(
    "--benchmark",
    metavar="NAME|FILE",
    default="humanevalcomm-v2",
    show_default=True,
    help="humanevalcomm-v1, humanevalcomm-v2, humaneval, or a JSONL file of either form.",
)
@click.option("--view", type=click.Choice(["neutral", "raw"]), default="neutral", show_default=True)
@click.option(
    "--system",
    metavar="NAME",
    callback=_system,
    default="ours",
    show_default=True,
    help="Which way to decide; `--system help` names all.",
)
@click.option(
    "--categories",
    callback=_categories,
    metavar="LIST",
    help="Such as original,1a,1c.  [default: all but 3acp]",
)
@click.option("--limit", type=click.IntRange(1), help="Only the first tasks, each with all its texts.")
@click.option("--samples", type=click.IntRange(1), default=1, show_default=True, help="Of each text.")
@click.option(
    "--instruction",
    type=click.Path(path_type=Path),
    help="Another system's instruction for the first round, as text.",
)
@click.option(
    "--answerer",
    metavar="NAME",
    default="spans",
    show_default=True,
    help="Who answers: `spans` of the original that are asked about, `silent`, or llm:MODEL.",
)
@click.option(
    "--p-ask-only", is_flag=True, help="Decide and write no reply: one prefill a text at --effort low."
)
@click.option(
    "--unclarified/--no-unclarified",
    default=True,
    show_default=True,
    help="Where questions were asked, also write code without asking, so that the gain shows.",
)
@sandbox_option
@click.option(
    "--parallel",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Texts at a time: a local model decodes their replies in one batch.",
)
@model_options
@click.option("--temperature", type=click.FloatRange(0, 2), help="Of the sampler.  [default: 0, greedy]")
@click.option("--seed", type=click.IntRange(0), help="Of the sampler; one more for each further sample.")
@click.option("--out", type=click.Path(path_type=Path), help="The run's folder.  [default: one under runs/]")
@click.option(
    "--score/--no-score",
    default=True,
    show_default=True,
    help="Run the tests of the code when all responses are there, as `clarify eval rescore` does.",
)
@click.option(
    "--judge",
    default="rule",
    show_default=True,
    metavar="rule|reference",
    help="Who says whether a reply asks and how well.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON document.")
def run(
    benchmark: str,
    view: View,
    system: str,
    categories: tuple[Category, ...] | None,
    limit: int | None,
    samples: int,
    instruction: Path | None,
    answerer: str,
    p_ask_only: bool,
    unclarified: bool,
    sandbox: Choice,
    parallel: int,
    score: bool,
    judge: str,
    out: Path | None,
    as_json: bool,
    **flags: str | float | None,
) -> None:
    """Run a system over a benchmark, or go on with a run that was stopped.

    Every response is on the disk before the next is asked for: the same command goes on where a run ended,
    however it ended. When all are there, the code is scored and the figures are printed.
    """
    from assistant.config import load
    from eval.run import CATEGORIES, Options
    from eval.run import run as work

    if as_json and not (score or p_ask_only):
        raise click.UsageError("--json prints the figures, which --no-score leaves out.")
    options = Options(
        benchmark=benchmark,
        view=view,
        system=system,
        categories=categories or CATEGORIES,
        limit=limit,
        samples=samples,
        instruction=instruction,
        answerer=answerer,
        p_ask_only=p_ask_only,
        unclarified=unclarified,
        sandbox=sandbox,
        parallel=parallel,
        out=out,
        command=command_line(click.get_current_context()),
    )
    folder = work(options, load(**flags))
    click.echo(f"the run is in {folder.path}", err=True)
    if p_ask_only:
        from eval.decisions import decided

        document = decided(folder.path)
    elif score:
        document = _scored(folder.path, benchmark, judge, sandbox)
    else:
        return
    if as_json:
        click.echo(document.model_dump_json(indent=2))
    else:
        from eval.table import as_table
        from models.console import out as console

        console().print(as_table(document))


def _scored(folder: Path, benchmark: str, judge: str, sandbox: Choice) -> Document:
    from eval.progress import scoring_on_stderr
    from eval.rescore import Request, rescore
    from eval.scoring import Bench

    with scoring_on_stderr() as show:
        return rescore(Request(folder, benchmark, judge=judge, bench=Bench(sandbox)), show)
