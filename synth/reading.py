"""Reads the sources of a recipe: each problem once, in their order, compared with those before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from synth.gate.duplicates import Duplicates
from synth.gate.reason import Reason
from synth.machine import Machine
from synth.recipes.recipe import Recipe
from synth.schema import Problem
from synth.sources.base import Source, SourceOptions, count_skipped, open_source


class Reading:
    """The problems of all sources. Every shard reads them all, so that each drops the same duplicates.

    Args:
        recipe: names the sources.
        machine: runs what they have to verify.

    Raises:
        UserError: one of the sources is not there.
    """

    def __init__(self, recipe: Recipe, machine: Machine) -> None:
        self._recipe = recipe
        options = SourceOptions(sandbox=machine.sandbox, any_licence=recipe.any_licence)
        if machine.recordings is not None:
            options = replace(options, work=machine.recordings)
        self._opened = [(spec, open_source(spec, options)) for spec in recipe.sources]
        self.sources: dict[str, dict[str, Any]] = {}
        """What was read of each source, when it is at its end; see `SourceReport`."""

    def problems(self) -> Iterator[tuple[Problem, Reason | None]]:
        """Each problem with what there is against it.

        Raises:
            UserError: a source cannot be read.
        """
        duplicates = Duplicates(self._recipe.gate.near_duplicate)
        known: set[str] = set()
        for spec, source in self._opened:
            count = 0
            for problem in islice(source.problems(), self._recipe.problems):
                count += 1
                if problem.id not in known:
                    known.add(problem.id)
                    yield problem, duplicates(problem)
            self.sources[spec] = {"problems": count, "skipped": self._skipped(source, count)}

    def _skipped(self, source: Source, count: int) -> dict[str, int] | None:
        if count == self._recipe.problems:
            return None  # there may be more, and how far the source has looked is chance
        return dict(sorted(count_skipped(source.skipped).items()))
