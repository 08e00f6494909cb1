"""The arithmetic of the first token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.backends.first_token import Alternative, first_token_mass

OPENERS = ("1.", "```")


@pytest.mark.parametrize(
    ("top", "mass", "exact"),
    [
        ([("1.", 0.5), ("```", 0.25)], (0.5, 0.25), True),
        ([("1. ", 0.5), ("\n```python", 0.25)], (0.5, 0.25), True),
        ([("1", 0.5), ("```", 0.25)], (0.5, 0.25), False),
        ([("1.", 0.5), ("``", 0.2), ("`", 0.1)], (0.5, pytest.approx(0.3)), False),
        ([("10", 0.5), ("1)", 0.1), ("Sure", 0.4)], (0.0, 0.0), False),
        ([(" ", 0.9), ("\n\n", 0.1)], (0.0, 0.0), False),
        ([("```", 0.9)], (0.0, 0.9), False),
        ([], (0.0, 0.0), False),
    ],
)
def test_how_a_token_counts(top: list[Alternative], mass: tuple[float, ...], exact: bool) -> None:
    assert first_token_mass(top, OPENERS) == (mass, exact)


def test_a_beginning_of_two_openers_tells_nothing() -> None:
    assert first_token_mass([("1", 0.9)], ("1.", "1)")) == ((0.0, 0.0), False)


def test_a_token_counts_for_the_longest_opener_that_it_covers() -> None:
    assert first_token_mass([("```py", 0.9), ("`x", 0.1)], ("`", "```")) == ((0.1, 0.9), True)


tokens = st.text(alphabet="1.` \n2a", max_size=5)


@given(
    st.dictionaries(tokens, st.floats(0.001, 1), max_size=20),
    st.lists(st.text(alphabet="1.`a", min_size=1, max_size=4), min_size=1, max_size=4, unique=True),
)
def test_no_token_counts_twice(weights: dict[str, float], openers: list[str]) -> None:
    total = sum(weights.values()) or 1.0
    top = [(token, weight / total) for token, weight in weights.items()]
    mass, exact = first_token_mass(top, openers)
    assert len(mass) == len(openers)
    assert all(0 <= value <= 1 for value in mass)
    assert sum(mass) <= 1 + 1e-9
    if exact:
        assert all(value > 0 for value in mass)
