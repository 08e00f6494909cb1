"""A function as code that stands alone: with the helpers, constants and imports that it needs, and no more.

Standard-library imports stay. A function that needs another package, or more of its own than a reader would
take along, is refused with the reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from synth.sources.code.modules import Function, Import, Module, parse
from synth.sources.code.pieces import Code, NotSelfContained, Piece

LONGEST_SOLUTION = 6_000  # characters
LONGEST_PRELUDE = 1_000


class TooLong(NotSelfContained):
    """It can stand alone, with more code than is wanted."""


@dataclass(frozen=True, slots=True)
class SelfContained:
    """A function that stands alone.

    Args:
        name: of the function.
        signature: its header on one line, decorators left out.
        prelude: what the signature needs.
        texts: the statements that define it, without docstrings; what the prelude has is among them.
        imports: what they import, by name.
    """

    name: str
    signature: str
    prelude: str
    texts: tuple[str, ...]
    imports: Mapping[str, Import]

    @property
    def solution(self) -> str:
        """The whole code."""
        return _join(import_lines(self.imports.values()), self.texts)

    def lacks(self, found: Import) -> bool:
        """Whether an import is not among its own.

        Raises:
            NotSelfContained: its name means something else here.
        """
        own = self.imports.get(found.binds)
        if own is None and re.search(rf"^(def |class )?{found.binds}\b", "".join(self.texts), re.MULTILINE):
            raise NotSelfContained(f"`{found.binds}` means two things")
        if own is not None and (own.module, own.attribute) != (found.module, found.attribute):
            raise NotSelfContained(f"`{found.binds}` means two things")
        return own is None

    def with_imports(self, extra: Iterable[Import]) -> SelfContained:
        """The same with further imports, that examples need; they stand in the prelude and in the code."""
        new = {one.binds: one for one in extra}
        if not new:
            return self
        lines = [line for line in import_lines(new.values()) if line not in self.prelude.splitlines()]
        prelude = "\n".join([*lines, self.prelude]).rstrip() + "\n"
        return replace(self, prelude=prelude, imports={**self.imports, **new})


def gather(code: Code, module: Module, function: Function) -> SelfContained:
    """A function with all that it needs.

    Args:
        code: of its tree.
        module: where it stands.
        function: to be taken out.

    Raises:
        NotSelfContained: it cannot stand alone; says why.
    """
    gathering = _Gathering(code)
    gathering.take(module, function.name)
    pieces = gathering.in_order(module)
    texts = tuple(piece.text for piece in pieces)
    try:
        signature, needs = _signature("\n".join(texts), function.name)
    except SyntaxError as error:
        raise NotSelfContained(f"its text cannot be cut out: {error}") from error
    return SelfContained(
        name=function.name,
        signature=signature,
        prelude=_prelude(needs, gathering.imports, pieces, function.name),
        texts=texts,
        imports=gathering.imports,
    )


def gather_from_text(source: str, name: str) -> SelfContained:
    """A function that a piece of code defines, without what it does not need.

    Args:
        source: Python source.
        name: of the function, at its top level; the last definition counts.

    Raises:
        NotSelfContained: it is not there, needs a package, or is no Python.
    """
    try:
        module = parse("solution", source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotSelfContained(f"it is not Python: {error}") from error
    found = [one for one in module.tree.body if isinstance(one, ast.FunctionDef) and one.name == name]
    if not found:
        raise NotSelfContained(f"it does not define `{name}`")
    return gather(Code({}, [module]), module, found[-1])


class _Gathering:
    """What has been taken along so far."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._pieces: dict[tuple[str, int], Piece] = {}
        self._owner: dict[str, str] = {}
        self._after: dict[str, list[str]] = {}  # module to the modules that it takes from
        self.imports: dict[str, Import] = {}

    def take(self, module: Module, name: str) -> None:
        """Take along what binds a name in its module, and all that this needs."""
        length = 0
        waiting = [(module.name, name)]
        while waiting:
            place, name = waiting.pop()
            self._own(name, place)
            holder = self._code.module(place) or module
            for node in holder.bound[name]:
                if (place, node.lineno) in self._pieces:
                    continue
                piece = self._code.piece(holder, node)
                self._pieces[place, node.lineno] = piece
                length += len(piece.text)
                if length > LONGEST_SOLUTION:
                    raise TooLong(f"it takes more than {LONGEST_SOLUTION} characters of code")
                for used, found in piece.imports.items():
                    self._own(used, f"import {found.module} {found.attribute}")
                    self.imports[used] = found
                self._after.setdefault(place, []).extend(other for other, _ in piece.takes)
                waiting += piece.takes

    def _own(self, name: str, owner: str) -> None:
        if self._owner.setdefault(name, owner) != owner:
            raise NotSelfContained(f"`{name}` means two things in its modules")

    def in_order(self, entry: Module) -> list[Piece]:
        """The pieces, each module's after those of the modules that it takes from."""
        order: list[str] = []

        def visit(name: str, path: frozenset[str]) -> None:
            if name in order or name in path:
                return
            for other in self._after.get(name, []):
                visit(other, path | {name})
            order.append(name)

        visit(entry.name, frozenset())
        return sorted(self._pieces.values(), key=lambda piece: (order.index(piece.module), piece.line))


def import_lines(imports: Iterable[Import]) -> tuple[str, ...]:
    """Imports as sorted lines, one per module."""
    plain: set[str] = set()
    taken: dict[str, set[str]] = {}
    for one in imports:
        if one.attribute is None:
            plain.add(one.line)
        else:
            taken.setdefault(one.module, set()).add(one.line.partition(" import ")[2])
    lines = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(taken.items())]
    return (*sorted(plain), *lines)


def _join(imports: Sequence[str], texts: Sequence[str]) -> str:
    """Code laid out as people do: two empty lines around definitions."""
    parts = ["\n".join(imports) + "\n"] if imports else []
    for place, text in enumerate(texts):
        apart = _defines(text) or (place > 0 and _defines(texts[place - 1]))
        if place == 0:
            gap = "\n\n" if apart else "\n"
            parts.append(gap + text if imports else text)
        else:
            parts.append(("\n\n" if apart else "") + text)
    return "".join(parts)


def _defines(text: str) -> bool:
    return text.startswith(("def ", "class ", "@"))


def _signature(solution: str, name: str) -> tuple[str, set[str]]:
    """The header of a function, and the names in it."""
    for node in ast.parse(solution).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            header = f"def {name}({ast.unparse(node.args)}){returns}:"
            parts = [node.args, *([node.returns] if node.returns else [])]
            names = {one.id for part in parts for one in ast.walk(part) if isinstance(one, ast.Name)}
            return header, names
    raise NotSelfContained("it is not defined where it was")


def _prelude(needs: set[str], imports: Mapping[str, Import], pieces: Sequence[Piece], entry: str) -> str:
    """The part of the code that a signature needs to be read and run."""
    wanted, seen = sorted(needs), set[str]()
    taken: set[int] = set()
    lines: list[Import] = []
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in imports:
            lines.append(imports[name])
        for place, piece in enumerate(pieces):
            if name in piece.binds and name != entry and place not in taken:
                taken.add(place)
                wanted += sorted(piece.needs)
    prelude = _join(import_lines(lines), [pieces[place].text for place in sorted(taken)])
    if len(prelude) > LONGEST_PRELUDE or entry in seen - needs:
        raise NotSelfContained("its signature needs too much of its package")
    return prelude
