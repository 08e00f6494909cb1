from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.runtime.streaming import ReplyText

_STOPS = st.lists(st.text("ab`\n", min_size=1, max_size=4), max_size=3)


def _pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    borders = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in zip(borders, borders[1:], strict=False)]


@given(text=st.text("ab`\nä🐍", max_size=30), stops=_STOPS, cuts=st.lists(st.integers(0, 200), max_size=20))
def test_what_is_shown_is_the_text_before_the_first_stop(
    text: str, stops: list[str], cuts: list[int]
) -> None:
    shown: list[str] = []
    reply = ReplyText(stops, shown.append)
    for piece in _pieces(text.encode(), cuts):
        if reply.add(piece):
            break
    reply.close()
    ends = [at for stop in stops if (at := text.find(stop)) >= 0]
    # With several stops, the one found first in the stream can begin after another that is still incomplete.
    assert reply.text == "".join(shown)
    assert reply.text == text[: len(reply.text)]
    assert reply.stopped == bool(ends)
    if not ends:
        assert reply.text == text
    elif len(stops) == 1:
        assert reply.text == text[: min(ends)]
    assert not any(stop in reply.text for stop in stops)
    assert "\ufffd" not in reply.text


def test_a_stop_text_across_pieces_is_never_shown_in_part() -> None:
    shown: list[str] = []
    reply = ReplyText(["\n```"], shown.append)
    steps = []
    for piece in ("x = 1\n", "``", "y\n", "`", "``", "never"):
        reply.add(piece.encode())
        steps.append("".join(shown))
    assert steps == ["x = 1", "x = 1", "x = 1\n``y", "x = 1\n``y", "x = 1\n``y", "x = 1\n``y"]
    assert reply.stopped
    assert reply.text == "x = 1\n``y"


def test_a_character_of_several_tokens_is_shown_whole() -> None:
    shown: list[str] = []
    reply = ReplyText((), shown.append)
    for byte in "é🐍".encode():
        reply.add(bytes([byte]))
    assert shown == ["é", "🐍"]


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    reply = ReplyText()
    reply.add(b"a\xff\xf0\x9f")
    assert reply.text == "a\ufffd"  # the rest may still become a character
    reply.close()
    assert reply.text == "a\ufffd\ufffd"


def test_an_interrupted_reply_has_what_was_held_back() -> None:
    reply = ReplyText(["END"])
    reply.add(b"so EN")
    assert reply.text == "so EN"
    assert reply.tokens == 1
