"""From the argument of `clarify ask` to specs: the one way in for commands.

A Python file gives its stubs and TODOs. Any other text file (`.md`, `.txt`) holds one request in words, as
does stdin; such a request knows its file, but code for it is not written into that file.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from assistant.specs.argument import FileArgument, StdinArgument, TextArgument, classify
from assistant.specs.python_file import is_python, select, specs_of
from assistant.specs.source import read_source
from assistant.specs.spec import Spec
from assistant.specs.text import stdin_spec, text_spec
from models.errors import UsageError, UserError


def take(argument: str, *, stdin: BinaryIO, function: str | None = None) -> tuple[Spec, ...]:
    """The specs that an argument stands for, at least one.

    Args:
        argument: a file's name, `-`, or a request in words.
        stdin: binary stdin, read only for `-`.
        function: the one spec of a Python file to take, by qualified or plain name.

    Raises:
        UserError: the file or stdin cannot be read as text, is not valid Python, or holds no such spec.
        UsageError: a function was named and the argument is not a Python file.
    """
    match classify(argument):
        case FileArgument(path):
            return _from_file(path, function)
        case StdinArgument():
            _refuse(function, "stdin")
            return (stdin_spec(stdin),)
        case TextArgument(text):
            _refuse(function, "a request in words")
            return (text_spec(text),)


def _from_file(path: Path, function: str | None) -> tuple[Spec, ...]:
    source = read_source(path)
    if is_python(path, source):
        return select(specs_of(path, source), function)
    if path.suffix.lower() == ".ipynb":
        raise UserError("is a notebook", where=str(path), do="save its code as a .py file")
    _refuse(function, str(path))
    return (text_spec(source, file=path),)


def _refuse(function: str | None, what: str) -> None:
    if function is not None:
        raise UsageError(f"--function needs a Python file, not {what}", do="name the .py file")
