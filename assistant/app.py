"""The `clarify` command: finds its sub-commands, and turns errors into one line and an exit code.

Sub-commands are entry points of the group `clarify.commands`, each declared in its own package and loaded
when it is named, so that no package imports another for its commands and other distributions can add some.
"""

from __future__ import annotations

import functools
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn

import click

from models.errors import UserError

EXIT_CODES = """\b
Exit codes:
  0    done; `ask`: code for every spec
  1    error
  2    wrong usage
  3    clarification needed: the questions are in the output
  130  interrupted"""


@functools.cache
def _commands() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group="clarify.commands")}


def _debug_option() -> click.Option:
    """Declared for the help and the parser; `run` looks for the flag itself, before anything can fail."""
    return click.Option(
        ["--debug"],
        is_flag=True,
        expose_value=False,
        help="Show tracebacks and the log.",
    )


def _with_debug(command: click.Command) -> click.Command:
    """Give a command, and those below it, the --debug option."""
    if not any("--debug" in parameter.opts for parameter in command.params):
        command.params.append(_debug_option())
    if isinstance(command, click.Group):
        for child in command.commands.values():
            _with_debug(child)
    return command


def _broken(name: str, error: Exception) -> click.Command:
    """Stands in for a command of another distribution that cannot be loaded, so that `--help` still works."""

    @click.command(name, help=f"(cannot be loaded: {error})", add_help_option=False)
    def broken() -> NoReturn:
        raise UserError(f"the command `{name}` cannot be loaded: {error}", do="reinstall what provides it")

    broken.params.append(click.Argument(["anything"], nargs=-1, expose_value=False))
    return broken


class EntryPointGroup(click.Group):
    """A group whose commands are entry points, imported only when named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all installed sub-commands."""
        return sorted(_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one sub-command; None when there is none of that name."""
        point = _commands().get(cmd_name)
        if point is None:
            return None
        try:
            command = point.load()
        except Exception as error:  # a stranger's module may raise anything
            return _with_debug(_broken(cmd_name, error))
        return _with_debug(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name for a mistyped one."""
        from models.errors import nearest

        if args and args[0] not in _commands() and not args[0].startswith("-"):
            ctx.fail(f"No such command '{args[0]}'; {nearest(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=EntryPointGroup,
    epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="clarifycoder", prog_name="clarify")
def clarify() -> None:
    """A coding assistant that asks when a request is unclear, and writes code when it is clear.

    It runs a local GGUF model, offline: fetch one with `clarify models pull`, then try
    `clarify ask "sort these records"` or `clarify chat`.
    """


clarify.params.append(_debug_option())


def _traceback(debug: bool) -> None:
    if debug:
        import traceback

        traceback.print_exc()


def _fail(line: str) -> None:
    click.echo(f"error: {line}", err=True)


def _start_log() -> None:
    import logging

    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    # The clients' own logs at this level hold headers and bodies of requests; llama.cpp's, every graph node.
    clients = ("openai", "httpx", "httpx2", "httpcore", "httpcore2", "google_genai", "urllib3", "filelock")
    for chatty in (*clients, "asyncio", "markdown_it", "models.runtime.llama"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def run(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code; nothing but --debug shows a traceback.

    Args:
        arguments: of the command line, without the program's name; None takes sys.argv.
    """
    given = sys.argv[1:] if arguments is None else arguments
    # Errors before parsing ends, and the log, need to know early; `--` ends the options.
    debug = "--debug" in (given[: given.index("--")] if "--" in given else given)
    if debug:
        _start_log()
    try:
        result: Any = clarify.main(args=given, prog_name="clarify", standalone_mode=False)
        code = result if isinstance(result, int) and not isinstance(result, bool) else 0
        if sys.stdout is not None:  # it may be closed
            sys.stdout.flush()
        return code
    except click.exceptions.Abort:
        return 130
    except KeyboardInterrupt:
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except UserError as error:
        _traceback(debug)
        _fail(str(error))
        return error.exit_code
    except BrokenPipeError:
        _close_stdout()
        return 1
    except Exception as error:
        _traceback(debug)
        _fail(
            f"{type(error).__name__}: {' '.join(str(error).split())}; run again with --debug for the details"
        )
        return 1


def _close_stdout() -> None:
    """Whoever read us is gone (`| head`); keep the interpreter from complaining when it flushes."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> NoReturn:
    """The console script."""
    sys.exit(run())
