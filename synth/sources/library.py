"""Public functions of packages that may become problems: described in words, and able to stand alone."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from synth.sources.base import Reason, Skipped, SourceOptions
from synth.sources.code.closure import SelfContained, TooLong, gather
from synth.sources.code.modules import Function, Module
from synth.sources.code.pieces import Code, NotSelfContained
from synth.sources.code.trees import Tree, find
from synth.sources.docstrings.calls import without_arrows
from synth.sources.docstrings.prose import LONGEST, LeansOnOtherText, Surroundings, describe
from synth.sources.docstrings.sections import Parts, parts_of

_NOT_A_TASK = re.compile(
    r"^(?:main|tests?|demo|setup|run|cli|install|register|patch)(?:_|$)|_(?:test|demo|cli)$"
)


@dataclass(frozen=True, slots=True)
class Described:
    """A public function with a docstring.

    Args:
        id: `PACKAGE:MODULE.FUNCTION`, the module without the package's name.
        tree: where it is from.
        module: where it stands.
        node: its definition.
        docstring: as it is in the source.
    """

    id: str
    tree: Tree
    module: Module
    node: Function
    docstring: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A function that may become a problem; it holds no syntax tree, since many wait at a time.

    Args:
        id: of the function.
        package: that it is from.
        licence: of the package.
        description: in plain words, without examples.
        parts: of its docstring.
        code: standing alone.
    """

    id: str
    package: str
    licence: str
    description: str
    parts: Parts
    code: SelfContained


class Library:
    """The public functions of the trees that an argument names, in a fixed order.

    Args:
        argument: a package or a path.
        options: whether the licence matters.
    """

    def __init__(self, argument: str, options: SourceOptions) -> None:
        self._trees = find(argument)
        self._any_licence = options.any_licence
        self._seen: set[str] = set()

    def functions(self) -> Iterator[tuple[Code, Described] | Skipped]:
        """Public functions that have a docstring; trees and modules that are passed over."""
        for tree in self._trees:
            if not (tree.permissive or self._any_licence):
                yield Skipped(tree.name, "licence", tree.licence)
                continue
            code = Code(tree.modules)
            for name in tree.modules:
                module = code.module(name)
                if module is None:
                    yield Skipped(f"{tree.name}:{name}", "unreadable", code.unreadable[name])
                elif _is_public_module(code, module):
                    yield from self._of_module(code, tree, module)

    def _of_module(
        self, code: Code, tree: Tree, module: Module
    ) -> Iterator[tuple[Code, Described] | Skipped]:
        top, _, below = module.name.partition(".")
        place = below if top == re.sub(r"[-.]", "_", tree.name).lower() else module.name
        for node in module.functions():
            if not _is_public(module, node):
                continue
            id_ = f"{tree.name}:{place}.{node.name}" if place else f"{tree.name}:{node.name}"
            docstring = ast.get_docstring(node, clean=False)
            if docstring and docstring.strip():
                yield code, Described(id_, tree, module, node, docstring)
            else:
                yield Skipped(id_, "no description", "it has no docstring")

    def candidate(self, code: Code, origin: Described) -> Candidate | Skipped:
        """Describe a function and make it stand alone, or say why that cannot be."""

        def skipped(reason: Reason, detail: str = "") -> Skipped:
            return Skipped(origin.id, reason, detail)

        parts = parts_of(without_arrows(origin.docstring, origin.node.name))
        arguments = _parameters(origin.node)
        around = Surroundings(
            name=origin.node.name,
            parameters=tuple(one.arg for one in arguments),
            annotated=frozenset(one.arg for one in arguments if one.annotation is not None),
            others=_others(code, origin.module),
        )
        try:
            description = describe(parts, around)
        except LeansOnOtherText as error:
            return skipped("leans on other text", str(error))
        if not description:
            return skipped("no description")
        if len(description) > LONGEST:
            return skipped("too long", f"its description has {len(description)} characters")
        if not _is_english(description):
            return skipped("no description", "it is not in English")
        try:
            alone = gather(code, origin.module, origin.node)
        except TooLong as error:
            return skipped("too long", str(error))
        except NotSelfContained as error:
            return skipped("not self-contained", str(error))
        key = _fingerprint(alone)
        if key in self._seen:
            return skipped("duplicate", "the same code is there under another name")
        self._seen.add(key)
        return Candidate(origin.id, origin.tree.name, origin.tree.licence, description, parts, alone)


def _is_public_module(code: Code, module: Module) -> bool:
    """Whether a module is to be imported by users; one with an underscore is when its package shows it."""
    parts = module.name.split(".")
    if parts[-1] == "__main__":
        return False
    hidden = next((place for place, part in enumerate(parts) if part.startswith("_")), None)
    if not hidden:
        return hidden is None
    above = code.module(".".join(parts[:hidden]))
    shown = {one.module for one in above.imports.values()} | set(above.stars) if above else set()
    return module.name in shown


def _is_public(module: Module, node: Function) -> bool:
    if node.name.startswith("_") or _NOT_A_TASK.search(node.name):
        return False
    return module.exported is None or node.name in module.exported


def _parameters(node: Function) -> list[ast.arg]:
    given = node.args
    others = [one for one in (given.vararg, given.kwarg) if one is not None]
    return [*given.posonlyargs, *given.args, *given.kwonlyargs, *others]


def _others(code: Code, module: Module) -> frozenset[str]:
    """Functions and classes that a module has, or takes from its own package."""
    own = {
        name
        for name, statements in module.bound.items()
        if any(isinstance(one, ast.FunctionDef | ast.ClassDef) for one in statements)
    }
    tops = {name.partition(".")[0] for name in code.files}
    return frozenset(own | {name for name, found in module.imports.items() if found.top in tops})


def _is_english(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter.isascii() for letter in letters) >= 0.95 * len(letters)


def _fingerprint(alone: SelfContained) -> str:
    """The same for aliases: code apart from the function's name."""
    text = re.sub(rf"\b{re.escape(alone.name)}\b", "_", alone.solution)
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
