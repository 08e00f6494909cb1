"""What reaches the model when the conversation grows: oldest turns go whole, the rest never."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.chat.attachments import Attachment
from assistant.chat.events import Answered, Asked, Coded, Requested
from assistant.chat.fit import fit, messages_of
from assistant.chat.state import Turn, fold
from models.backends.base import Message, Prompt
from models.backends.scripted import ScriptedBackend
from models.errors import ContextOverflow
from models.reply import Question
from tests.assistant.chat.conftest import MakeChat
from tests.assistant.chat.scripted_screen import ScriptedScreen

EMPTY = ScriptedBackend([]).count_tokens(Prompt(messages_of(fit(ScriptedBackend([]), "").request))) or 0


def turn(words: int, questions: int = 0) -> Turn:
    events = [Requested(text=" ".join(["w"] * words))]
    if questions:
        asked = tuple(Question(text=f"which {number}?") for number in range(questions))
        answers = [Answered(index=index, text="this") for index in range(questions)]
        events = [*events, Asked(questions=asked), *answers]  # type: ignore[list-item]
    state = fold([*events, Coded(code="x = 1\n", language="python")])
    return state.turns[0]


def backend(tokens: int) -> ScriptedBackend:
    return ScriptedBackend([], context_tokens=tokens)


def test_all_turns_stay_while_they_fit() -> None:
    turns = [turn(10), turn(10, questions=2)]
    fitted = fit(backend(10_000), "more", turns=turns)
    assert fitted.left_out == 0
    assert [message.role for message in fitted.request.history] == ["user", "assistant"] * 3


def test_the_oldest_turn_goes_whole_with_its_questions() -> None:
    turns = [turn(50, questions=3), turn(10)]
    fitted = fit(backend(EMPTY + 40), "more", turns=turns)
    assert fitted.left_out == 1
    assert fitted.request.history == turns[1].messages()


def test_a_turn_once_left_out_stays_out() -> None:
    assert fit(backend(10_000), "more", turns=[turn(1), turn(1)], left_out=1).left_out == 1


def test_room_is_kept_for_the_reply_but_a_small_request_still_goes() -> None:
    small = backend(EMPTY + 20)
    assert fit(small, "more", turns=[turn(10)], reply_tokens=0).left_out == 0
    assert fit(small, "more", turns=[turn(10)], reply_tokens=1000).left_out == 1
    assert fit(small, " ".join(["w"] * 20), reply_tokens=1000).tokens == EMPTY + 20


def test_what_cannot_fit_is_an_error_with_both_sizes_and_the_largest_part() -> None:
    with pytest.raises(ContextOverflow) as caught:
        fit(backend(EMPTY + 5), "w w w w w w", turns=[turn(3)])
    assert (caught.value.prompt_tokens, caught.value.context_tokens) == (EMPTY + 6, EMPTY + 5)
    assert caught.value.where == "the request"
    file = Attachment(Path.cwd() / "big.py", "w " * 50)
    with pytest.raises(ContextOverflow, match="prompt has") as caught:
        fit(backend(EMPTY + 5), "short", files=[file])
    assert caught.value.where == "big.py"


def test_nothing_is_left_out_where_only_the_service_counts() -> None:
    class Remote(ScriptedBackend):
        def count_tokens(self, prompt: Prompt) -> int | None:
            return None

    assert fit(Remote([], context_tokens=1), "more", turns=[turn(500)]).left_out == 0


def test_files_name_their_language_and_stand_in_the_context() -> None:
    one = Attachment(Path.cwd() / "a.py", "x = 1\n")
    two = Attachment(Path.cwd() / "b.toml", "y = 2\n")
    alone = fit(backend(10_000), "more", files=[one]).request
    assert (alone.context, alone.context_name, alone.language) == ("x = 1\n", "a.py", "python")
    both = fit(backend(10_000), "more", files=[one, two]).request
    assert both.context == "# file: a.py\nx = 1\n\n# file: b.toml\ny = 2"
    assert (both.context_name, both.language) == ("a.py, b.toml", "")


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=6),
    st.integers(0, 200),
    st.integers(0, 60),
)
def test_what_stays_is_the_longest_end_that_fits(
    shapes: list[tuple[int, int]], window: int, reply: int
) -> None:
    turns = [turn(words + 1, questions) for words, questions in shapes]
    model = backend(EMPTY + 1 + window)
    fitted = fit(model, "more", turns=turns, reply_tokens=reply)
    kept: tuple[Message, ...] = tuple(m for t in turns[fitted.left_out :] for m in t.messages())
    assert fitted.request.history == kept
    assert fitted.tokens is not None
    room = EMPTY + 1 + window - min(reply, (EMPTY + 1 + window) // 4)
    assert fitted.tokens <= room or fitted.left_out == len(turns)
    if fitted.left_out:
        one_more = tuple(m for t in turns[fitted.left_out - 1 :] for m in t.messages())
        assert sum(len(m.content.split()) for m in one_more) + EMPTY + 1 > room


def test_the_user_is_told_once_per_turn_that_goes(make_chat: MakeChat) -> None:
    code = "```python\nx = 1\n"
    screen = ScriptedScreen(["w " * 20, "w " * 20, "short", "short"])
    chat = make_chat(screen, [code] * 4, context_tokens=EMPTY + 40, max_tokens=1)
    chat.run()
    told = [note for note in screen.texts("note") if "left out" in note]
    assert len(told) == 1
    assert "oldest turn is left out" in told[0]
    assert len(chat.session.state.turns) == 4  # the record keeps what the context does not


def test_an_overflow_keeps_the_session(make_chat: MakeChat) -> None:
    screen = ScriptedScreen(["w " * 500, "short"])
    chat = make_chat(screen, ["```python\nx = 1\n"], context_tokens=EMPTY + 20, max_tokens=1)
    assert chat.run() == 0
    assert screen.texts("error") == [
        f"the request: the prompt has {EMPTY + 500} tokens and the context holds {EMPTY + 20}; "
        "shorten the request or the file, or give a larger --context"
    ]
    assert screen.texts("code") == ["x = 1\n"]
