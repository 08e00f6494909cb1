"""Takes the specs of a Python file: function stubs and `# TODO:` blocks, each with file, line and context.

A spec is a function or method whose body is `...`, `pass`, `raise NotImplementedError[(…)]` or a docstring
only, or a docstring and one of those; and a comment that opens with TODO. Not specs are what is only declared
(`@overload`, `@abstractmethod`, members of a Protocol, stubs under `if TYPE_CHECKING`). A TODO in a stub's
body or right above a stub belongs to that stub.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.specs.spec import Spec
from models.errors import UserError, nearest

if TYPE_CHECKING:
    from assistant.specs.comments import Todo
    from assistant.specs.outline import Definition, Outline

WHAT_COUNTS = (
    "a spec is a function whose body is `...`, `pass`, `raise NotImplementedError` or only a docstring, "
    "or a `# TODO:` comment"
)


def is_python(path: Path, source: str = "") -> bool:
    """Whether a file is Python, by its suffix or, with none, by its first line.

    Args:
        path: the file.
        source: its text, for `#!/usr/bin/env python3`.
    """
    if path.suffix:
        return path.suffix.lower() in {".py", ".pyw", ".pyi"}
    first = source.split("\n", 1)[0]
    return first.startswith("#!") and "python" in first


def specs_of(path: Path, source: str) -> tuple[Spec, ...]:
    """Every spec of a file, in the order of its lines.

    Args:
        path: the file, for the specs and for errors.
        source: its text.

    Raises:
        UserError: the file is not valid Python (with line and column), or holds no spec.
    """
    from assistant.specs.outline import outline

    if path.suffix.lower() == ".pyi":
        raise UserError("a .pyi file only declares", where=str(path), do="give the .py file beside it")
    read = outline(source, where=str(path))
    specs = [_function_spec(read, d, path) for d in read.definitions if d.stub]
    specs += [_todo_spec(read, todo, path) for todo in read.todos]
    if not specs:
        raise UserError("holds no spec", where=str(path), do=WHAT_COUNTS)
    return tuple(sorted(specs, key=lambda spec: spec.line))


def select(specs: Sequence[Spec], function: str | None = None) -> tuple[Spec, ...]:
    """The specs that `--function` names; all of them without it.

    Args:
        specs: of one file.
        function: a qualified name (`Cart.total`, `total#2`, `todo-12`) or a plain one (`total`).

    Raises:
        UserError: no spec has this name (the nearest is named), or several have this plain name (all are).
    """
    if function is None:
        return tuple(specs)
    wanted = function.strip().removesuffix("()")
    for level in range(3):
        found = [spec for spec in specs if _readings(spec.name)[level] == wanted]
        if len(found) == 1:
            return (found[0],)
        if found:
            names = ", ".join(spec.name for spec in found)
            raise UserError(
                f"`{wanted}` names {len(found)} specs", where=_file(specs), do=f"give one of: {names}"
            )
    names_known = [spec.name for spec in specs]
    raise UserError(f"no spec is named `{wanted}`", where=_file(specs), do=_suggestion(wanted, names_known))


def _readings(name: str) -> tuple[str, str, str]:
    """A name as it may be asked for: whole, without its number, and its last part alone."""
    unnumbered = ".".join(part.partition("#")[0] for part in name.split("."))
    return name, unnumbered, unnumbered.rpartition(".")[2]


def _suggestion(wanted: str, names: list[str]) -> str:
    """The nearest name, compared by its last part too, so that `totl` finds `Cart.total`."""
    plain = {name.rpartition(".")[2]: name for name in names}
    hint = nearest(wanted, names)
    if not hint.startswith("did you mean"):
        near = nearest(wanted, list(plain))
        if near.startswith("did you mean"):
            return f"did you mean `{plain[near.split('`')[1]]}`?"
    return hint


def _file(specs: Sequence[Spec]) -> str:
    return str(specs[0].file) if specs and specs[0].file else ""


def _function_spec(read: Outline, definition: Definition, path: Path) -> Spec:
    from assistant.specs.context import context_of, source_of

    return Spec(
        name=definition.name,
        kind="method" if definition.kind == "method" else "function",
        text=source_of(read, definition, comments=True),
        context=context_of(read, definition.line, around=definition.parent, shown=definition),
        file=path,
        line=definition.line,
        language="python",
    )


def _todo_spec(read: Outline, todo: Todo, path: Path) -> Spec:
    from assistant.specs.context import context_of
    from assistant.specs.todo_request import subject_of, text_of

    subject = subject_of(read, todo)
    around = subject.parent if subject else todo.inside
    return Spec(
        name=f"todo-{todo.line}",
        kind="todo",
        text=text_of(read, todo),
        context=context_of(read, todo.line, around=around, shown=subject),
        file=path,
        line=todo.line,
        language="python",
    )
