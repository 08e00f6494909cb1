"""`clarify models exec`: runs one program in the sandbox, and says what it did and which limit it met."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.sandbox.option import sandbox_option

if TYPE_CHECKING:
    from models.sandbox.policy import Choice, Limits, RunResult


@click.command("exec")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.argument("arguments", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
@sandbox_option
@click.option(
    "--time", "seconds", type=click.FloatRange(0.1, 86_400), default=10.0, show_default=True,
    metavar="SECONDS", help="Wall time it may take.",
)  # fmt: skip
@click.option(
    "--memory", "mebibytes", type=click.IntRange(48, 1_048_576), default=1024, show_default=True,
    metavar="MIB", help="Memory it may use.",
)  # fmt: skip
def exec_(
    file: Path, arguments: tuple[str, ...], as_json: bool, sandbox: Choice, seconds: float, mebibytes: int
) -> int:
    """Run the Python program FILE in the sandbox (`-` reads it from standard input).

    It has no network, sees no files but the system's and the interpreter's, and writes to a private folder
    that is removed afterwards. Its output goes to stdout and stderr, without control characters; a line on
    stderr says how it ended. The exit code is 0 when the program's was, else 1.
    """
    from models.sandbox.policy import ExecReport, Limits, MiB, Program
    from models.sandbox.runner import open_sandbox

    limits = Limits(
        wall_seconds=seconds, cpu_seconds=max(1, round(seconds + 0.5)), memory_bytes=mebibytes * MiB
    )
    program = Program(source=_source(file), arguments=arguments)
    result = open_sandbox(sandbox, limits).run(program)
    if as_json:
        click.echo(ExecReport(file=str(file), **dict(result)).model_dump_json(indent=2))
    else:
        _show(result, limits)
    return 0 if result.ok else 1


def _source(file: Path) -> str:
    from models.errors import UserError

    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError("it is not UTF-8 text", where=str(file), do="give a Python source file") from error
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror}", where=str(file)) from error


def _show(result: RunResult, limits: Limits) -> None:
    from models.console import clean

    click.echo(clean(result.stdout), nl=False)
    click.echo(clean(result.stderr), nl=False, err=True)
    if result.stderr and not result.stderr.endswith("\n"):
        click.echo(err=True)
    click.echo(_summary(result, limits), err=True)


def _summary(result: RunResult, limits: Limits) -> str:
    """One line: how it ended, what it used, what stood around it."""
    if result.limit is not None:
        end = f"stopped: {result.limit} ({_size(result, limits)})"
    elif result.signal is not None:
        end = f"ended by {result.signal}"
    else:
        end = f"exit {result.exit_code}"
    used = (
        f"{result.wall_seconds:.2f} s, processor {result.cpu_seconds:.2f} s, "
        f"memory {result.peak_memory_bytes / 2**20:.0f} MiB"
    )
    return f"[{end} | {used} | sandbox: {result.isolation}]"


def _size(result: RunResult, limits: Limits) -> str:
    """The limit that was met, with its unit."""
    mebibytes = {
        "memory": limits.memory_bytes,
        "file size": limits.file_bytes,
        "disk": limits.disk_bytes,
        "output": limits.output_bytes,
    }
    match result.limit:
        case "wall time":
            return f"limit {limits.wall_seconds:g} s"
        case "cpu time":
            return f"limit {limits.cpu_seconds} s"
        case "processes":
            return f"limit {limits.processes}"
        case "open files":
            return f"limit {limits.open_files}"
        case None:
            return ""
        case name:
            return f"limit {mebibytes[name] / 2**20:g} MiB"
