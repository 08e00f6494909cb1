"""What a function's code tells without being run: whether it reaches out, or does more than is said."""

from __future__ import annotations

import ast
import re

from synth.sources.code.closure import SelfContained

MOST_UNTOLD_TEXTS = 12  # texts that the code holds and the description does not
MOST_CODE_PER_WORD = 60  # characters; more code than that does what nobody said
# What makes a result depend on more than the arguments, or do more than give one.
_REACHING_MODULES = frozenset(
    "random secrets uuid time socket subprocess threading multiprocessing asyncio tempfile http signal "
    "logging inspect gc ctypes platform locale getpass shutil glob select resource traceback atexit "
    "sched queue concurrent ssl smtplib ftplib webbrowser importlib pkgutil curses readline "
    "pdb weakref".split()
)
_REACHING_CODE = re.compile(
    r"\bos\.(?!path\b|PathLike|fspath|sep\b|linesep)|\bsys\.(?!maxsize|version_info|float_info)|"
    r"\.(?:now|today|utcnow)\(|\.(?:isfile|isdir|exists|islink|getsize|getmtime|realpath|abspath|expanduser)\(|"
    r"\.(?:read_text|write_text|iterdir|stat)\(|"
    r"\b(?:open|input|print|globals|locals|exec|eval|__import__|id|hash|vars|breakpoint)\("
)


def reaching_out(code: SelfContained) -> str | None:
    """What makes a function's result more than a matter of its arguments; None when nothing is seen."""
    modules = {one.top for one in code.imports.values()} & _REACHING_MODULES
    if modules:
        return min(modules)
    found = _REACHING_CODE.search(code.solution)
    return found[0].strip("(") if found else None


def untold(description: str, code: SelfContained) -> str | None:
    """Why a description cannot be all that its code does."""
    words = len(description.split())
    if len(code.solution) > MOST_CODE_PER_WORD * words:
        return f"{words} words for {len(code.solution)} characters of code"
    texts = {
        node.value
        for node in ast.walk(ast.parse(code.solution))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 2
    }
    untold = [text for text in texts if text not in description]
    return f"its code holds {len(untold)} texts of its own" if len(untold) > MOST_UNTOLD_TEXTS else None
