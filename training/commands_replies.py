"""`clarify pairs` and `clarify distill`: the declarations; both ask a model for replies to training data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.sandbox.option import sandbox_option

if TYPE_CHECKING:
    from models.sandbox.policy import Choice
    from training.replies import ReplyLog

_DATA = click.option(
    "--data",
    "files",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A data file (.jsonl, .parquet), or the folder of a `clarify synth build`; several times.",
)
_OUT = click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; replies are kept beside it, and the same command goes on from them.",
)
_THREADS = click.option("--threads", type=click.IntRange(1), help="Of the processor; its cores by default.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as one JSON document.")


@click.command()
@_DATA
@click.option("--model", help="The trained model, whose replies are rejected; without it, twins' are.")
@click.option("--adapter", help="Its adapter: a GGUF file such as RUN/adapter.gguf, a name, or `none`.")
@_OUT
@click.option("--limit", type=click.IntRange(2), help="Most pairs, half of them of clear requests.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of which are taken.")
@_THREADS
@_JSON
def pairs(
    files: tuple[Path, ...],
    model: str | None,
    adapter: str | None,
    out: Path,
    limit: int | None,
    seed: int,
    threads: int | None,
    as_json: bool,
) -> None:
    """Make pairs of a right and a wrong reply, for `clarify train --pairs`.

    The right reply is the data's. The wrong one is of the other form: the model's own, started for it, or the
    answer of the same problem's other version. As many pairs are of clear requests as of unclear ones.
    """
    from contextlib import closing

    from models.backends.select import BackendChoice
    from training import data
    from training.preference.generate import make_pairs
    from training.progress import on_stderr
    from training.replies import Replies, open_model

    if adapter is not None and model is None:
        raise click.UsageError("--adapter needs --model.")
    samples = data.read(files).samples
    with on_stderr() as progress:
        if model is None:
            report = make_pairs(samples, None, out, progress, limit=limit, seed=seed)
        else:
            backend, of = open_model(BackendChoice(model=model, adapter=adapter, threads=threads))
            with closing(backend):
                replies = Replies(backend, of, _log(out))
                report = make_pairs(samples, replies, out, progress, limit=limit, seed=seed)
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    else:
        click.echo(
            f"{report.pairs} pairs in {report.file}: {report.by_model} rejected replies of the model, "
            f"{report.by_twin} of twins; {report.without} requests without one"
        )


@click.command()
@_DATA
@click.option("--model", required=True, help="The base model: a name of `clarify models list`, or a file.")
@_OUT
@click.option("--max-tokens", type=click.IntRange(16), default=1024, show_default=True, help="Of a reply.")
@sandbox_option
@_THREADS
@_JSON
def distill(
    files: tuple[Path, ...],
    model: str,
    out: Path,
    max_tokens: int,
    sandbox: Choice,
    threads: int | None,
    as_json: bool,
) -> None:
    """Answer clear requests in the base model's own words, so that tuning costs it less of its ability.

    A code answer of the data is replaced by the model's greedy reply where that passes the request's examples
    in the sandbox. Everything else is written as it is.
    """
    from contextlib import closing

    from models.backends.select import BackendChoice
    from models.sandbox.judge import Judge
    from models.sandbox.runner import open_sandbox
    from training import data
    from training.progress import on_stderr
    from training.replies import Replies, open_model
    from training.selfdistill import distill as run

    judge = Judge(open_sandbox(sandbox))
    samples = data.read(files).samples
    backend, of = open_model(BackendChoice(model=model, adapter="none", threads=threads))
    with on_stderr() as progress, closing(backend):
        report = run(samples, Replies(backend, of, _log(out), max_tokens=max_tokens), judge, out, progress)
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    else:
        kept = f"{report.failed} failed, {report.no_code} no code, {report.untested} without examples"
        click.echo(
            f"{report.samples} samples in {report.file}: of {report.code} code answers {report.replaced} are "
            f"the model's own; kept: {kept}"
        )


def _log(out: Path) -> ReplyLog:
    from training.replies import ReplyLog

    return ReplyLog(out.with_name(f"{out.name}.replies"))
