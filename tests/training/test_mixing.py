from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from models.errors import UserError
from synth.schema import Sample
from tests.training.material import recipe, sample, samples
from training.masking import Encoded, EncodedSamples
from training.mixing import Counts, counts, is_clarify, learned_whole, mix, order, split
from training.plan import plan
from training.recipe import DataSettings

SIDES = st.integers(1, 300)
RATIOS = st.floats(0.02, 0.98)
SAMPLINGS = st.sampled_from(["uniform", "oversampling", "downsampling"])
TWINS = st.sampled_from(["batch", "half", "off"])


def settings(**fields: Any) -> DataSettings:
    return DataSettings.model_validate(fields)


@st.composite
def data(draw: st.DrawFn) -> list[Sample]:
    """Problems with some clear, unclear and answered samples, in any order; at least one of each side."""
    made = [sample(0), sample(0, type="Ambiguous")]
    for problem in range(1, draw(st.integers(1, 25))):
        kinds = draw(st.lists(st.sampled_from(["clear", "asks", "answered"]), max_size=6))
        for number, kind in enumerate(kinds):
            made.append(
                sample(
                    problem,
                    type="Original" if kind == "clear" else "Incomplete",
                    answered=kind == "answered",
                    text=f"{problem} {number}",
                )
            )
    return draw(st.permutations(made))


def sides(made: list[Sample], places: tuple[int, ...]) -> tuple[int, int]:
    clarify = sum(is_clarify(made[place]) for place in places)
    return len(places) - clarify, clarify


def test_a_second_round_is_answered_by_code() -> None:
    assert not is_clarify(sample(type="Incomplete", answered=True))
    assert is_clarify(sample(type="Incomplete"))
    assert not is_clarify(sample())


@given(SIDES, SIDES, RATIOS, SAMPLINGS)
@example(4, 1, 0.25, "oversampling")  # both sides stay as they are: a smaller one would drop a sample
def test_no_other_count_is_nearer_to_the_ratio(code: int, clarify: int, ratio: float, sampling: str) -> None:
    found = counts(code, clarify, settings(ratio=ratio, sampling=sampling))
    assert found.code >= 1
    assert found.clarify >= 1
    match sampling:
        case "uniform":
            assert found.total == code + clarify
            neighbours = [Counts(found.code - d, found.clarify + d) for d in (-1, 1)]
        case "downsampling":
            assert found.code == code or found.clarify == clarify
            assert found.code <= code
            assert found.clarify <= clarify
            neighbours = [
                one
                for one in _neighbours(found, code, clarify)
                if one.code <= code and one.clarify <= clarify
            ]
        case _:
            assert found.code == code or found.clarify == clarify
            assert found.code >= code
            assert found.clarify >= clarify
            neighbours = [
                one
                for one in _neighbours(found, code, clarify)
                if one.code >= code and one.clarify >= clarify
            ]
    for other in neighbours:
        if other.code >= 1 and other.clarify >= 1:
            # In samples, not in shares: rounding is exact where the other side is what it is.
            assert _off(found, ratio) <= _off(other, ratio) + 1e-9


def _neighbours(of: Counts, code: int, clarify: int) -> list[Counts]:
    """One sample more or less of a side; the other side, or this one, is as it is in the data."""
    moved = [Counts(of.code + d, of.clarify) for d in (-1, 1)] + [
        Counts(of.code, of.clarify + d) for d in (-1, 1)
    ]
    return [one for one in moved if one.code == code or one.clarify == clarify]


def _off(of: Counts, ratio: float) -> float:
    """How many samples of code are too many or too few for the ratio, or of the other side."""
    exact = Fraction(ratio)
    return float(
        min(abs(of.code - of.clarify * (1 - exact) / exact), abs(of.clarify - of.code * exact / (1 - exact)))
    )


