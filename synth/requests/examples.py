"""Writes examples down: as doctests, as arrows, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from synth.requests.style import ExampleForm
from synth.schema import Example


def lines(examples: Sequence[Example], form: ExampleForm) -> list[str]:
    """One or two lines for each example."""
    written: list[str] = []
    for example in examples:
        match form:
            case "doctest":
                written += [f">>> {example.call}"] + ([example.result] if example.result != "None" else [])
            case "equals":
                written.append(f"{example.call} == {example.result}")
            case "returns":
                written.append(f"{example.call} returns {example.result}")
            case _:
                written.append(f"{example.call} -> {example.result}")
    return written


def sentence(examples: Sequence[Example], voice: int, *, marks: str = "") -> str:
    """All examples in one sentence.

    Args:
        examples: at least one.
        voice: picks the wording.
        marks: put around calls and results, a backtick or nothing.
    """
    lead, verb = (
        ("For example,", "gives"),
        ("For instance,", "is"),
        ("So", "should give"),
        ("E.g.", "returns"),
        ("Some samples:", "gives"),
        ("That means that", "is"),
    )[voice % 6]
    parts = [f"{marks}{e.call}{marks} {verb} {marks}{e.result}{marks}" for e in examples]
    joined = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{lead} {joined}."
