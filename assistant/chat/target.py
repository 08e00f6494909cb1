"""Which file the code of a reply belongs in, when the user does not say."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

from assistant.chat.attachments import Attachment
from models.errors import UserError


def choose(code: str, files: Sequence[Attachment], command: str) -> Path:
    """The only added file, or the only one that defines a name that the code defines too.

    Args:
        code: of the reply.
        files: those added.
        command: for the error's advice.

    Raises:
        UserError: no file was added, or which of them is meant cannot be told.
    """
    if not files:
        raise UserError("no file was added", do=f"name one: {command} FILE (it may be new)")
    if len(files) == 1:
        return files[0].path
    names = defined(code)
    fitting = [file for file in files if names & defined(file.text)]
    if len(fitting) == 1:
        return fitting[0].path
    among = ", ".join(file.name for file in fitting or files)
    raise UserError(f"the code could go into any of {among}", do=f"name one: {command} FILE")


def defined(source: str) -> set[str]:
    """Names that Python source defines at its top level; none when it is not Python."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names: set[str] = set()
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return names
