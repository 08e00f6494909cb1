"""`clarify eval rescore`: the declaration; the work is in eval.rescore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.sandbox.option import sandbox_option

if TYPE_CHECKING:
    from eval.schema import View
    from models.sandbox.policy import Choice


@click.command()
@click.argument("place", metavar="FILE|RUN", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--benchmark",
    metavar="FILE|NAME",
    help="humanevalcomm-v2, humanevalcomm-v1, humaneval, or a JSONL file of one; a run knows its own.",
)
@click.option(
    "--view",
    type=click.Choice(["raw", "neutral"]),
    help="Of the texts that the replies are to; a run knows its own, a log's are raw.",
)
@click.option(
    "--judge",
    default="rule",
    show_default=True,
    metavar="rule|reference|llm|logged|decision",
    help="Who says whether a reply asks and how well: a question mark and no code; the reference judge; a "
    "model (llm, llm:MODEL); the labels in the log; what the run decided.",
)
@click.option(
    "--scores",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep scores of a log here, and go on from them; a run has its own file.",
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Programs at a time; default: twice the cores.")
@sandbox_option
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON document.")
def rescore(
    place: Path,
    benchmark: str | None,
    view: View | None,
    judge: str,
    scores: Path | None,
    jobs: int | None,
    sandbox: Choice,
    as_json: bool,
) -> None:
    """Run the tests of replies that are there already, judge them, and print the figures.

    FILE is a log of any system's replies, a JSON object a line with name, category, reply and code; RUN is
    the folder of `clarify eval run`. What a log says of its own tests is not read.
    """
    from eval.progress import scoring_on_stderr
    from eval.rescore import Request
    from eval.rescore import rescore as work
    from eval.scoring import Bench
    from models.console import out

    request = Request(place, benchmark, view, judge, scores, Bench(sandbox, jobs))
    with scoring_on_stderr() as show:
        document = work(request, show)
    if as_json:
        click.echo(document.model_dump_json(indent=2))
    else:
        from eval.table import as_table

        out().print(as_table(document))
