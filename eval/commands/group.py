"""The group `clarify eval`: names its sub-commands and imports one when it is used."""

from __future__ import annotations

import importlib

import click

# Name to where its declaration is; the order is that of the work.
COMMANDS = {
    "run": "eval.commands.run:run",
    "requests": "eval.commands.requests:requests",
    "study": "eval.commands.study:study",
    "rescore": "eval.commands.rescore:rescore",
    "judge-check": "eval.commands.judge_check:judge_check",
    "report": "eval.commands.report:report",
    "compare": "eval.commands.compare:compare",
    "sweep": "eval.commands.sweep:sweep",
}


class LazyGroup(click.Group):
    """A group over `COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return [name for name in COMMANDS if self.get_command(ctx, name) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        try:
            command: click.Command = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            return None
        _take_debug(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name for a mistyped one."""
        from models.errors import nearest

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"No such command '{args[0]}'; {nearest(args[0], list(COMMANDS))}")
        return super().resolve_command(ctx, args)


def _take_debug(command: click.Command) -> None:
    """Let a command take --debug; `clarify` gives it to the commands that it can see, and acts on it."""
    if not any("--debug" in parameter.opts for parameter in command.params):
        flag = click.Option(
            ["--debug"], is_flag=True, expose_value=False, help="Show tracebacks and the log."
        )
        command.params.append(flag)


@click.group("eval", cls=LazyGroup)
def eval_() -> None:
    """Measure how well a system asks and codes, on HumanEvalComm and HumanEval."""
