"""The command line, for the record of a run: what was given, and nothing of the machine."""

from __future__ import annotations

from pathlib import Path

import click


def command_line(context: click.Context) -> str:
    """Arguments and options as they were given; of a file outside the working folder only the name."""
    words = [context.command_path]
    for parameter in context.command.params:
        name = parameter.name or ""
        if context.get_parameter_source(name) != click.core.ParameterSource.COMMANDLINE:
            continue
        value = context.params[name]
        if not isinstance(parameter, click.Option):
            words += [_without_folder(str(one)) for one in (value if isinstance(value, tuple) else (value,))]
        elif parameter.is_flag:
            words.append(parameter.opts[0] if value else parameter.secondary_opts[0])
        elif parameter.multiple:
            words += [word for one in value for word in (parameter.opts[0], _without_folder(str(one)))]
        else:
            text = ",".join(value) if isinstance(value, tuple) else str(value)
            words += [parameter.opts[0], _without_folder(text)]
    return " ".join(words)


def _without_folder(text: str) -> str:
    name, equals, place = text.partition("=")
    if equals and Path(place).is_absolute():  # of `--set NAME=PLACE`
        return f"{name}={_without_folder(place)}"
    path = Path(text)
    if not path.is_absolute():
        return text
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else path.name
