"""Drafts that do different things on the same inputs."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.decision.drafts.running import clusters, disagreement
from assistant.decision.drafts.writing import Drafting
from assistant.decision.effort import Plan
from assistant.decision.evidence.drafts import Drafts
from assistant.decision.evidence.examples import Examples
from assistant.decision.outcome import Finding
from assistant.decision.request import Request
from models.backends.base import Message, Prompt
from models.backends.scripted import ScriptedBackend
from models.sandbox.runner import open_sandbox

STUB = '''def late(days):
    """Whether it is late after a week.

    >>> late(8)
    True
    """
'''
PROMPT = Prompt((Message("user", "late"),))
OVER = "```python\ndef late(days):\n    return days > 7\n"
FROM = "```python\ndef late(days):\n    return days >= 7\n"
BROKEN = "```python\nthis is no Python\n"
LACKING = "```python\ndef late(days):\n    return days > WEEK\n"


def _look(text: str, replies: list[str], proposal: str = "") -> Finding | None:
    drafting = Drafting(Plan((), len(replies)), open_sandbox)
    backend = ScriptedBackend([*replies, proposal])
    return Drafts(drafting).look(Request(text, language="python"), PROMPT, backend)


def test_drafts_that_split_on_a_variation_of_an_example_disagree() -> None:
    found = _look(STUB, [OVER, FROM, OVER])
    assert found is not None
    assert found.value == pytest.approx(1 / 3)
    assert found.reason == "3 drafts do 2 different things: for late(7), 2 give False, 1 give True"


def test_drafts_that_do_the_same_agree() -> None:
    found = _look(STUB, [OVER, OVER.replace("days", "n")])
    assert found is not None
    assert found.value == 0.0
    assert found.reason.startswith("2 drafts do the same on ")


def test_where_the_request_shows_none_the_models_own_calls_are_run() -> None:
    bare = "def late(days):\n    ...\n"
    found = _look(bare, [OVER, FROM], "1. late(7)\n2. late(days)\n")
    assert found is not None
    assert found.value == pytest.approx(1 / 2)
    assert _look(bare, [OVER, FROM], "no call at all") is None


@pytest.mark.parametrize("replies", [[OVER], [OVER, BROKEN], [OVER, LACKING]])
def test_one_draft_alone_cannot_disagree(replies: list[str]) -> None:
    assert _look(STUB, replies) is None


def test_both_pieces_of_evidence_share_one_set_of_drafts() -> None:
    drafting = Drafting(Plan((), 2), open_sandbox)
    backend = ScriptedBackend([OVER, FROM, "late(1)\n"])
    request = Request(STUB, language="python")
    assert Examples(drafting).look(request, PROMPT, backend) is not None
    assert len(backend.prompts) == 2
    assert Drafts(drafting).look(request, PROMPT, backend) is not None
    assert len(backend.prompts) == 3  # the third asks for calls


@given(st.lists(st.sampled_from("abc"), max_size=8), st.integers(0, 99))
def test_the_order_of_drafts_does_not_matter(did: list[str], seed: int) -> None:
    def value(of: list[str]) -> float | None:
        return disagreement([len(group) for group in clusters([(one,) for one in of])])

    assert value(random.Random(seed).sample(did, len(did))) == value(did)
    assert (value(did) is None) == (len(did) < 2)
    assert value(did) is None or (value(did) == 0.0) == (len(set(did)) == 1)
