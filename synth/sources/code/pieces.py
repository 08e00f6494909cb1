"""Top-level statements as pieces that can be put elsewhere, each with what it needs to work there.

Names are followed through re-exports and through the modules of their own package; `module.function` of the
package's own modules becomes `function`.
"""

from __future__ import annotations

import ast
import functools
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from synth.sources.code.cleaning import Statement, global_names
from synth.sources.code.modules import BUILTINS, Import, Module, imports_of, read

MOST_MODULES = 160
_KNOWN = BUILTINS | {"__name__", "__builtins__", "__debug__"}


class NotSelfContained(Exception):
    """Code cannot be taken out of its package; says why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a name comes from.

    Args:
        module: the module that binds it, or that it is.
        name: as it is bound there; None when the name is the module itself.
        outside: the import, when it is from another package.
    """

    module: Module | None = None
    name: str | None = None
    outside: Import | None = None


@dataclass(slots=True)
class Piece:
    """A statement to be put elsewhere.

    Args:
        module: name of the module that it is from.
        line: where it stands there.
        binds: names that it binds or changes.
        text: cleaned.
        imports: what it needs from outside, by the name that it uses.
        takes: what it needs from its own package: name of the module, and name in it.
    """

    module: str
    line: int
    binds: frozenset[str]
    text: str = ""
    imports: dict[str, Import] = field(default_factory=dict)
    takes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def needs(self) -> set[str]:
        """All names that it uses, as they are called in its text."""
        return {*self.imports, *(name for _, name in self.takes)}


class Code:
    """The modules of a tree, parsed when they are first asked for, and their statements as pieces.

    Args:
        files: dotted name to file.
        given: modules that have no file.
    """

    def __init__(self, files: dict[str, Path], given: Iterable[Module] = ()) -> None:
        self.files = files
        self._given = {one.name: one for one in given}
        self.unreadable: dict[str, str] = {}
        """Modules that are not Python, with the reason; of those asked for so far."""
        # Syntax trees are large: few are kept, and a module is parsed again when it is needed again.
        self._parse = functools.lru_cache(MOST_MODULES)(self._parsed)
        self._pieces: dict[tuple[str, int], Piece | NotSelfContained] = {}
        self._tops = {name.partition(".")[0] for name in files}

    def module(self, name: str) -> Module | None:
        """A module by its dotted name; None when there is none, or it is not Python."""
        return self._parse(name) if name in self.files else self._given.get(name)

    def _parsed(self, name: str) -> Module | None:
        try:
            return read(name, self.files[name])
        except (SyntaxError, ValueError, OSError, RecursionError, MemoryError) as error:
            self.unreadable[name] = str(error)
            return None

    def origin(self, module: Module, name: str, depth: int = 0) -> Origin | None:
        """Where a name of a module comes from, through re-exports; None when it cannot be told."""
        if depth > 10:
            return None
        if name in module.bound:
            return Origin(module=module, name=name)
        if found := module.imports.get(name):
            return self.imported(found, depth)
        for star in module.stars:
            behind = self.module(star)
            if behind and (origin := self.origin(behind, name, depth + 1)):
                return origin
        below = self.module(f"{module.name}.{name}")
        return Origin(module=below) if below else None

    def imported(self, found: Import, depth: int = 0) -> Origin | None:
        """Where what an import binds comes from; None when it cannot be told."""
        target = self.module(found.module)
        if found.top not in self._tops or (target is None and found.standard):
            return Origin(outside=found)
        if target is None:
            return None
        if found.attribute is None:
            return Origin(module=target)
        return self.origin(target, found.attribute, depth + 1)

    def piece(self, module: Module, node: ast.stmt) -> Piece:
        """A statement of a module, ready to be put elsewhere.

        Raises:
            NotSelfContained: it cannot be; says why.
        """
        key = (module.name, node.lineno)
        if key not in self._pieces:
            try:
                self._pieces[key] = _Cutting(self, module, node).piece()
            except NotSelfContained as error:
                self._pieces[key] = error
            except (SyntaxError, ValueError, tokenize.TokenError) as error:
                self._pieces[key] = NotSelfContained(f"its text cannot be cut out: {error}")
        found = self._pieces[key]
        if isinstance(found, NotSelfContained):
            raise found.with_traceback(None)
        return found