@given(SIDES, SIDES, RATIOS, SAMPLINGS, st.integers(2, 100))
def test_a_limit_keeps_the_ratio(code: int, clarify: int, ratio: float, sampling: str, limit: int) -> None:
    found = counts(code, clarify, settings(ratio=ratio, sampling=sampling, limit=limit))
    assert found.total <= limit
    assert found.code >= 1
    assert found.clarify >= 1
    if found.total == limit:
        assert abs(found.clarify - limit * ratio) <= 1


@given(data(), st.one_of(st.none(), RATIOS), SAMPLINGS, TWINS, st.integers(0, 3))
def test_a_mix_has_its_counts_and_repeats_evenly(
    made: list[Sample], ratio: float | None, sampling: str, twins: str, seed: int
) -> None:
    chosen = settings(ratio=ratio, sampling=sampling, twins=twins, seed=seed)
    places = tuple(range(len(made)))
    mixed = mix(made, places, chosen)
    code, clarify = sides(made, places)
    wanted = counts(code, clarify, chosen)
    assert sides(made, mixed) == (wanted.code, wanted.clarify)
    assert set(mixed) <= set(places)
    times = Counter(mixed)
    for side in (True, False):
        often = [times[place] for place in places if is_clarify(made[place]) is side]
        assert max(often) - min(often) <= 1
    if sampling == "downsampling":
        assert max(times.values()) == 1
    if sampling == "oversampling":
        assert set(mixed) == set(places)


@given(data(), RATIOS, SAMPLINGS, TWINS, st.integers(0, 3))
def test_the_same_seed_gives_the_same_mix(
    made: list[Sample], ratio: float, sampling: str, twins: str, seed: int
) -> None:
    chosen = settings(ratio=ratio, sampling=sampling, twins=twins, seed=seed)
    assert mix(made, range(len(made)), chosen) == mix(made, range(len(made)), chosen)


def test_another_seed_gives_another_mix() -> None:
    made = samples(40)
    places = range(len(made))
    assert len({mix(made, places, settings(ratio=0.8, seed=seed)) for seed in range(5)}) == 5


@pytest.mark.parametrize(("mode", "clarify"), [("baseline", False), ("clarify-only", True)])
def test_a_mode_takes_its_side_alone_and_all_of_it(mode: str, clarify: bool) -> None:
    made = samples(9)
    mixed = mix(made, range(len(made)), settings(mode=mode))
    assert mixed == tuple(place for place, one in enumerate(made) if is_clarify(one) is clarify)


@pytest.mark.parametrize(
    ("mode", "made"), [("combined", [sample()]), ("clarify-only", [sample()]), ("baseline", [])]
)
def test_a_mode_without_its_samples_is_refused(mode: str, made: list[Sample]) -> None:
    with pytest.raises(UserError, match="no sample answered by"):
        mix(made, range(len(made)), settings(mode=mode))


def test_a_limit_takes_whole_problems_where_it_can() -> None:
    made = samples(30)
    mixed = mix(made, range(len(made)), settings(ratio=0.5, limit=20))
    problems = Counter(made[place].source_id for place in mixed)
    assert len(problems) <= 11
    assert all(count >= 2 for count in list(problems.values())[:-1])


@given(data(), TWINS, st.integers(1, 9), st.integers(0, 2))
def test_an_order_has_every_sample_of_the_mix(
    made: list[Sample], twins: str, per_step: int, epoch: int
) -> None:
    chosen = settings(ratio=0.6, sampling="oversampling", twins=twins)
    mixed = mix(made, range(len(made)), chosen)
    steps = order(made, mixed, chosen, per_step=per_step, epoch=epoch)
    assert Counter(place for step in steps for place in step) == Counter(mixed)
    assert all(1 <= len(step) <= per_step for step in steps)
    assert steps == order(made, mixed, chosen, per_step=per_step, epoch=epoch)


