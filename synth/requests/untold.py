"""What a solution's code holds and its description does not say: tables, words, letters, patterns."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from synth.schema import Problem

_FEWEST_ENTRIES = 3


def tables(problem: Problem, text: str) -> str | None:
    """Data in the code that no text can be written from: a table, words that come out, foreign letters."""
    try:
        tree = ast.parse(problem.solution)
    except SyntaxError:
        return None
    told = f"{text} {problem.signature} " + " ".join(f"{e.call} {e.result}" for e in problem.examples)
    for node in ast.walk(tree):
        hidden = [word for word in _entries(node) if word.strip() and word not in told]
        if len(hidden) >= _FEWEST_ENTRIES:
            return f"the code has a table: {hidden[0]!r}, …"
    for constant in _texts(tree):
        if foreign := [char for char in constant if not char.isascii() and char not in told]:
            return f"the code names {foreign[0]!r}"
        hidden = [word for word in _LONG_WORD.findall(constant) if word.lower() not in told.lower()]
        if hidden and hidden[0].lower() not in _OF_THE_LANGUAGE:
            return f"the code has the word {hidden[0]!r}"
    for put in _put_in(tree):
        if put.isalnum() and not re.search(rf"['\"`]{put}", told):
            return f"the code puts in {put!r}"
    for put in _replacements(tree):
        if _untold(put, text, told):
            return f"the code puts in {put!r}"
    return None


def _put_in(tree: ast.Module) -> Iterator[str]:
    """Texts that are put before others, as in `"a" + name`."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=ast.Constant(value=str(put)), op=ast.Add()):
                yield put


def _replacements(tree: ast.Module) -> Iterator[str]:
    """Texts that are put in place of others."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="replace"), args=[_, ast.Constant(value=str(put))]):
                yield put


_LONG_WORD = re.compile(r"(?<![\\\w])[A-Za-z]{4,}")
_OF_THE_LANGUAGE = frozenset(
    "ignore strict ascii replace utf latin nfkd nfkc none true false items keys values iter "
    "self name args kwargs "
    "object class module lower upper left right".split()
)


def _texts(tree: ast.Module) -> Iterator[str]:
    """The texts in code, without docstrings, messages of errors, and names of types."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Raise() | ast.Assert():
                skipped.update(map(id, ast.walk(node)))
            case ast.Expr(value=ast.Constant()):
                skipped.add(id(node.value))
            case ast.FunctionDef():
                hints = [
                    node.returns,
                    *(
                        argument.annotation
                        for argument in ast.walk(node.args)
                        if isinstance(argument, ast.arg)
                    ),
                ]
                skipped.update(id(part) for hint in hints if hint is not None for part in ast.walk(hint))
            case ast.AnnAssign():
                skipped.update(map(id, ast.walk(node.annotation)))
            case ast.Call(func=ast.Name(id="TypeVar" | "getattr" | "hasattr" | "setattr" | "isinstance")):
                skipped.update(map(id, ast.walk(node)))
            case ast.Call(func=ast.Name(id=name)) if name.endswith(("Error", "Warning", "Exception")):
                skipped.update(map(id, ast.walk(node)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value


_SPOKEN_MARKS = {
    "-": ("dash", "hyphen"), "_": ("underscore", "snake"), ",": ("comma",), ".": ("dot", "period", "point"),
    "\n": ("line", "newline"), " ": ("space", "blank"), "'": ("quot", "apostrophe"),
    '"': ("quot",), "\\": ("backslash", "escape"), "/": ("slash",), "\t": ("tab",), ":": ("colon",),
}  # fmt: skip


def _untold(new: str, text: str, told: str) -> bool:
    spoken = any(word in text.lower() for char in set(new) for word in _SPOKEN_MARKS.get(char, ()))
    return bool(new.strip()) and new not in told and not spoken


def _entries(node: ast.AST) -> Iterator[str]:
    """The texts in a display of data: keys and values of a dict, elements of a list, tuple or set."""
    parts: list[ast.expr | None] = []
    if isinstance(node, ast.Dict):
        parts = [*node.keys, *node.values]
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        parts = list(node.elts)
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


_OF_PATTERNS = re.compile(r"regular expression|regex|pattern", re.IGNORECASE)
_WORDS_ON_A_PATTERN = 20


def patterns(problem: Problem, text: str) -> str | None:
    """A pattern that the code searches for and that few words cannot have told."""
    if not problem.source.startswith("functions:") or len(text.split()) >= _WORDS_ON_A_PATTERN:
        return None
    found = re.search(r"\bre\.\w+\(\s*\w*[\"'](?P<pattern>[^\"']{4,})", problem.solution)
    return f"the code searches for {found['pattern']}" if found and not _OF_PATTERNS.search(text) else None
