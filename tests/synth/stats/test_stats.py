"""Counts, entropy and perplexity; the plot."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UserError
from synth.schema import Change
from synth.stats.entropy import word_entropy
from synth.stats.perplexity import perplexity
from synth.stats.plot import plot
from synth.stats.report import ALL_UNCLEAR, SECOND_ROUND, Scoring, measure
from tests.synth.gate.material import CHANGE, answered, clear, unclear


@pytest.mark.parametrize(
    ("text", "entropy"),
    [
        ("", 0.0),
        ("jam jam jam", 0.0),
        ("jam Jar", math.log(2)),
        ("a b c d", math.log(4)),
        ("jam, jar", math.log(3)),  # a mark is a word
        ("a a b", -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3))),
        ("don't don't", 0.0),
    ],
)
def test_entropy_by_hand(text, entropy):
    assert word_entropy(text) == pytest.approx(entropy)


@given(st.text())
def test_entropy_has_its_limits(text):
    assert 0 <= word_entropy(text) <= math.log(max(1, len(text))) + 1e-9
    assert word_entropy(text) == pytest.approx(word_entropy(f"{text} {text}"))


def test_perplexity_by_hand():
    assert perplexity("x", lambda _: [math.log(8), math.log(2)]) == pytest.approx(4)
    assert perplexity("x", lambda _: []) is None


def test_everything_is_counted():
    other = Change(kind="vague-term", flaw="ambiguous", before="b", after="a")
    samples = [
        clear(),
        unclear(),
        unclear(type="Ambiguous+Incomplete", further_changes=(other,), shape="chat"),
        answered(source_id="doctest:shed:x", licence="0BSD"),
    ]
    stats, _ = measure(samples)
    assert stats.samples == 4
    assert stats.clear_share == 0.25
    assert stats.types == {"Ambiguous+Incomplete": 1, "Incomplete": 1, "Original": 1, SECOND_ROUND: 1}
    assert stats.shapes == {"chat": 1, "stub": 3}
    assert stats.sources == {"doctest:shed": 1, "test:pantry": 3}
    assert stats.changes == {CHANGE.kind: 3, "vague-term": 1}
    assert stats.licences == {"0BSD": 1, "MIT": 3}
    assert (stats.problems, stats.groups) == (2, 1)


def test_table_6_is_the_mean_over_texts_of_each_type():
    one, other = unclear(problem="a b"), unclear(problem="a b c d")
    stats, _ = measure([one, other, clear(problem="x"), answered(problem="y")])
    row = stats.table6["Incomplete"].problems
    assert row.entropy == pytest.approx((math.log(2) + math.log(4)) / 2, abs=1e-4)
    assert row.perplexity is None
    assert stats.table6[ALL_UNCLEAR].problems.texts == 2  # clear ones and second rounds are no questions
    assert stats.table6["Original"].problems.entropy == 0


def test_perplexity_is_measured_on_some_texts_of_each_type():
    samples = [unclear(id=f"{number}:x") for number in range(20)] + [clear(), answered()]
    calls = []

    def losses(text: str) -> list[float]:
        calls.append(text)
        return [math.log(3)]

    stats, table = measure(samples, Scoring(losses, "m", texts=5))
    assert len(calls) == 2 * (5 + 1 + 1)
    assert stats.model == "m"
    for name, count in (("Incomplete", 5), (ALL_UNCLEAR, 5), ("Original", 1), (SECOND_ROUND, 1)):
        assert stats.table6[name].answers.perplexity == pytest.approx(3, abs=1e-3)
        assert stats.table6[name].answers.perplexity_texts == count
    assert len(table["Incomplete"][0].perplexity) == 5


def test_which_texts_are_measured_does_not_depend_on_their_order():
    samples = [unclear(id=f"{number}:x", problem=f"text {number}") for number in range(20)]
    scored = []
    for seed in (1, 2):
        measure(random.Random(seed).sample(samples, 20), Scoring(lambda t: scored.append(t) or [1.0], "m", 4))
    assert set(scored[:8]) == set(scored[8:])


def test_an_empty_file_has_statistics_too():
    stats, _ = measure([])
    assert (stats.samples, stats.table6) == (0, {})


@pytest.mark.parametrize("scored", [False, True])
def test_the_plot_is_a_picture(tmp_path, scored):
    samples = [unclear(problem=f"{'word ' * n} and {n}") for n in range(5)] + [clear(), answered()]
    scoring = Scoring(lambda text: [0.1 * len(text)], "m", 3) if scored else None
    _, table = measure(samples, scoring)
    plot(table, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UserError, match="cannot draw"):
        plot(table, tmp_path / "a.nothing")


@pytest.mark.model
def test_a_models_losses(model_path):
    from models.runtime.engine import Engine
    from models.runtime.scoring import Scorer

    text = "def jar_label(fruit, year):\n    return f'{fruit.upper()}-{year}'\n" * 4
    with Scorer.load(model_path, context_tokens=200) as scorer:
        once = scorer.losses(text)
        scorer.losses("something else")
        assert scorer.losses(text) == once  # whatever was scored before
        assert scorer.losses("") == []
        assert scorer.losses("x") == []
        assert len(scorer.losses("jam " * 300)) == 200 - 1
        scrambled = " ".join(random.Random(1).sample(text.split(), len(text.split())))
        assert sum(once) / len(once) < sum(scorer.losses(scrambled)) / len(scorer.losses(scrambled))
    with Engine.load(model_path, context_tokens=200) as engine:
        tokens = engine.encode(text)
        for at in (3, 64, 65, len(tokens) - 1):  # the borders of what is computed together
            expected = -engine.log_probabilities(tokens[:at])[tokens[at]]
            assert once[at - 1] == pytest.approx(expected, abs=0.1)
