"""What kind of value a parameter takes: from its annotation, its documented type, its default, its name."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from synth.sources.inputs.names import of_name

ANYTHING = ("int", "text", "list[int]", "float", "list[text]", "dict[int]", "word", "bool")
"""What to try when nothing tells; the sandbox says what is taken."""

_TYPES = {
    "int": ("int",),
    "integer": ("int",),
    "float": ("float",),
    "number": ("number",),
    "numeric": ("number",),
    "real": ("float",),
    "Number": ("number",),
    "complex": ("number",),
    "str": ("text",),
    "string": ("text",),
    "strings": ("text",),
    "unicode": ("text",),
    "Text": ("text",),
    "AnyStr": ("text",),
    "char": ("char",),
    "character": ("char",),
    "bool": ("bool",),
    "boolean": ("bool",),
    "bytes": ("bytes",),
    "bytearray": ("bytes",),
    "date": ("date",),
    "datetime": ("datetime",),
    "timedelta": ("duration",),
    "None": ("none",),
    "NoneType": ("none",),
}
_SEQUENCES = frozenset(
    "list List Sequence Iterable Collection Iterator MutableSequence iterable sequence array Generator "
    "Container lists iterator array_like array-like ndarray".split()
)
_MAPPINGS = frozenset("dict Dict Mapping MutableMapping mapping dictionary OrderedDict DefaultDict".split())
_SETS = frozenset("set Set FrozenSet frozenset AbstractSet MutableSet".split())
_TUPLES = frozenset("tuple Tuple".split())

_FINER = {
    "text": frozenset(
        "url email host ip markup json path affix version roman binary hex dna date-text time-text "
        "encoding language "
        "char separator pattern digits word".split()
    ),
    "int": frozenset("count large index year month day hour minute base".split()),
    "float": frozenset("degrees share number".split()),
    "number": frozenset("degrees share".split()),
}
"""Kinds that are special cases of a type."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, as far as inputs for it are concerned.

    Args:
        name: of it.
        kinds: likely first.
        sure: whether something better than a name tells.
        required: whether it has no default.
        style: how it is given.
    """

    name: str
    kinds: tuple[str, ...]
    sure: bool
    required: bool
    style: str  # "position", "keyword" or "many"


def parameters_of(node: ast.FunctionDef, documented: dict[str, str]) -> list[Parameter]:
    """The parameters of a function that inputs are needed for.

    Args:
        node: its definition; `**` parameters are left out.
        documented: types that the docstring gives, by parameter.
    """
    given = node.args
    plain = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults))
    defaults += given.defaults
    found = [
        _parameter(one, default, documented, "position") for one, default in zip(plain, defaults, strict=True)
    ]
    if given.vararg is not None:
        found.append(_parameter(given.vararg, None, documented, "many"))
    for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        found.append(_parameter(one, default, documented, "keyword"))
    return found


def _parameter(
    argument: ast.arg, default: ast.expr | None, documented: dict[str, str], style: str
) -> Parameter:
    stated = of_annotation(argument.annotation) or of_text(documented.get(argument.arg, ""))
    named = of_name(argument.arg)
    by_default = _of_default(default)
    if stated:
        # The name says more than `str` or `int` does.
        finer = tuple(kind for kind in named if kind in _FINER.get(stated[0], ()))
        kinds = tuple(dict.fromkeys([*finer, *stated]))
    else:
        kinds = by_default or named
    return Parameter(
        name=argument.arg,
        kinds=kinds,
        sure=bool(stated or by_default),
        required=default is None,
        style=style,
    )


def of_annotation(node: ast.expr | None) -> tuple[str, ...]:
    """Kinds that an annotation stands for; none when it tells nothing, as `Any` does."""
    match node:
        case None:
            return ()
        case ast.Constant(value=str(text)):
            return of_text(text)
        case ast.Constant(value=None):
            return ("none",)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _of_type_name(name)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return tuple(dict.fromkeys([*of_annotation(left), *of_annotation(right)]))
        case ast.Subscript(value=ast.Name(id=outer) | ast.Attribute(attr=outer), slice=inner):
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return _of_generic(outer, items)
    return ()


def _of_type_name(name: str) -> tuple[str, ...]:
    if name in _TYPES:
        return _TYPES[name]
    if name in _SEQUENCES:
        return ("list[int]", "list[text]", "list[number]")
    if name in _MAPPINGS:
        return ("dict[int]", "dict[text]")
    if name in _SETS:
        return ("set[int]", "set[text]")
    if name in _TUPLES:
        return ("tuple[int]", "tuple[text]")
    if name in {"Callable", "callable", "function"}:
        return ("function", "predicate", "key", "operation")
    return ()


def _of_generic(outer: str, items: list[ast.expr]) -> tuple[str, ...]:
    if outer == "Literal":
        return tuple(f"literal:{one.value!r}" for one in items if isinstance(one, ast.Constant))
    if outer in {"Optional", "Union", "Annotated", "Final"}:
        alternatives = items[:1] if outer in {"Annotated", "Final"} else items
        found = [kind for one in alternatives for kind in of_annotation(one)]
        return tuple(dict.fromkeys([*found, *(["none"] if outer == "Optional" else [])]))
    inner = of_annotation(items[-1] if outer in _MAPPINGS else items[0])
    if outer == "Callable":
        return ("function", "predicate", "key", "operation")
    container = (
        "list" if outer in _SEQUENCES else "dict" if outer in _MAPPINGS else "set" if outer in _SETS else ""
    )
    if outer in _TUPLES:
        many = len(items) == 2 and isinstance(items[1], ast.Constant) and items[1].value is Ellipsis
        container = "tuple" if many else "pair" if len(items) == 2 else ""
    if not container:
        return ()
    return tuple(f"{container}[{kind}]" for kind in inner if kind != "none") or _of_type_name(outer)


def of_text(text: str) -> tuple[str, ...]:
    """Kinds that a type in a docstring stands for: `list of str`, `int, optional`."""
    bare = re.sub(r",?\s*\b(optional|default.*|required)\b.*$", "", text.strip(), flags=re.IGNORECASE).strip(
        " .,`"
    )
    bare = re.sub(r":\w+:`~?\.?([^`]*)`", r"\1", bare)
    if not bare:
        return ()
    nested = re.fullmatch(r"(?:an? )?(\w+)\s+of\s+(\w+?)s?", bare, re.IGNORECASE)
    if nested:
        outer, inner = nested[1].lower(), _TYPES.get(nested[2].lower(), ())
        container = {
            "list": "list",
            "set": "set",
            "tuple": "tuple",
            "iterable": "list",
            "sequence": "list",
        }.get(outer)
        if container and inner:
            return tuple(f"{container}[{kind}]" for kind in inner)
    alternatives = re.split(r"\s+or\s+|\s*\|\s*|/", bare)
    found: list[str] = []
    for one in alternatives:
        try:
            found += of_annotation(ast.parse(one.strip(), mode="eval").body)
        except (SyntaxError, ValueError):
            found += _of_type_name(one.strip().partition(" ")[0])
    return tuple(dict.fromkeys(found))


def _of_default(default: ast.expr | None) -> tuple[str, ...]:
    match default:
        case ast.Constant(value=bool()):
            return ("bool",)
        case ast.Constant(value=int()):
            return ("int", "count")
        case ast.Constant(value=float()):
            return ("float",)
        case ast.Constant(value=str(text)):
            return ("separator",) if text and not text.isalnum() and len(text) <= 3 else ("word",)
        case ast.Constant(value=bytes()):
            return ("bytes",)
        case ast.List() | ast.Tuple():
            return ("list[int]", "list[text]")
    return ()
