"""The examples that a request shows: sessions, and calls with their result behind an arrow or a verb."""

from __future__ import annotations

import ast
import contextlib
import doctest
import re
from collections.abc import Iterator
from dataclasses import dataclass

_QUOTES = re.compile(r'"""|\'\'\'')
_COMMENT = re.compile(r"^[ \t]*#[ \t]?(?=.*)", re.MULTILINE)
_SIGNS = r"->|=>|→|==|=|(?:should|must|would) (?:be|give|return)"
_VERBS = r"gives|returns|is|becomes|yields"
_ARROW = re.compile(rf"[`\s]*(?:{_SIGNS}|{_VERBS})\s*`*\s*")
_SIGN = re.compile(rf"[`\s]*(?:{_SIGNS})\s*`*\s*")
_LONGEST = 400  # characters of a call or of a result


@dataclass(frozen=True, slots=True)
class ShownExample:
    """A call and what is shown for it.

    Args:
        call: an expression.
        want: what is shown; empty for an exception.
        raises: type of the exception that is shown instead.
        before: statements of the session that come first.
        printed: whether what is printed is shown, not the value.
    """

    call: str
    want: str
    raises: str | None = None
    before: tuple[str, ...] = ()
    printed: bool = False


def shown(text: str, name: str) -> tuple[ShownExample, ...]:
    """The examples of a request, in order.

    Args:
        text: the request, in any shape.
        name: its entry point.
    """
    bare = _COMMENT.sub("", _QUOTES.sub("", text))
    found = dict.fromkeys([*sessions(bare), *_arrows(bare, name)])
    return tuple(found)


def sessions(text: str) -> Iterator[ShownExample]:
    """The calls of an interactive session with what is shown for them; each knows what came before it."""
    before: list[str] = []
    for example in _examples(text):
        source = example.source.strip()
        if not _is_python(source):
            continue
        error = re.match(r"[\w.]+", example.exc_msg or "")
        if error:
            yield ShownExample(source, "", error[0].rpartition(".")[2], tuple(before))
            continue
        if example.want.strip():
            call, printed = _unprinted(source)
            yield ShownExample(call, example.want.strip(), None, tuple(before), printed)
        if not example.want.strip() or _changes(source):
            before.append(source)


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _examples(text: str) -> list[doctest.Example]:
    parser = doctest.DocTestParser()
    try:
        return parser.get_examples(text)
    except (
        ValueError
    ):  # a result that is indented less, or is no result: take the blocks that are well formed
        found = []
        for block in re.split(r"\n\s*\n", text):
            with contextlib.suppress(ValueError):
                found += parser.get_examples(block)
        return found


def _unprinted(source: str) -> tuple[str, bool]:
    match ast.parse(source).body:
        case [ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[printed], keywords=[]))]:
            return ast.unparse(printed), True
    return source, False


def _changes(source: str) -> bool:
    """Whether a shown call may change a variable of the session: it is a method call, or takes one."""
    return any(isinstance(node, ast.Attribute) for node in ast.walk(ast.parse(source)))


def _arrows(text: str, name: str) -> Iterator[ShownExample]:
    """Calls with arrows. Beside code of the function, "f(2) gives 5" may tell what is wrong: not taken."""
    joint = _SIGN if _has_code_of(text, name) else _ARROW
    for match in re.finditer(rf"(?<![\w.]){re.escape(name)}\(", text):
        call = _call_at(text, match.start())
        if call is None:
            continue
        end = match.start() + len(call)
        arrow = joint.match(text, end)
        want = _literal_at(text, arrow.end()) if arrow else None
        if want is not None:
            yield ShownExample(_one_line(call), want)


def _has_code_of(text: str, name: str) -> bool:
    """Whether a text holds a function with a body, not just its head and a docstring."""
    body = r"(?!\s*(?:\.\.\.|pass\b|raise NotImplementedError|#|\"|'))"
    return bool(re.search(rf"def {re.escape(name)}\(.*\).*:[ \t]*\n{body}[ \t]+\S", text))


def _one_line(call: str) -> str:
    return call if "\n" not in call else " ".join(call.split())


def _call_at(text: str, start: int) -> str | None:
    """The call that begins at a place, up to the bracket that closes it."""
    for end in range(start + 1, min(len(text), start + _LONGEST)):
        if text[end] == ")":
            try:
                node = ast.parse(text[start : end + 1], mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            # Names in the place of values make it a signature.
            free = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            return text[start : end + 1] if isinstance(node, ast.Call) and len(free) == 1 else None
    return None


def _literal_at(text: str, start: int) -> str | None:
    """The longest literal that begins at a place; a bracket may go on over lines."""
    opened = text[start : start + 1] in "[({"
    stop = min(len(text), start + _LONGEST)
    line = text.find("\n", start, stop)
    if not opened and line != -1:
        stop = line
    for end in range(stop, start, -1):
        if text[end - 1].isspace() or text[end - 1] in ",.":
            continue  # a comma or a full stop is the sentence's, not a tuple's or a number's
        try:
            ast.literal_eval(text[start:end])
        except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
            continue
        return text[start:end].strip() if not _goes_on(text[end:stop]) else None
    return None


def _goes_on(rest: str) -> bool:
    """Whether the literal is only the start of something else: `5 minutes`, `2/3`."""
    return bool(re.match(r"[\w/*+%-]|[ \t]*[/*+%]", rest))
