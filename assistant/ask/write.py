"""Puts the code of a call where it belongs: into the file it was asked for, or into --output."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.ask.report import SpecReport
from assistant.ask.screen import AskScreen
from assistant.edits.apply import apply, check
from assistant.edits.diff import summary, unified
from assistant.edits.journal import Journal
from assistant.edits.plan import Edit, insert_spec, plan
from assistant.specs.source import read_source
from assistant.specs.spec import Spec
from models.errors import UsageError, UserError


def write(
    specs: Sequence[Spec],
    reports: Sequence[SpecReport],
    screen: AskScreen,
    *,
    output: Path | None,
    without_asking: bool,
    may_ask: bool,
) -> None:
    """Show what the code changes, and write it after a yes.

    Args:
        specs: what was asked for, all of one file or one request in words.
        reports: their code, in the same order.
        screen: shows the diff and asks.
        output: write here and leave the file of the specs as it is.
        without_asking: write at once; so does an output, which is named for nothing else.
        may_ask: whether somebody is there to say yes.

    Raises:
        UserError: the code cannot be put in its place, or the file cannot be written; nothing was.
    """
    # A file that --output makes anew needs no yes, and one that it replaces none where nobody is there.
    writes = without_asking or (output is not None and not (may_ask and output.exists()))
    try:
        edit = _edit(specs, reports, output)
    except UserError as error:
        if writes or may_ask:
            raise
        screen.note(f"no diff: {error}")
        return
    if edit is None:
        return
    root = edit.path.resolve().parent
    if writes or may_ask:
        check([edit], root=root)
    if output is None or edit.before is not None:
        screen.diff(unified(edit))
    if not writes and not (may_ask and screen.confirm(f"Write {edit.path}?")):
        return
    label = ", ".join(spec.name for spec in specs)
    apply([edit], root=root, journal=Journal(), label=label)
    screen.note(f"wrote {edit.path} ({summary([edit])})")


def refuse_impossible(specs: Sequence[Spec], *, apply_flag: bool, output: Path | None) -> None:
    """Say at once, before any model runs, that code for these specs has no place to go.

    Raises:
        UsageError: --apply was given for a request in words, or --output names no file.
    """
    if output is not None and str(output) == "-":
        raise UsageError("--output names a file", do="leave it out: the code goes to stdout")
    if output is not None and output.is_dir():
        raise UsageError("is a directory", where=str(output), do="name a file with --output")
    if apply_flag and not _in_python_file(specs):
        raise UsageError(
            "--apply goes with a Python file", do="give --output FILE to keep the code of a request"
        )


def _in_python_file(specs: Sequence[Spec]) -> bool:
    return all(spec.kind != "text" for spec in specs)


def _edit(specs: Sequence[Spec], reports: Sequence[SpecReport], output: Path | None) -> Edit | None:
    """The one edit that holds all the code; None when there is nothing to write."""
    if not _in_python_file(specs):
        return None if output is None else plan(output, _existing(output), reports[0].code or "")
    source = specs[0].file
    assert source is not None  # a stub or TODO stands in a file
    before = text = read_source(source)
    for spec, report in zip(specs, reports, strict=True):
        try:
            text = insert_spec(text, spec, report.code or "")
        except UserError as error:
            raise UserError(error.what, where=error.where or spec.place, do=error.do) from error
    if output is None:
        return plan(source, before, text)
    return plan(output, _existing(output), text)


def _existing(path: Path) -> str | None:
    return read_source(path) if path.exists() and path.stat().st_size else "" if path.exists() else None
