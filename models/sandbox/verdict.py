"""Verdicts: what was seen of a call against what was expected of it. Pure: no process, no clock."""

from __future__ import annotations

from models.sandbox.cases import Case, CaseResult, Prints, Raises, Returns, Shows
from models.sandbox.observation import Observation
from models.sandbox.plain import Comparison, NotPlain, Value

GOT_CHARACTERS = 2_000


def verdict(case: Case, expected: Value, seen: Observation) -> CaseResult:
    """Judge what was seen. Pure.

    Args:
        case: the test.
        expected: the value of `Returns`, worked out; a NotPlain when it could not be.
        seen: what the call did.
    """
    got = _text_of(case, seen)
    result = CaseResult(verdict="error", got=got[:GOT_CHARACTERS], seconds=seen.seconds)
    if seen.outcome == "not run":
        return result.model_copy(update={"verdict": "not run", "detail": seen.message})
    if seen.outcome == "timeout":
        return result.model_copy(update={"verdict": "timeout", "detail": seen.message})
    if seen.outcome == "crashed":
        return result.model_copy(update={"detail": seen.message})
    if seen.outcome == "unloadable":
        return result.model_copy(update={"detail": f"the solution does not load: {got}"})
    if isinstance(expected, NotPlain):
        return result.model_copy(update={"detail": str(expected)})
    if _meets(case, expected, seen):
        return result.model_copy(update={"verdict": "passed"})
    if seen.outcome == "raised" and not isinstance(case.expected, Raises):
        return result.model_copy(update={"detail": f"it raised {got[:200]}"})
    wanted = expected if isinstance(case.expected, Returns) else _wanted(case)
    return result.model_copy(
        update={"verdict": "failed", "detail": f"expected {_short(wanted)}, got {got[:200]}"}
    )


def _meets(case: Case, expected: Value, seen: Observation) -> bool:
    wanted = case.expected
    if isinstance(wanted, Raises):
        return (
            seen.outcome == "raised"
            and _is_named(wanted.error, seen.error)
            and wanted.contains in seen.message
        )
    if seen.outcome != "value":
        return False
    if isinstance(wanted, Prints):
        return _lines(wanted.text) == _lines(seen.printed)
    if isinstance(wanted, Shows):
        return wanted.text.split() == seen.shown.split()
    comparison = Comparison(wanted.tolerance, wanted.any_order, wanted.tuple_is_list)
    return comparison.equal(expected, seen.value)


def _is_named(name: str, classes: tuple[str, ...]) -> bool:
    """Whether one of the classes has this name; without a module any module will do."""
    return any(each == name or each.rpartition(".")[2] == name for each in classes)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _wanted(case: Case) -> str:
    match case.expected:
        case Raises(error=error, contains=contains):
            return f"{error} with `{contains}`" if contains else error
        case Prints(text=text) | Shows(text=text):
            return repr(text)
    return ""


def _short(wanted: Value) -> str:
    text = wanted if isinstance(wanted, str) else repr(wanted)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _text_of(case: Case, seen: Observation) -> str:
    """What came, for people."""
    if seen.outcome in {"raised", "unloadable"}:
        name = seen.error[0].removeprefix("builtins.") if seen.error else "an exception"
        return f"{name}: {seen.message}" if seen.message else name
    if seen.outcome != "value":
        return ""
    if isinstance(case.expected, Prints):
        return repr(seen.printed)
    if isinstance(case.expected, Shows):
        return seen.shown
    return repr(seen.value)
