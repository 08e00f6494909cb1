"""`clarify train`: the declaration; the work is in training.run."""

from __future__ import annotations

from pathlib import Path

import click

_EPILOG = """\b
A run that was stopped in any way goes on from its last checkpoint with the same
command. On several devices:
  torchrun --nproc-per-node 2 --no-python clarify train RECIPE --data FILE --out RUN"""


@click.command(epilog=_EPILOG)
@click.argument("recipe")
@click.option(
    "--data",
    "files",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A data file (.jsonl, .parquet), or the folder of a `clarify synth build`; several times.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run; may hold the same run.")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="SECTION.FIELD=VALUE",
    help="Set a field of the recipe otherwise, such as schedule.epochs=2, or to its default with no value; "
    "several times.",
)
@click.option(
    "--pairs",
    type=click.Path(path_type=Path),
    help="Learn by preference from these pairs (`clarify pairs`); --data is for what is kept aside.",
)
@click.option(
    "--from",
    "start",
    type=click.Path(path_type=Path),
    help="Start from the adapter of this run, which has the same base and rank.",
)
@click.option("--limit", type=click.IntRange(1), help="Most samples in an epoch; the ratio is kept.")
@click.option("--dry-run", is_flag=True, help="Only say what it would take: samples, tokens, steps, time.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")
def train(
    recipe: str,
    files: tuple[Path, ...],
    out: Path | None,
    changes: tuple[str, ...],
    pairs: Path | None,
    start: Path | None,
    limit: int | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Tune a model to ask when a request is unclear, and write an adapter that llama.cpp runs.

    RECIPE is the name of one that is shipped (paper, qwen2.5-coder-0.5b, qwen2.5-coder-1.5b), or a TOML file.
    The run's folder gets the adapter in both forms, its calibration, metrics, a plot of the loss and a card.
    """
    if out is None and not dry_run:
        raise click.UsageError("Missing option '--out': the folder of the run.")
    from training import launch
    from training.recipe import load

    launch.require_libraries()
    made = load(recipe, [*changes, *([f"data.limit={limit}"] if limit else [])])
    launch.prepare(made.memory.threads)

    from training.progress import Silent, on_stderr
    from training.run import prepare, train
    from training.run_folder import RunFolder
    from training.summary import as_lines, estimate, result

    with on_stderr() as shown:
        progress = shown if launch.is_first_process() else Silent()
        prepared = prepare(made, files, pairs=pairs, start=start)
        if dry_run or out is None:
            document = estimate(prepared, progress)
        else:
            try:
                train(prepared, RunFolder(out), progress)
            finally:
                launch.leave()
            document = result(prepared, RunFolder(out))
    if launch.is_first_process():
        click.echo(document.model_dump_json(indent=2) if as_json else as_lines(document))
