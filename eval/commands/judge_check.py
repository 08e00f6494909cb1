"""`clarify eval judge-check`: the declaration; the work is in eval.judges.checking."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eval.judges.agreement import Split
    from eval.schema import View


@click.command("judge-check")
@click.argument("logs", metavar="LOG…", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--judge",
    default="reference",
    show_default=True,
    metavar="reference|rule|llm[:MODEL]|…",
    help="Who is checked. llm alone is the paper's, openai:gpt-4o-mini; MODEL is what --model takes "
    "elsewhere. reference-embedded adds sentence embeddings. logged: the labels in the rows, to compare "
    "them with --labels.",
)
@click.option(
    "--labels",
    type=click.Path(path_type=Path, exists=True),
    metavar="FILE|FOLDER",
    help="Judgements to check against, instead of the labels in the rows; for several logs a folder with a "
    "file named like each.",
)
@click.option(
    "--benchmark",
    metavar="NAME|FILE",
    default="humanevalcomm-v2",
    show_default=True,
    help="What the replies are to.",
)
@click.option(
    "--view",
    type=click.Choice(["raw", "neutral"]),
    default="raw",
    show_default=True,
    help="Of the texts that the replies are to.",
)
@click.option(
    "--split",
    type=click.Choice(["odd", "even", "all"]),
    default="odd",
    show_default=True,
    help="Tasks by number; the reference judge was fitted on even ones.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep judgements in this folder and go on from them; a run keeps its own.",
)
@click.option("--base-url", metavar="URL", help="An OpenAI-compatible server, for llm:MODEL.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def judge_check(
    logs: tuple[Path, ...],
    judge: str,
    labels: Path | None,
    benchmark: str,
    view: View,
    split: Split,
    keep: Path | None,
    base_url: str | None,
    as_json: bool,
) -> None:
    """Measure how far a judge agrees with labels: Cohen's kappa and confusion, beside a constant judge.

    LOG is a file of replies with the labels `asked` and `quality`, or the folder of a run.
    """
    from eval.judges.checking import Request, check_judge
    from models.console import err, out

    request = Request(logs, judge, labels, benchmark, view, split, keep, base_url)
    with err().status("judging") as status:
        report = check_judge(request, lambda log, done: status.update(f"{log}: {done} replies judged"))
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    else:
        from eval.judges.table import as_table

        out().print(as_table(report))
