"""The flag `--sandbox`, which every command that runs code has."""

from __future__ import annotations

import click

sandbox_option = click.option(
    "--sandbox",
    type=click.Choice(["auto", "strict", "weak"]),
    default="auto",
    show_default=True,
    help="Where code runs. auto: bubblewrap, else Landlock; strict: bubblewrap; weak: limits only, for code "
    "you trust.",
)
