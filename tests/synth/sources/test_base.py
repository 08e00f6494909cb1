from __future__ import annotations

import importlib

import pytest

from models.errors import UsageError, UserError
from synth.sources.base import READERS, Skipped, SourceOptions, count_skipped, open_source


def test_an_unknown_kind_names_the_nearest(options: SourceOptions) -> None:
    with pytest.raises(UsageError, match="did you mean `doctest`"):
        open_source("doctests:boltons", options)


@pytest.mark.parametrize(
    "spec",
    ["doctest:no_such_package_anywhere", "doctest:", "functions:./nowhere", "jsonl:no.jsonl", "apps:./no"],
)
def test_what_is_not_there_is_told_at_once(spec: str, options: SourceOptions) -> None:
    with pytest.raises(UserError):
        open_source(spec, options)


@pytest.mark.parametrize("kind", sorted(set(READERS) - {"corpus"}))
def test_every_reader_of_the_table_can_be_loaded(kind: str) -> None:
    module, _, name = READERS[kind].partition(":")
    assert callable(getattr(importlib.import_module(module), name).open)


def test_skipped_are_counted_by_reason() -> None:
    skipped = [Skipped("a", "fails"), Skipped("b", "fails"), Skipped("c", "licence", "GPL")]
    assert count_skipped(skipped) == {"fails": 2, "licence": 1}
