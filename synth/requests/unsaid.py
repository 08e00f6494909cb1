"""What a description takes for granted: tables of its module, its state, parameters, broken quotations."""

from __future__ import annotations

import re
from collections.abc import Callable

from synth.modifications.recorded import Unreadable, recorded, strings_in
from synth.modifications.signature import parameters
from synth.modifications.text import mentions
from synth.requests.untold import patterns, tables
from synth.schema import Problem

_STATE = re.compile(
    r"\b(?:globals?|(?:current|default|global) (?:configuration|config|settings|session|locale"
    r"|directory)|cursor"
    r"|cwd|registry|registered|installed|environment variables?|singleton|cached?|memoiz\w+|internal use"
    r"|internally|implementation|platform|for internal|private (?:method|function)"
    r"|helper (?:function|for|method|to)"
    r"|this (?:class|module|package|library|program)"
    r"|the (?:class|module|package|library)(?:'s)?|subclass\w*|in place of the|legacy|backwards?[- ]compat\w*"
    r"|(?:formula|table|code|examples?) (?:below|above)|the paper|equation|see |cf\.|docs?\b"
    r"|wikipedia|tutorial|TODO|FIXME|XXX|algorithm \d|section \d"
    r"|as (?:described|defined|specified|explained) (?:in|by|above|below)|above\b(?= (?:function"
    r"|method|example))"
    r"|the (?:original|following|example|examples)\b(?! (?:list|text|string|order|sequence|dict"
    r"|value|array)))",
    re.IGNORECASE,
)
_NO_PLAIN_VALUE = re.compile(
    r"\b(?:file-like|class object|tee object|file object|object instance|(?:a|the|any) (?:class|module"
    r"|instance|node|model|cursor"
    r"|connection|stream|file handle|file|element tree|widget|request|response|database"
    r"|path)\b(?! (?:of|name)))",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"`+([a-z]\w*_\w+)`+")
_DEFAULT = re.compile(r"\bdefaults?(?:[ :=]|to|is|value)* *`*(['\"])(?P<value>[^'\"]*)\1", re.IGNORECASE)
_EXPLAINED_BY_NAME = frozenset(
    "text string s line lines word words name names value values item items number numbers list lst seq "
    "iterable iterables sequence collection array data obj key keys reverse sep separator "
    "delimiter length width "
    "height size start stop end prefix suffix self cls x y a b n m k i j year month day hour "
    "minute second today "
    "date fillvalue func function predicate pred args kwargs funcs count maxsplit step char chars".split()
)


def unsaid(problem: Problem, text: str) -> str | None:
    """What a stranger would miss in a text; None where nothing is seen to be missing.

    Args:
        problem: its code and recorded calls tell what the text should have said.
        text: its description, normalised.
    """
    return next((missed for check in _CHECKS if (missed := check(problem, text))), None)


_QUOTED = re.compile(r"``([^`]+)``|`([^`]+)`")


def _marks(_: Problem, text: str) -> str | None:
    bare = re.sub(r"'\w*[(){}\[\]]\w*'|\"\w*[(){}\[\]]\w*\"|`[^`]*`", "", text)
    pairs = any(bare.count(left) != bare.count(right) for left, right in ("()", "[]", "{}"))
    if any(not (double + single).strip() for double, single in _QUOTED.findall(text)):
        return "a quotation has lost what it quotes"
    return "a bracket or quotation is open" if pairs or text.count("`") % 2 or text.count('"') % 2 else None


_ENDS_OPEN = re.compile(
    r"\b(?P<last>that|the|of|to|as|with|and|or|for|by|than|an?|where|using|like|into|from"
    r"|e\.g|i\.e)[.:,]?\s*(?=\n\n|$)"
)


def _ending(problem: Problem, text: str) -> str | None:
    """A paragraph that went on with something that is no prose."""
    found = _ENDS_OPEN.search(text)
    named = found is not None and found["last"] in parameters(problem.signature)
    return f"the description breaks off after {found['last']}" if found and not named else None


_ATTRIBUTE = re.compile(r"(?<![\w.])\.[a-z]\w+\b(?!\.)")


def _jargon(problem: Problem, text: str) -> str | None:
    """Attributes of classes that are nowhere explained."""
    found = _ATTRIBUTE.search(re.sub(r"\.\w{2,4}\b(?= (?:file|extension))", "", text))
    return f"the description speaks of {found[0]}" if found and found[0] not in problem.signature else None


def _state(_: Problem, text: str) -> str | None:
    found = _STATE.search(text)
    return f"the description speaks of {found[0].strip()}" if found else None


def _names(problem: Problem, text: str) -> str | None:
    """A name in code marks that is no parameter: it was explained somewhere else."""
    known = f"{problem.signature} {problem.name}"
    for name in _IDENTIFIER.findall(text):
        if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", known):
            return f"`{name}` is not known"
    return None