@given(data(), st.integers(2, 12))
def test_twins_are_in_one_step(made: list[Sample], per_step: int) -> None:
    places = tuple(range(len(made)))
    steps = order(made, places, settings(twins="batch"), per_step=per_step, epoch=0)
    sizes = Counter(one.source_id for one in made)
    for problem, size in sizes.items():
        holding = [step for step in steps if any(made[place].source_id == problem for place in step)]
        assert len(holding) == -(-size // per_step)
    # Steps are well filled: no two could be one.
    assert sum(len(step) * 2 <= per_step for step in steps) <= 1


@given(data(), st.integers(1, 9))
def test_twins_are_in_one_half(made: list[Sample], per_step: int) -> None:
    steps = order(made, range(len(made)), settings(twins="half"), per_step=per_step, epoch=0)
    largest = max(Counter(one.source_id for one in made).values())
    position = {place: number for number, place in enumerate(place for step in steps for place in step)}
    spans = {}
    for place, number in position.items():
        spans.setdefault(made[place].source_id, []).append(number)
    borders = [
        border
        for border in range(len(made) // 2, len(made) // 2 + largest + 1)
        if all(max(span) < border or min(span) >= border for span in spans.values())
    ]
    assert borders


def test_another_epoch_has_another_order() -> None:
    made = samples(30)
    places = tuple(range(len(made)))
    assert len({order(made, places, settings(), per_step=8, epoch=epoch) for epoch in range(4)}) == 4


@given(data(), st.floats(0, 0.9), st.integers(0, 3))
def test_a_group_is_on_one_side(made: list[Sample], share: float, seed: int) -> None:
    found = split(made, settings(held_out=share, seed=seed))
    assert sorted((*found.training, *found.held_out)) == list(range(len(made)))
    assert not {made[p].group for p in found.training} & {made[p].group for p in found.held_out}


def test_a_group_keeps_its_side_when_others_come() -> None:
    few = [sample(number, group=f"g{number}") for number in range(30)]
    many = [sample(number, group=f"g{number}") for number in range(60)]
    held = {few[place].group for place in split(few, settings(held_out=0.3)).held_out}
    more = {many[place].group for place in split(many, settings(held_out=0.3)).held_out}
    assert held == {group for group in more if int(group[1:]) < 30}
    assert 4 <= len(held) <= 14


def test_named_groups_are_kept_aside_and_unknown_ones_refused() -> None:
    made = samples(14)
    found = split(made, settings(held_out=0, held_out_groups=["group-3"]))
    assert {made[place].group for place in found.held_out} == {"group-3"}
    with pytest.raises(UserError, match="no sample is of the group `nobody`"):
        split(made, settings(held_out_groups=["nobody"]))


@given(SIDES, SIDES)
def test_without_a_ratio_the_mix_is_the_data(code: int, clarify: int) -> None:
    assume(code and clarify)
    found = counts(code, clarify, settings())
    assert (found.code, found.clarify) == (code, clarify)


def test_so_many_replies_are_learned_whole_as_the_recipe_says() -> None:
    settings = DataSettings(whole_replies={"Original": 0.25, "Incomplete": 0.0})
    clear = [sample(number) for number in range(2000)]
    assert 0.2 < sum(learned_whole(one, settings) for one in clear) / len(clear) < 0.3
    assert not any(learned_whole(sample(number, type="Incomplete"), settings) for number in range(50))
    assert all(learned_whole(sample(number, type="Ambiguous"), settings) for number in range(50))
    answered = [sample(number, type="Incomplete", answered=True) for number in range(50)]
    assert all(learned_whole(one, settings) for one in answered)


def test_of_the_others_the_decision_alone_is_learned() -> None:
    made = [sample(number, type=kind) for number in range(9) for kind in ("Original", "Incomplete")]
    encoded = [Encoded(tuple(range(10 + place)), 5, 5) for place in range(len(made))]
    settings = recipe(data={"whole_replies": {"Original": 0.0}, "held_out": 0.3})
    laid_out = plan(EncodedSamples(tuple(made), tuple(encoded), 0), settings, ((1,), (2,)))
    assert laid_out.held_out
    for place, (one, whole) in enumerate(zip(laid_out.data.encoded, encoded, strict=True)):
        short = made[place].type == "Original" and place not in laid_out.held_out
        assert one == (Encoded(whole.ids[:6], 5, 5) if short else whole)
        assert len(laid_out.weights[place]) == len(one.supervised)
