"""The interface of problem sources, and how a spec such as `doctest:boltons` becomes one."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

from models.errors import UsageError, nearest
from models.paths import cache_dir

if TYPE_CHECKING:
    from models.backends.base import TextBackend
    from models.sandbox.policy import Choice
    from synth.schema import Problem

# Adding a kind of source: one file, and one line here. The class is built by `cls.open(argument, options)`.
READERS = {
    "apps": "synth.sources.apps:Apps",
    "corpus": "synth.sources.corpus:Corpus",
    "doctest": "synth.sources.doctests:Doctests",
    "functions": "synth.sources.functions:Functions",
    "humaneval": "synth.sources.jsonl:HumanEvalRows",
    "jsonl": "synth.sources.jsonl:JsonlRows",
    "mbpp": "synth.sources.jsonl:MbppRows",
}

Reason = Literal[
    "licence",  # not a permissive one
    "unreadable",  # not Python, or not a row of the format
    "no description",  # no docstring, or nothing that says what is wanted
    "leans on other text",  # "like `f`, but …": cannot be understood alone
    "too little said",  # for what its code does
    "no example",
    "no usable example",
    "has examples",  # for `functions`, which leaves it to `doctest`
    "not self-contained",  # needs a package, or more of its own than can be taken along
    "too long",
    "duplicate",
    "fails",  # the solution does not load, or does not do what its examples or tests show
    "not plain",  # results that no text can show
    "not deterministic",
    "not pure",
    "no solution",
    "no tests",
    "no inputs",  # none was found that the function takes
    "uninformative",  # all results are the same, or errors
]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something a source saw and made no problem of.

    Args:
        id: what it was, in the form of a problem's id.
        reason: why, one of a fixed list, for counting.
        detail: why in this case, a clause; empty when the reason says it.
    """

    id: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What sources need besides their spec.

    Args:
        work: folder for outputs that were recorded, so that nothing is run twice; shared by all sources.
        sandbox: how strictly to isolate the code that is run.
        workers: sandboxes at work at the same time.
        any_licence: also take code that has no permissive licence.
        backend: a model that proposes inputs, for `functions`; None does without.
    """

    work: Path = field(default_factory=lambda: cache_dir() / "synth")
    sandbox: Choice = "auto"
    workers: int = 2
    any_licence: bool = False
    backend: TextBackend | None = None


class Source(Protocol):
    """Problems in a fixed order: the same spec over the same files yields the same problems."""

    name: str
    """As in the spec: `doctest:boltons`."""

    @property
    def skipped(self) -> Sequence[Skipped]:
        """What was passed over, so far as `problems` has got."""

    def problems(self) -> Iterator[Problem]:
        """Read, verify and yield the problems. It can be called again, and starts anew.

        Raises:
            UserError: a file cannot be read, or there is no sandbox to verify in.
        """


class _Reader(Protocol):
    @classmethod
    def open(cls, argument: str, options: SourceOptions) -> Source: ...


def open_source(spec: str, options: SourceOptions | None = None) -> Source:
    """The source that a spec names.

    Args:
        spec: `KIND:ARGUMENT`, for example `doctest:more_itertools`, `functions:src/`, `apps:apps.jsonl`;
            `corpus` needs no argument.
        options: what it needs besides; by default, the platform's cache folder and two sandboxes.

    Raises:
        UsageError: no such kind; names the nearest.
        UserError: what the argument names is not there.
    """
    kind, _, argument = spec.partition(":")
    if kind not in READERS:
        raise UsageError(
            f"no source of problems is called `{kind}`", where=spec, do=nearest(kind, sorted(READERS))
        )
    module, _, name = READERS[kind].partition(":")
    reader = cast(_Reader, getattr(importlib.import_module(module), name))
    return reader.open(argument, options or SourceOptions())


def count_skipped(skipped: Sequence[Skipped]) -> Counter[Reason]:
    """How many were skipped for each reason."""
    return Counter(one.reason for one in skipped)
