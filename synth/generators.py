"""The generators that turn problems into samples, by name; each is imported when a build asks for it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, Protocol, cast, runtime_checkable

from models.errors import UserError
from synth.output.entry import Dropped
from synth.recipes.recipe import GeneratorName, GeneratorSettings
from synth.schema import Problem, Sample


class Generator(Protocol):
    """Makes samples of a problem. Several threads may use one whose work is waiting."""

    def samples(self, problem: Problem, rng: Random) -> Iterator[Sample | Dropped]:
        """Yield what comes of one problem; the same problem and state of `rng` give the same.

        Yields:
            Samples, and in their place what the generator itself had to drop.

        Raises:
            UserError: it cannot go on; what was finished is kept, and a build can continue.
        """


@runtime_checkable
class Closable(Protocol):
    """A generator that holds something open."""

    def close(self) -> None:
        """End its work in all threads, and let go of it; safe to call twice."""


@runtime_checkable
class Costly(Protocol):
    """A generator that calls a service."""

    @property
    def spent(self) -> object:
        """What it has taken so far; a line for people when it is shown as a text."""


@dataclass(frozen=True, slots=True)
class Known:
    """A line of the table.

    Args:
        maker: `module:name` of what makes it, called with the seed and its options.
        work: what it spends its time with: `computing` is spread over processes, `waiting` over threads.
    """

    maker: str
    work: Literal["computing", "waiting"]


# Adding a generator: its module, and one line here.
GENERATORS: dict[GeneratorName, Known] = {
    "rules": Known("synth.generators:Offline", "computing"),
    "llm": Known("synth.modifications.llm:LlmGenerator", "waiting"),
}


class _Maker(Protocol):
    def __call__(self, *, seed: int, **options: object) -> Generator: ...


def open_generator(settings: GeneratorSettings, seed: int) -> Generator:
    """The generator that a recipe names.

    Raises:
        UserError: it has no such option, or cannot be used here.
    """
    module, _, name = GENERATORS[settings.name].maker.partition(":")
    maker = cast(_Maker, getattr(importlib.import_module(module), name))
    try:
        return maker(seed=seed, **settings.options)
    except TypeError as error:
        raise UserError(f"generator.options: {error}", where=settings.name) from error


class Offline:
    """The generator `rules`: what the corpus has written down, and rules for all other problems.

    Args:
        seed: recorded with each sample.
        options: of `RulesGenerator`.
    """

    def __init__(self, *, seed: int = 0, **options: Any) -> None:
        from synth.corpus.generator import CorpusGenerator
        from synth.modifications.generator import RulesGenerator

        self._rules = RulesGenerator(seed=seed, **options)
        self._corpus = CorpusGenerator(seed=seed)

    def samples(self, problem: Problem, rng: Random) -> Iterator[Sample]:
        """See `Generator.samples`."""
        maker = self._corpus if problem.source == "corpus" else self._rules
        return maker.samples(problem, rng)
