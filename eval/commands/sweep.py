"""`clarify eval sweep`: the declaration; the work is in eval.sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from models.sandbox.option import sandbox_option


def _at(
    context: click.Context, parameter: click.Parameter, value: tuple[str, ...]
) -> tuple[tuple[float, str], ...]:
    """Read `0.2=PLACE`."""
    found = []
    for one in value:
        ratio, _, place = one.partition("=")
        try:
            number = float(ratio)
        except ValueError:
            number = -1.0
        if not (0 <= number <= 1 and place):
            raise click.BadParameter(
                f"`{one}` is not RATIO=PLACE with a ratio from 0 to 1", context, parameter
            )
        found.append((number, place))
    return tuple(found)


@click.command()
@click.argument("adapters", metavar="[ADAPTER]...", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--at",
    "given",
    multiple=True,
    callback=_at,
    metavar="RATIO=PLACE",
    help="An adapter that does not tell its ratio, or the folder of a run that is there; `--at 0=none` is "
    "the bare model. Several times.",
)
@click.option("--benchmark", metavar="NAME|FILE", default="humanevalcomm-v2", show_default=True)
@click.option("--view", type=click.Choice(["neutral", "raw"]), default="neutral", show_default=True)
@click.option("--limit", type=click.IntRange(1), help="Only the first tasks.")
@click.option("--judge", default="reference", show_default=True, help="As for `clarify eval rescore`.")
@click.option("--p-ask-only", is_flag=True, help="Decide and generate nothing: one prefill a text.")
@sandbox_option
@click.option("--model", help="The base of the adapters, as for `clarify eval run`.")
@click.option("--context", type=click.IntRange(256), help="Context window in tokens.")
@click.option("--threads", type=click.IntRange(1), help="CPU threads of the local model.")
@click.option("--threshold", type=click.FloatRange(0, 1), help="Ask when p_ask is at least this.")
@click.option("--max-tokens", type=click.IntRange(1), help="Most tokens of one reply.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("sweep"), show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON document.")
def sweep(
    adapters: tuple[Path, ...],
    given: tuple[tuple[float, str], ...],
    benchmark: str,
    view: Any,
    limit: int | None,
    judge: str,
    p_ask_only: bool,
    sandbox: Any,
    out: Path,
    as_json: bool,
    **flags: str | float | None,
) -> None:
    """Evaluate several adapters, and draw communication and good question rate over the ratio (figure 5).

    ADAPTER is a folder of `clarify train`, or the adapter in it. In the folder --out, each gets a run, and
    all together sweep.json and report.html. The same command goes on where it ended.
    """
    from assistant.config import load
    from eval.progress import scoring_on_stderr
    from eval.reports.drawings import figure_5
    from eval.reports.report import report
    from eval.reports.written import write
    from eval.run import Options
    from eval.sweep import as_document, at_ratios, stops
    from eval.sweep import sweep as work
    from models.files import write_atomic

    points = stops(adapters, given)
    command = "clarify eval sweep " + " ".join(f"--at {one.ratio:g}={Path(one.place).name}" for one in points)
    options = Options(
        benchmark=benchmark,
        view=view,
        limit=limit,
        p_ask_only=p_ask_only,
        sandbox=sandbox,
        out=out,
        command=command,
    )
    with scoring_on_stderr() as show:
        results = work(points, options, load(**flags), judge, lambda text: click.echo(text, err=True), show)
    found = as_document(points, results)
    drawing = figure_5(at_ratios(found))
    write_atomic(out / "sweep.json", found.model_dump_json(indent=2) + "\n")
    write(report(results).with_more(drawings=[drawing]), "html", out / "report.html")
    click.echo(f"the page is {out / 'report.html'}", err=True)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    from rich.console import Group

    from eval.reports.terminal import as_table
    from models.console import out as console

    console().print(Group(*as_table(drawing.table)))
