from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from training.collator import Row, collate, plan_step
from training.masking import Encoded
from training.prefix_tree import grow

LENGTHS = st.lists(st.integers(2, 300), min_size=1, max_size=40)


@st.composite
def rows(draw: st.DrawFn) -> list[Encoded]:
    """Conversations that begin alike, some equal."""
    begin = draw(st.lists(st.integers(1, 9), max_size=20))
    made = []
    for _ in range(draw(st.integers(1, 6))):
        own = draw(st.lists(st.integers(1, 9), min_size=2, max_size=12))
        ids = (*begin, *own)
        learned = draw(st.integers(1, len(ids) - 1))
        made.append(Encoded(ids, draw(st.integers(learned, len(ids) - 1)), learned))
    return made


@given(LENGTHS, st.integers(1, 400), st.integers(1, 4))
def test_every_sample_of_a_step_is_in_one_batch_of_one_device(
    lengths: list[int], budget: int, devices: int
) -> None:
    places = list(range(len(lengths)))
    steps = [
        plan_step(places, lengths, tokens_per_batch=budget, devices=devices, device=device)
        for device in range(devices)
    ]
    batches = [batch for step in steps for batch in step.batches]
    assert Counter(row.place for batch in batches for row in batch if row.counts) == Counter(places)
    assert all(step.batches and all(step.batches) for step in steps)
    assert all(
        len(batch) == 1 or len(batch) * max(lengths[row.place] for row in batch) <= budget
        for batch in batches
    )
    assert all(step.places == tuple(places) for step in steps)
    assert sum(not row.counts for batch in batches for row in batch) == max(0, devices - len(places))


@given(LENGTHS, st.integers(300, 1000))
def test_batches_hold_samples_of_similar_length(lengths: list[int], budget: int) -> None:
    step = plan_step(range(len(lengths)), lengths, tokens_per_batch=budget)
    spans = [[lengths[row.place] for row in batch] for batch in step.batches]
    assert [span for span in spans if span != sorted(span, reverse=True)] == []
    assert all(min(one) >= max(next_) for one, next_ in zip(spans, spans[1:], strict=False))


@given(LENGTHS, st.integers(2, 4))
def test_devices_have_similar_loads(lengths: list[int], devices: int) -> None:
    loads = []
    for device in range(devices):
        step = plan_step(range(len(lengths)), lengths, tokens_per_batch=10**6, devices=devices, device=device)
        loads.append(sum(lengths[row.place] for batch in step.batches for row in batch if row.counts))
    assert max(loads) - min(loads) <= max(lengths)


@given(st.lists(rows(), min_size=1, max_size=5), st.data(), st.booleans(), st.integers(1, 3))
@hypothesis_settings(deadline=None)
def test_what_belongs_together_is_computed_together(
    made: list[list[Encoded]], data: st.DataObject, as_trees: bool, devices: int
) -> None:
    ids = [one.ids for some in made for one in some]
    groups = [data.draw(st.sampled_from("abcd")) for _ in ids]
    steps = [
        plan_step(
            range(len(ids)),
            list(map(len, ids)),
            tokens_per_batch=data.draw(st.integers(5, 100)),
            ids=ids if as_trees else None,
            groups=groups,
            devices=devices,
            device=device,
        )
        for device in range(devices)
    ]
    batches = [[row.place for row in batch if row.counts] for step in steps for batch in step.batches]
    assert sorted(place for batch in batches for place in batch) == list(range(len(ids)))
    for group in set(groups):
        places = {place for place, one in enumerate(groups) if one == group}
        assert [batch for batch in batches if places & set(batch) and not places <= set(batch)] == []


def test_a_device_without_a_sample_computes_one_that_does_not_count() -> None:
    steps = [plan_step([3], [1, 1, 1, 5], tokens_per_batch=9, devices=2, device=d) for d in (0, 1)]
    assert steps[0].batches == ((Row(3),),)
    assert steps[1].batches == ((Row(3, counts=False),),)


@given(st.lists(rows(), min_size=1, max_size=4), st.integers(10, 60))
@hypothesis_settings(deadline=None)
def test_trees_hold_every_sample_once_within_the_budget(groups: list[list[Encoded]], budget: int) -> None:
    ids = [one.ids for group in groups for one in group]
    step = plan_step(range(len(ids)), list(map(len, ids)), tokens_per_batch=budget, ids=ids)
    assert sorted(row.place for batch in step.batches for row in batch) == list(range(len(ids)))
    trees = [[ids[row.place] for row in batch] for batch in step.batches]
    assert all(len(tree) == 1 or len(grow(tree).ids) <= budget for tree in trees)
    assert [one for tree in trees for one in tree] == sorted(ids)


@pytest.mark.parametrize("share_prefix", [True, False])
@given(made=rows())
@hypothesis_settings(deadline=None)
def test_a_batch_says_what_is_predicted_from_where(share_prefix: bool, made: list[Encoded]) -> None:
    weights = [[float(place) for place in range(one.learned_from, len(one))] for one in made]
    batch: Any = collate(made, weights, share_prefix=share_prefix)
    read, depths = batch["ids"].flatten().tolist(), batch["depths"].flatten().tolist()
    wanted = [(one, place) for one in made for place in range(one.learned_from, len(one))]
    predicted_from = batch["positions"].tolist()
    assert [read[at] for at in predicted_from] == [one.ids[place - 1] for one, place in wanted]
    assert [depths[at] for at in predicted_from] == [place - 1 for _, place in wanted]
    assert batch["targets"].tolist() == [token for one in made for token in one.supervised]
    assert batch["weights"].tolist() == [weight for row in weights for weight in row]
    if share_prefix:
        seen = batch["visible"][0, 0]
        for at, (one, place) in zip(predicted_from, wanted, strict=True):
            assert [read[node] for node in seen[at].nonzero().flatten()] == list(one.ids[:place])
    else:
        assert batch["visible"].numel() == 0
        for number, one in enumerate(made):
            own = one.ids[:-1]
            assert tuple(batch["ids"][number, : len(own)].tolist()) == own
            assert not batch["ids"][number, len(own) :].any()
