"""Replies are taken apart strictly, each refusal with its reason, and no reply crashes the parser."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.backends.base import Completion, Usage
from models.reply import Question, render_questions
from synth.gate.reason import Kind, Reason
from synth.modifications.llm.replies import read_questions, read_request

ORIGINAL = "Return the sum of the even numbers.\n"


def _reply(text: str, finish: str = "stop") -> Completion:
    assert finish in {"stop", "length"}
    return Completion(text, "stop" if finish == "stop" else "length", Usage())


@pytest.mark.parametrize(
    ("text", "finish", "kind"),
    [
        ("<request>\nReturn the sum.\n", "length", "truncated"),
        ("<request>\nReturn the sum.\n", "stop", "truncated"),
        ("I cannot do that.", "stop", "form"),
        ("Return the sum.\n</request>", "stop", "form"),
        ("<request>a</request> or <request>b</request>", "stop", "form"),
        ("</request>a<request>", "stop", "form"),
        ("<request>\nReturn the sum.\n</request>\nI hope that helps.", "stop", "form"),
        ("<request>\n\n</request>", "stop", "empty"),
        ("<request>\n```\n\n```\n</request>", "stop", "empty"),
        ("<request>\nReturn the sum\n  of the even numbers!\n</request>", "stop", "unchanged"),
    ],
)
def test_a_reply_that_modifies_nothing_is_refused(text: str, finish: str, kind: str) -> None:
    refused = read_request(_reply(text, finish), ORIGINAL)
    assert isinstance(refused, Reason)
    assert refused.kind == kind
    assert refused.detail


def test_the_modified_text_is_what_stands_between_the_tags() -> None:
    text = "Step 1: it says even.\n<request>\n  Return the sum\n\nof the numbers.\n</request>\n"
    assert read_request(_reply(text), ORIGINAL) == "  Return the sum\n\nof the numbers.\n"


def test_a_fence_around_all_of_it_is_no_part_of_it() -> None:
    text = "<request>\n```python\ndef f(): ...\n```\n</request>"
    assert read_request(_reply(text), ORIGINAL) == "def f(): ...\n"
    assert read_request(_reply(text), "```python\ndef g(): ...\n```\n") == "```python\ndef f(): ...\n```\n"


@pytest.mark.parametrize(
    ("text", "finish", "kind"),
    [
        ("<questions>\n1. Which?\n</questions>", "length", "truncated"),
        ("1. Which numbers?", "stop", "form"),
        ("<questions>\n</questions>", "stop", "no question"),
        ("<questions>\nWhich numbers?\n</questions>", "stop", "no question"),
        ("<questions>\n1. Tell me which numbers.\n</questions>", "stop", "no question"),
        ("<questions>\n1. Which numbers?\n2. Say more.\n</questions>", "stop", "no question"),
        ("<questions>\n```python\n1\n```\n</questions>", "stop", "form"),
    ],
)
def test_a_reply_that_asks_nothing_is_refused(text: str, finish: str, kind: str) -> None:
    refused = read_questions(_reply(text, finish))
    assert isinstance(refused, Reason)
    assert refused.kind == kind


_words = st.text("abc ?`", min_size=1).map(str.strip).filter(bool).map(lambda text: f"{text}?")


@given(st.lists(_words.filter(lambda text: "``" not in text), min_size=1, max_size=4))
def test_rendered_questions_are_read_back(texts: list[str]) -> None:
    questions = tuple(Question(text=" ".join(text.split())) for text in texts)
    text = f"Thinking.\n<questions>\n{render_questions(questions)}\n</questions>"
    assert read_questions(_reply(text)) == questions


@given(
    st.lists(st.sampled_from(["<request>", "</request>", "<questions>", "</questions>", "1. a?", "\n", "x"]))
)
def test_any_reply_is_read_or_refused(parts: list[str]) -> None:
    for read in (read_request(_reply("".join(parts)), ORIGINAL), read_questions(_reply("".join(parts)))):
        if isinstance(read, Reason):
            assert read.kind in get_args(Kind)
        else:
            assert read
