"""Nothing but the flaw tells clear from unclear: names, lengths, counts and layout find nearly nothing."""

import pytest

from synth.modifications.cues import first_round, surface, surface_auroc, telling_words, words_auroc
from synth.schema import Sample
from tests.synth.problems import samples

SEEDS = (0, 1, 2)


def _all() -> list[Sample]:
    return [sample for seed in SEEDS for sample in samples(seed)]


def test_surface_features_do_not_tell_on_held_out_groups() -> None:
    assert surface_auroc(_all()) <= 0.6


def test_no_word_gives_a_request_away() -> None:
    found = telling_words(_all(), fewest=10)
    assert max(abs(telling.auroc - 0.5) for telling in found) <= 0.05
    often = [telling for telling in found if telling.unclear + telling.clear >= 0.08]
    assert all(0.2 <= telling.purity <= 0.8 for telling in often)


def test_words_together_tell_little_on_held_out_groups() -> None:
    assert words_auroc(_all(), most=800) <= 0.7


def test_the_check_can_fail() -> None:
    marked = [
        sample.model_copy(update={"name": "candidate"})
        if sample.unclear
        else sample.model_copy(update={"name": "f"})
        for sample in samples(0)
    ]
    assert surface_auroc(marked) >= 0.99


def test_too_few_groups_are_refused() -> None:
    one = [sample for sample in samples(0) if sample.group == "labels"]
    with pytest.raises(ValueError, match="groups"):
        surface_auroc(one)


def test_second_rounds_are_left_out() -> None:
    kept = first_round(samples(0))
    assert kept
    assert not any(sample.answers for sample in kept)
    assert set(surface(kept[0])) == set(surface(kept[-1]))
