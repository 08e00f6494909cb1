"""What becomes of a reply that comes in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.backends.base import Usage
from models.backends.streamed import StreamedReply

texts = st.text(alphabet="ab <>/think\n`1.", max_size=40)


def receive(text: str, cuts: list[int], stop: tuple[str, ...] = ()) -> tuple[str, str]:
    """The reply's text, and what was passed on, for a text that comes cut at these places."""
    shown: list[str] = []
    reply = StreamedReply(shown.append, stop)
    ends = [*sorted(cut for cut in cuts if cut < len(text)), len(text)]
    start = 0
    for end in ends:
        if not reply.add(text[start:end]):
            break
        start = end
    reply.end()
    return reply.text, "".join(shown)


cuts = st.lists(st.integers(0, 40), max_size=20)


@given(texts, cuts)
def test_however_it_is_cut_the_text_is_the_same(text: str, cuts: list[int]) -> None:
    got, shown = receive(text, cuts)
    assert got == shown == receive(text, [])[0]
    if not text.lstrip().startswith("<think>"):
        assert got == text


@given(texts, texts, cuts)
def test_a_thought_at_the_start_is_left_out(thought: str, text: str, cuts: list[int]) -> None:
    thought = thought.replace("</think>", "")
    got, shown = receive(f"\n<think>{thought}</think>\n\n{text}", cuts)
    assert got == shown == text.lstrip()


def test_a_thought_that_does_not_end_leaves_nothing() -> None:
    assert receive("<think>and then", [3]) == ("", "")


def test_one_that_does_not_begin_the_reply_is_text() -> None:
    assert receive("a <think>b</think>", [4])[0] == "a <think>b</think>"


@given(texts, cuts, st.lists(st.text(alphabet="ab`\n", min_size=1, max_size=4), max_size=3))
def test_the_first_stop_text_ends_it(text: str, cuts: list[int], stops: list[str]) -> None:
    text = text.replace("<", "")
    got, shown = receive(text, cuts, tuple(stops))
    assert got == shown
    assert text.startswith(got)
    assert not any(stop in got for stop in stops)
    ends = [text.find(stop) for stop in stops if stop in text]
    if not ends:
        assert got == text
    elif all(len(stop) == 1 for stop in stops):
        assert len(got) == min(ends)


def test_usage_is_the_services_own_and_counts_pieces_without_it() -> None:
    reply = StreamedReply()
    reply.tick()
    reply.add("ab")
    reply.end()
    assert reply.completion("stop").usage.generated_tokens == 2
    reply.usage = Usage(prompt_tokens=5, cached_tokens=1, generated_tokens=9)
    usage = reply.completion("stop").usage
    assert (usage.prompt_tokens, usage.cached_tokens, usage.generated_tokens) == (5, 1, 9)
    assert usage.prefill_seconds >= 0
    assert usage.decode_seconds >= 0


def test_beginning_again_forgets_everything() -> None:
    reply = StreamedReply()
    reply.add("<think>")
    reply.usage = Usage(prompt_tokens=1)
    reply.begin()
    reply.add("text")
    reply.end()
    assert reply.text == "text"
    assert reply.usage is None


@pytest.mark.parametrize(("on_text", "shown"), [(None, False), (lambda _part: None, True)])
def test_only_text_that_was_passed_on_is_shown(on_text: object, shown: bool) -> None:
    reply = StreamedReply(on_text)  # type: ignore[arg-type]
    assert not reply.shown
    reply.add("text")
    assert reply.shown is shown
