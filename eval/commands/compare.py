"""`clarify eval compare`: the declaration; the work is in eval.compare."""

from __future__ import annotations

from pathlib import Path

import click

_PLACE = click.Path(path_type=Path, exists=True)


@click.command()
@click.argument("first", metavar="A", type=_PLACE)
@click.argument("second", metavar="B", type=_PLACE)
@click.option(
    "--judge",
    metavar="NAME",
    help="As for `clarify eval rescore`.  [default: whose judgements lie in the folder, else rule]",
)
@click.option("--benchmark", metavar="FILE|NAME", help="A run knows its own.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures of A, and how B differs, as JSON.")
def compare(first: Path, second: Path, judge: str | None, benchmark: str | None, as_json: bool) -> None:
    """Compare two runs on the texts that both have: paired differences, intervals and tests.

    A and B are folders of `clarify eval run` that have been scored, or logs. Nothing is run here.
    """
    from eval.compare import compare as work
    from eval.reports.loading import Sources, load

    sources = Sources(judge, (benchmark,) if benchmark else (), texts=False)
    base = load(first, sources)
    comparison = work(base, load(second, sources))
    if as_json:
        click.echo(comparison.model_dump_json(indent=2))
        return
    from rich.console import Group

    from eval.reports.comparison import as_tables
    from eval.reports.terminal import as_table
    from models.console import out

    out().print(Group(*(part for table in as_tables(comparison, base.basis) for part in as_table(table))))
