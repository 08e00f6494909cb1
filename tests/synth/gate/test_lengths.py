"""Limits of length, and how tokens are counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UserError
from synth.gate.lengths import Lengths
from synth.gate.tokens import estimate, token_counter
from tests.synth.gate.material import CODE, a_problem, answered, clear, unclear


def test_a_long_request_is_dropped():
    check = Lengths(count=lambda text: len(text.split()), request_tokens=20, sample_tokens=10_000)
    reason = check(unclear(), a_problem())
    assert reason is not None
    assert reason.kind == "too long"
    assert check(clear(problem="Label a jar."), a_problem()) is None


def test_the_whole_conversation_has_to_fit():
    def fits(sample, tokens: int) -> bool:
        return Lengths(lambda text: len(text.split()), 10_000, tokens)(sample, a_problem()) is None

    def needed(sample) -> int:
        return next(tokens for tokens in range(1, 10_000) if fits(sample, tokens))

    assert needed(clear()) > len(clear().problem.split()) + len(CODE.split())
    assert needed(answered()) > needed(clear())  # questions and answers come on top


def test_few_bytes_need_no_counting():
    def never(text: str) -> int:
        assert text == clear().problem  # for the request's own limit
        return 1

    assert Lengths(never, 1, 100_000)(clear(), a_problem()) is None


@given(st.text(), st.text())
def test_the_estimate_grows_with_the_text(one, other):
    assert 0 <= estimate(one) <= len(one.encode())
    assert estimate(one) <= estimate(one + "\n" + other)


def test_the_estimate_is_near_a_tokenizer_on_code():
    assert 35 <= estimate(CODE) <= 70  # Qwen2.5-Coder has 47


@pytest.fixture
def tokenizer_file(tmp_path: Path) -> Path:
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"jam": 0, "jar": 1, "?": 2}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    path = tmp_path / "tokenizer.json"
    tokenizer.save(str(path))
    return path


def test_a_tokenizer_file_or_its_folder_counts(tokenizer_file):
    for given_path in (tokenizer_file, tokenizer_file.parent):
        assert token_counter(given_path)("a jar of jam") == 4


def test_without_one_the_estimate_counts():
    assert token_counter(None) is estimate


def test_what_is_no_tokenizer_is_named(tmp_path):
    with pytest.raises(UserError, match="no tokenizer"):
        token_counter(tmp_path / "missing.json")
    bad = tmp_path / "tokenizer.json"
    bad.write_text(json.dumps({"model": "none"}))
    with pytest.raises(UserError, match=r"tokenizer\.json"):
        token_counter(bad)


@pytest.mark.model
def test_a_model_file_counts_as_its_vocabulary_does(model_path):
    count = token_counter(model_path)
    assert count("def jar_label(fruit, year):") == 8
    assert count("<|im_start|>") > 1  # plain text, not a control token
