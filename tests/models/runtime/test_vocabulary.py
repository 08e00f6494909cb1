from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.chat_template import Fragment
from models.runtime.library import library
from models.runtime.model import Model
from models.runtime.owner import AbortFlag
from models.runtime.vocabulary import Vocabulary
from tests.stubs.tiny_gguf import BYTES, CONTROLS


@pytest.fixture(scope="module")
def vocabulary(tiny_model: Path) -> Vocabulary:
    return Model(library(), tiny_model, "tiny", AbortFlag()).vocabulary


_TEXTS = st.lists(st.one_of(st.sampled_from(CONTROLS), st.text(max_size=10)), max_size=5).map("".join)


@settings(deadline=None)
@given(_TEXTS)
def test_text_comes_back_whole_and_never_controls(vocabulary: Vocabulary, text: str) -> None:
    tokens = vocabulary.encode(text)
    assert b"".join(map(vocabulary.piece, tokens)).decode() == text
    assert not any(map(vocabulary.is_control, tokens))
    assert vocabulary.encode_continuation(text) == tokens


def test_control_fragments_are_single_tokens(vocabulary: Vocabulary) -> None:
    start, end = CONTROLS[1], CONTROLS[2]
    tokens = vocabulary.encode_fragments([
        Fragment(start, control=True),
        Fragment(f"a{end}"),
        Fragment(end, control=True),
    ])
    assert tokens == [BYTES + 1, *f"a{end}".encode(), BYTES + 2]
    assert vocabulary.piece(BYTES + 2) == b""
    assert [vocabulary.ends_reply(token) for token in (97, BYTES + 1, BYTES + 2)] == [False, False, True]


def test_controls_by_name(vocabulary: Vocabulary) -> None:
    assert dict(vocabulary.controls) == {name: BYTES + index for index, name in enumerate(CONTROLS)}
    assert (vocabulary.bos, vocabulary.eos) == (CONTROLS[0], CONTROLS[2])


def test_a_lone_surrogate_is_no_crash(vocabulary: Vocabulary) -> None:
    assert vocabulary.encode("a\udc80") == [97, ord("?")]