class _Cutting:
    """Makes a piece of one statement."""

    def __init__(self, code: Code, module: Module, node: ast.stmt) -> None:
        if isinstance(node, ast.AsyncFunctionDef):
            raise NotSelfContained("it needs an event loop")
        self._code = code
        self._module = module
        self._statement = Statement(module, node)
        binds = frozenset(name for name, nodes in module.bound.items() if node in nodes)
        self._piece = Piece(module.name, node.lineno, binds)

    def piece(self) -> Piece:
        self._statement.clean()
        inner = self._take_inner_imports()
        taken, local = global_names(self._statement.text())
        for name, found in self._statement.typing.items():
            self._import(name, found)
        for name in sorted(taken - set(self._statement.typing) - inner):
            self._resolve(name, shadowed=name in local)
        self._piece.text = self._statement.text()
        return self._piece

    def _take_inner_imports(self) -> set[str]:
        """Imports inside functions: those of its own package become names of the gathered code.

        Returns:
            these names.
        """
        taken: set[str] = set()
        for node in ast.walk(self._statement.node):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            found, stars = imports_of(self._module.package, node)
            origins = {name: self._code.imported(one) for name, one in found.items()}
            if not stars and all(one and one.outside and one.outside.standard for one in origins.values()):
                continue
            if not isinstance(self._statement.node, ast.FunctionDef | ast.ClassDef):
                raise NotSelfContained("it depends on what is installed")
            for name, origin in origins.items():
                if origin is not None and origin.outside is not None and not origin.outside.standard:
                    raise NotSelfContained(f"it needs `{origin.outside.top}`")
                if stars or origin is None or origin.module is None or origin.name != name:
                    raise NotSelfContained("it imports inside what cannot be taken along")
                self._piece.takes.append((origin.module.name, name))
                taken.add(name)
            self._statement.drop(node)
        return taken

    def _resolve(self, name: str, *, shadowed: bool) -> None:
        origin = self._code.origin(self._module, name)
        if origin is None:
            if name not in _KNOWN:
                raise NotSelfContained(f"`{name}` cannot be found")
        elif origin.outside is not None:
            self._import(name, origin.outside)
        elif shadowed and (origin.name != name or origin.module is not self._module):
            raise NotSelfContained(f"`{name}` is imported and a variable")
        elif origin.name is None:
            assert origin.module is not None
            self._inline(name, origin.module)
        else:
            assert origin.module is not None
            if origin.name != name:
                self._statement.rename({name: origin.name})
            self._piece.takes.append((origin.module.name, origin.name))

    def _import(self, name: str, found: Import) -> None:
        if not found.standard:
            raise NotSelfContained(f"it needs `{found.top}`")
        if found.binds != name:
            raise NotSelfContained(f"`{name}` is imported under another name")
        self._piece.imports[name] = found

    def _inline(self, name: str, target: Module) -> None:
        """Turn `module.function` into `function`, wherever this module of its own package is used."""
        inside: set[int] = set()
        for node in ast.walk(self._statement.node):
            if isinstance(node, ast.Attribute) and id(node) not in inside:
                chain = _chain(node)
                if chain and chain[0] == name:
                    inside |= {id(inner) for inner in ast.walk(node)}
                    self._inline_chain(node, chain[1:], target)
        for node in ast.walk(self._statement.node):
            if isinstance(node, ast.Name) and node.id == name and id(node) not in inside:
                raise NotSelfContained(f"it hands the module `{name}` around")

    def _inline_chain(self, node: ast.expr, names: list[str], target: Module) -> None:
        """Replace that part of `a.b.c` which leads to a name of a module."""
        for place, name in enumerate(names):
            origin = self._code.origin(target, name)
            if origin is None:
                raise NotSelfContained(f"`{target.name}.{name}` cannot be found")
            if origin.outside is None and origin.name is None:
                assert origin.module is not None
                target = origin.module
                continue
            if origin.outside is not None:
                self._import(name, origin.outside)
            else:
                assert origin.module is not None
                assert origin.name is not None
                self._piece.takes.append((origin.module.name, origin.name))
            for _ in names[place + 1 :]:
                assert isinstance(node, ast.Attribute)
                node = node.value
            self._statement.replace(node, origin.name or name)
            return
        raise NotSelfContained(f"it hands the module `{target.name}` around")


def _chain(node: ast.expr) -> list[str] | None:
    """`a.b.c` as its names."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else None
