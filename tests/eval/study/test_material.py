"""Where the requests of a study come from, and how they are cut."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.requests.reading import Labelled
from eval.study.material import cut, domain_of, in_turn, requests_of
from models.errors import UsageError
from synth.corpus.split import split


def _row(place: int, pair: int) -> Labelled:
    return Labelled(
        id=str(place), pair=str(pair), kind="clear" if place % 2 else "ambiguous", request="Write f."
    )


def test_the_development_problems_come_with_their_twins() -> None:
    found = requests_of(("corpus:dev",), None, 0)
    assert {domain_of(one.pair) for one in found} == set(split().dev)
    clear = Counter(one.pair for one in found if not one.unclear)
    assert set(clear.values()) == {1}
    assert {one.pair for one in found if one.unclear} == set(clear)
    texts = {one.pair: one.request for one in found if not one.unclear}
    assert all(one.request != texts[one.pair] for one in found if one.unclear)
    assert len({one.id for one in found}) == len(found)


@pytest.mark.parametrize("part", ["test", "all", split().test[0]])
def test_the_test_domains_are_not_for_choosing(part: str) -> None:
    with pytest.raises(UsageError, match="corpus:dev"):
        requests_of((f"corpus:{part}",), None, 0)


def test_an_unknown_domain_is_named() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        requests_of(("corpus:date",), None, 0)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30), st.integers(2, 8), st.integers(0, 3))
def test_a_cut_keeps_whole_pairs_in_their_order(pairs: list[int], limit: int, seed: int) -> None:
    rows = [_row(place, pair) for place, pair in enumerate(pairs)]
    kept = cut(rows, limit, seed)
    names = {one.pair for one in kept}
    assert len(names) == min(limit, len(set(pairs)))
    assert list(kept) == [one for one in rows if one.pair in names]
    assert kept == cut(rows, limit, seed)
    assert set(kept) <= set(cut(rows, limit + 1, seed))
    assert cut(cut(rows, limit + 1, seed), limit, seed) == kept


@given(st.lists(st.integers(0, 40), min_size=1, max_size=90), st.integers(0, 3))
def test_ten_pairs_are_measured_whole_before_the_next_ten(pairs: list[int], seed: int) -> None:
    rows = [_row(place, pair) for place, pair in enumerate(pairs)]
    order = in_turn(rows, seed)
    assert sorted(order, key=lambda one: int(one.id)) == rows
    for limit in range(10, len(set(pairs)), 10):
        first = cut(rows, limit, seed)
        assert set(order[: len(first)]) == set(first)


def test_twins_seldom_follow_each_other() -> None:
    order = in_turn(requests_of(("corpus:dev",), None, 0), 0)
    neighbours = sum(one.pair == after.pair for one, after in zip(order, order[1:], strict=False))
    assert neighbours < len(order) / 5  # they stand side by side in the corpus: two thirds


def test_files_and_the_corpus_go_together_and_an_id_stands_once() -> None:
    row = {"id": "a", "pair": "own/1", "kind": "clear", "request": "Write f(x), which doubles x."}
    Path("own.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    found = requests_of(("own.jsonl", "corpus:dates"), None, 0)
    assert {domain_of(one.pair) for one in found} == {"own", "dates"}
    Path("again.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="two of the places"):
        requests_of(("own.jsonl", "again.jsonl"), None, 0)


@pytest.mark.parametrize(
    ("pair", "domain"),
    [("dates/easter", "dates"), ("dates/easter#plain", "dates"), ("17", "17"), ("corpus:a/b", "corpus:a")],
)
def test_a_pair_is_of_a_domain(pair: str, domain: str) -> None:
    assert domain_of(pair) == domain
