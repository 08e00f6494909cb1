from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.benchmarks.neutral import neutral

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            'def candidate(n):\n    """candidate doubles n.\n    >>> candidate(2)\n    4\n    """\n',
            'def twice(n):\n    """twice doubles n.\n    >>> twice(2)\n    4\n    """\n',
        ),
        # Helpers stand before it, and keep their names.
        (
            "def help(n):\n    return n\n\ndef candidate(n):\n    pass\n",
            "def help(n):\n    return n\n\ndef twice(n):\n    pass\n",
        ),
        # Another name is a word of prose too: only what is called is meant.
        (
            "def path(n):\n    'The path of path(3).'",
            "def twice(n):\n    'The path of twice(3).'",
        ),
        ("def candidates(n): ...\ndef candidate(n): ...", "def candidates(n): ...\ndef twice(n): ..."),
        (
            "def twice(n):\n    'a candidate(n)'",
            "def twice(n):\n    'a candidate(n)'",
        ),
        ("Double the candidate.", "Double the candidate."),
    ],
)
def test_the_function_gets_its_name(text: str, wanted: str) -> None:
    assert neutral(text, "twice") == wanted
    assert neutral(wanted, "twice") == wanted


@given(
    st.lists(st.one_of(NAMES, st.sampled_from(["def candidate(", "\ndef candidate(x):\n", "(", " ", "\n"]))),
    NAMES,
)
def test_it_is_idempotent_and_leaves_no_stand_in_behind(parts: list[str], entry_point: str) -> None:
    text = "".join(parts)
    once = neutral(text, entry_point)
    assert neutral(once, entry_point) == once
    defined = re.findall(r"^def[ \t]+([^\W\d]\w*)[ \t]*\(", text, re.MULTILINE)
    if defined and defined[-1] == "candidate" != entry_point:
        assert not re.search(r"(?<!\w)candidate(?!\w)", once)


@given(st.text())
def test_other_text_is_left_alone(text: str) -> None:
    if "def" not in text:
        assert neutral(text, "twice") == text
