"""`clarify eval study`: the declaration; the work is in eval.study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.commands.command_line import command_line
from models.sandbox.option import sandbox_option

if TYPE_CHECKING:
    from models.sandbox.policy import Choice


@click.command()
@click.argument("recipe", default="study")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Set a field of the recipe otherwise: `limit=40`, `adapters.all=FILE`. Several times.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The study's folder; the same command goes on there.  [default: runs/NAME]",
)
@sandbox_option
@click.option("--context", type=click.IntRange(256), help="Context window in tokens.")
@click.option("--threads", type=click.IntRange(1), help="CPU threads of the local model.")
@click.option("--json", "as_json", is_flag=True, help="Print the study as one JSON document.")
def study(
    recipe: str,
    changes: tuple[str, ...],
    out: Path | None,
    sandbox: Choice,
    as_json: bool,
    **flags: int | None,
) -> None:
    """Measure ways to tell unclear requests from clear ones, and fit the weights that combine them.

    RECIPE is a TOML file, or the name of one that comes with ClarifyCoder: study. Rows with `examples` or
    `drafts` run code that a model wrote, in the sandbox. The same command goes on where it was stopped; what
    was found once is not looked for again.
    """
    from assistant.config import load as settings
    from eval.study.recipe import load
    from eval.study.run import Options
    from eval.study.run import study as work

    chosen = load(recipe, changes)
    folder = out or Path("runs") / (chosen.name or Path(recipe).stem)
    options = Options(folder, sandbox, command_line(click.get_current_context()))
    document = work(chosen, settings(**flags), options, lambda name: click.echo(name, err=True))
    click.echo(f"the study is in {folder}", err=True)
    if as_json:
        click.echo(document.model_dump_json(indent=2))
        return
    from rich.console import Group

    from eval.reports.terminal import as_table
    from eval.study.report import tables
    from models.console import out as console

    console().print(Group(*(part for table in tables(document) for part in as_table(table))))
