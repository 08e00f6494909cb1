"""`clarify models export`: the declaration; what it does is in models/export."""

from __future__ import annotations

from pathlib import Path

import click

_EPILOG = """\b
What --to takes:
  lora         the adapter alone, in 16 bits; lora-q8_0 halves most of it
  fast         merged: what the adapter changes in q8_0, all else as in the base
  f16, q8_0    merged, all matrices so
  q4_k_m, ...  merged, then packed by llama.cpp's quantiser: q2_k, q3_k_m, q4_0,
               q4_k_s, q4_k_m, q5_0, q5_k_s, q5_k_m, q6_k

\b
docs/export.md says what each costs in quality and speed."""


@click.command(epilog=_EPILOG)
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--base", metavar="MODEL",
    help="What it was trained on: a name of `clarify models list`, a GGUF file, or a folder of transformers. "
    " [default: the default model]",
)  # fmt: skip
@click.option("--to", "target", default="lora", show_default=True, help="What to write; see below.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The GGUF file to write.")
@click.option("--ollama", is_flag=True, help="Write a Modelfile for Ollama beside it.")
def export(source: Path, base: str | None, target: str, out: Path, ollama: bool) -> None:
    """Write an adapter as GGUF, alone or merged into its base; prints where it is.

    SOURCE is a folder as peft saves it, the folder of a training run, or a GGUF LoRA. What is written is run
    once, to see that it works.
    """
    from models.export.command import export as write
    from models.registry import progress

    written = write(source, base, target, out, ollama=ollama, progress=progress.on_stderr())
    click.echo(written.file)
    if written.modelfile is not None:
        click.echo(written.modelfile)
