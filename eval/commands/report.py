"""`clarify eval report`: the declaration; the work is in eval.reports."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument(
    "places", metavar="RUN...", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True)
)
@click.option(
    "--judge",
    metavar="NAME",
    help="As for `clarify eval rescore`.  [default: whose judgements lie in the folder, else rule]",
)
@click.option(
    "--benchmark",
    "benchmarks",
    multiple=True,
    metavar="FILE|NAME",
    help="Where the texts are; a run knows its own by name. Several times for runs of several.",
)
@click.option("--scores", type=_FILE, help="Of a log: what `rescore --scores` kept.")
@click.option("--stats", type=_FILE, help="Table 6: what `clarify synth stats --json` printed.")
@click.option("--sweep", type=_FILE, help="Figure 5: what `clarify eval sweep --json` printed.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["terminal", "markdown", "html"]),
    help="[default: by the ending of --out, else terminal]",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it there (.md, .html).")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON document.")
def report(
    places: tuple[Path, ...],
    judge: str | None,
    benchmarks: tuple[str, ...],
    scores: Path | None,
    stats: Path | None,
    sweep: Path | None,
    form: Literal["terminal", "markdown", "html"] | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Show runs beside the paper's figures: tables 3, 4 and 5, calibration, single conversations.

    RUN is a folder of `clarify eval run`, or a log; nothing is run here, `clarify eval rescore RUN` scores
    it. Figures of different benchmarks, views or judges never stand in one column. The page (--format html)
    is one file and needs no network.
    """
    from eval.reports.loading import Sources, load
    from eval.reports.report import document_of
    from eval.reports.report import report as made
    from eval.reports.written import imported, show, write

    sources = Sources(judge, benchmarks, scores)
    results = [load(place, sources) for place in places]
    whole = imported(made(results), stats, sweep)
    if out is not None:
        write(whole, form, out)
        click.echo(f"the report is in {out}", err=True)
    if as_json:
        click.echo(document_of(results).model_dump_json(indent=2))
    elif out is None:
        show(whole, form or "terminal")
