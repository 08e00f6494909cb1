"""`clarify eval requests`: the declaration; the work is in eval.requests."""

from __future__ import annotations

from pathlib import Path

import click

from assistant.commands.options import model_options
from eval.commands.command_line import command_line


@click.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE...")
@model_options
@click.option("--out", type=click.Path(path_type=Path), help="Log of the decisions; a later call goes on.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON document.")
def requests(files: tuple[Path, ...], out: Path | None, as_json: bool, **flags: str | float | None) -> None:
    """Decide about requests of your own, and print how well clear and unclear ones are told apart.

    FILE has JSON lines with `id`, `pair`, `kind` (clear, ambiguous, incomplete, inconsistent, or several
    joined by +) and `request`; or is a data file of `clarify synth build`, whose second rounds are left out.
    """
    from assistant.config import load
    from eval.requests.run import decide

    figures = decide(files, load(**flags), out=out, command=command_line(click.get_current_context()))
    if as_json:
        click.echo(figures.model_dump_json(indent=2))
        return
    from eval.requests.table import as_table
    from models.console import out as console

    console().print(as_table(figures))