def _parameters(problem: Problem, text: str) -> str | None:
    for place, param in enumerate(parameters(problem.signature)):
        said = mentions(text, param) or mentions(text, param.rstrip("s")) or param in _EXPLAINED_BY_NAME
        spoken = set(re.split(r"_+", param)) - {""}
        in_words = bool(spoken) and all(
            re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) for word in spoken if len(word) > 1
        )
        if place > 0 and not said and not in_words:
            return f"the parameter {param} is not explained"
    return None


def _default(problem: Problem, text: str) -> str | None:
    """A default that the text and the signature give differently."""
    for found in _DEFAULT.finditer(text):
        if repr(found["value"]) not in problem.signature.replace('"', "'"):
            return f"the default {found['value']!r} is not that of the signature"
    return None


_MEANINGS = re.compile(r"(-?\b\d+) = [A-Za-z]")
_MORE_MEANINGS = 6
"""Of a list that names only the first: "0 = Monday"."""


def _inputs(problem: Problem, text: str) -> str | None:
    """Texts given where an object is wanted, or unsorted lists where sorted ones are."""
    given = [argument for record in recorded(problem) for argument in record.arguments]
    if not problem.source.startswith("functions:"):
        return None
    if _NO_PLAIN_VALUE.search(text) and any(strings_in(argument) for argument in given):
        return "the calls give texts where an object is wanted"
    listed = {int(number) for number in _MEANINGS.findall(text)}
    if listed and any(
        isinstance(one, int) and abs(one) > max(map(abs, listed)) + _MORE_MEANINGS for one in given
    ):
        return "the calls give numbers that mean nothing"
    if re.search(r"\b(?:is|are|be|a|already|in) sorted|sorted `|\bsorted (?:list|array|sequence)", text):
        lists = [a for a in given if isinstance(a, list) and a]
        if any(not _is_sorted(one) for one in lists):
            return "the calls give unsorted lists where sorted ones are wanted"
    return None


def _is_sorted(values: list[object]) -> bool:
    try:
        return values == sorted(values)  # type: ignore[type-var]
    except TypeError:
        return False


_OPENS_NOTHING = re.compile(
    r"^(?:\w+\(.*-->|note|this is|see|the (?:above|same)|used (?:by|in|when)|useful)\b", re.IGNORECASE
)
_CODE = re.compile(
    r"\b\w+ : \w|\b(?:attr|func|class|meth|mod):`|\bdef \w+\(|%\w+ \w|(?:^|\s)#\s?\w|\bimport \w+ |\bassert ",
    re.MULTILINE,
)
_LATEX = re.compile(r"\\[a-z]{2,}|\$[^$]+\$|\w\^\{")


def _prose(_: Problem, text: str) -> str | None:
    """A text that never says what is to be done, or says it in LaTeX."""
    if _OPENS_NOTHING.match(text):
        return "the description begins beside the point"
    if _CODE.search(text):
        return "the description holds code"
    return "the description holds LaTeX" if _LATEX.search(text) else None


def _classes(problem: Problem, text: str) -> str | None:
    """A class of the module's own that the text or a result names."""
    shown = text + " ".join(example.result for example in problem.examples)
    for name in re.findall(r"^class (\w+)", problem.solution, re.MULTILINE):
        if name != problem.name.split(".")[0] and re.search(rf"\b{name}\b", shown):
            return f"the class {name} is not known"
    return None


_KINDS: dict[str, tuple[type, ...]] = {
    "number": (int, float, complex), "integer": (int,), "int": (int,), "float": (float, int),
    "string": (str,), "list": (list,), "tuple": (tuple,), "dict": (dict,), "dictionary": (dict,),
    "bool": (bool,),
}  # fmt: skip
_SAYS_KIND = re.compile(
    rf"\b(?:Output: |Returns? )(?:an? |the )?(?P<kind>{'|'.join(_KINDS)})\b(?! of (?:the|each|every))",
    re.IGNORECASE,
)


def _result(problem: Problem, text: str) -> str | None:
    """A result of another kind than the text says."""
    said = _SAYS_KIND.search(text)
    direct = [
        record.value
        for record in recorded(problem)
        if record.example.call.startswith(f"{problem.name}(") and ")(" not in record.example.call
        if not isinstance(record.value, Unreadable) and record.value is not None
    ]
    if said is None or not direct or any(isinstance(value, _KINDS[said["kind"].lower()]) for value in direct):
        return None
    return f"the results are no {said['kind']}"


_CHECKS: tuple[Callable[[Problem, str], str | None], ...] = (
    _marks,
    _ending,
    _jargon,
    _prose,
    _classes,
    _state,
    _names,
    _parameters,
    _default,
    _result,
    _inputs,
    tables,
    patterns,
)
