"""The reply protocol: rendering and parsing are inverses, and no text breaks the parser."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.reply import (
    FENCE_OPENER,
    INSTRUCTION,
    LIST_OPENER,
    Answer,
    CodeBlock,
    Prose,
    Question,
    QuestionList,
    first_round,
    parse,
    render_answers,
    render_code,
    render_questions,
    render_request,
    second_round,
)

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)
markup = st.text(alphabet="`~123.) -*_>#\\[]()<a b\n\t\r\x0c\u2028", max_size=80)


def one_line(text: str) -> str:
    return " ".join(text.replace("**", "").split())


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60).map(one_line).filter(bool)
questions = st.lists(
    st.builds(Question, text=words, options=st.lists(words, max_size=3).map(tuple)), min_size=1, max_size=12
)


@given(questions)
@example([Question(text="```")])
@example([Question(text="~~~ or ```", options=("```python", "~~~"))])
@example([Question(text="> ```"), Question(text="- - ```")])
@example([Question(text="x**2 or y**2, `__len__` or __init__, f(*args, **kwargs) or g(**kw)?")])
@example([Question(text="1. Which?", options=("1. this", "a) that"))])
def test_questions_come_back_as_they_were(asked: list[Question]) -> None:
    assert parse(render_questions(tuple(asked))) == QuestionList(tuple(asked))


lines = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=200)


@given(
    lines | markup.map(lambda text: text.replace("\r", "")), st.sampled_from(["python", "", "c++", "text"])
)
@example("x = 1\x0cy = 2", "python")
@example("```\nx\n```\n", "markdown")
@example("a\u2028b\n", "python")
@example("\n\n", "")
def test_code_comes_back_as_it_was_with_a_newline_at_its_end(code: str, language: str) -> None:
    block = parse(render_code(code, language))
    assert block == CodeBlock(code if code.endswith("\n") or not code else f"{code}\n", language, closed=True)


@given(any_text | markup)
@example("1. ** **")
@example("1. Which?\n   - ** **")
@example("1. caf\udce9?")
@example("```\ud800")
def test_no_text_breaks_the_parser(text: str) -> None:
    reply = parse(text)
    match reply:
        case QuestionList(found):
            assert found
            assert "**" in text or parse(render_questions(found)) == reply
        case CodeBlock(code):
            assert code.endswith("\n") or not code
        case Prose(prose):
            assert prose == text


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("```python\nx = 1\n```", CodeBlock("x = 1\n", "python")),
        ("Sure:\n\n```Python title=x\nx = 1\n```\nDone.", CodeBlock("x = 1\n", "python")),
        ("1. Which?\n\n```\nx\n```", CodeBlock("x\n", "")),
        ("```python\nx = 1", CodeBlock("x = 1\n", "python", closed=False)),
        ("```python\nx = 1\n", CodeBlock("x = 1\n", "python", closed=False)),
        ("````python\nx = 1\n```", CodeBlock("x = 1\n```\n", "python", closed=False)),
        ("```", CodeBlock("", "", closed=False)),
        ("```\n```", CodeBlock("", "", closed=True)),
        ("~~~\nx\n~~~", CodeBlock("x\n", "")),
        ("> ```\n> x\n> ```", CodeBlock("x\n", "")),
        ("```python\nx\x0cy\n\u2028\n```\nafter", CodeBlock("x\x0cy\n\u2028\n", "python", closed=True)),
        ("```python\nx = '\x0c'\n", CodeBlock("x = '\x0c'\n", "python", closed=False)),
        ("```a\nfirst\n```\n```b\nsecond\n```", CodeBlock("first\n", "a")),
    ],
)
def test_the_first_code_block_is_found_and_whether_it_was_closed(text: str, block: CodeBlock) -> None:
    assert parse(text) == block


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1. Which order?", [("Which order?", ())]),
        ("1) **Order**: which?\n2) **Case?**", [("Order: which?", ()), ("Case?", ())]),
        ("1. **Is `x**2` or `**kw` meant?**", [("Is `x**2` or `**kw` meant?", ())]),
        ("1. Which?\n   - up\n   - down\n2. Case?", [("Which?", ("up", "down")), ("Case?", ())]),
        ("1. Which?\n   a) up\n   (b) down", [("Which?", ("up", "down"))]),
        ("1. Which order\n   do you want?", [("Which order do you want?", ())]),
        ("Before I start:\n1. Which?\nThanks!", [("Which?", ())]),
    ],
)
def test_a_list_is_read_as_people_write_it(text: str, found: list[tuple[str, tuple[str, ...]]]) -> None:
    assert parse(text) == QuestionList(tuple(Question(text=q, options=o) for q, o in found))


@pytest.mark.parametrize(
    "text", ["", "Sure, I can help.", "1.5 is the ratio", "- a bullet", "2001 was a year"]
)
def test_anything_else_is_prose(text: str) -> None:
    assert parse(text) == Prose(text)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text", ["[" * 20_000, "**" * 20_000, "> " * 20_000, "1. ** " * 10_000, "`" * 20_001 + "a"]
)
def test_a_model_that_repeats_itself_does_not_stop_the_parser(text: str) -> None:
    parse(text)


@given(questions)
def test_a_list_begins_with_the_list_opener_and_code_with_the_fence_opener(asked: list[Question]) -> None:
    assert render_questions(tuple(asked)).startswith(LIST_OPENER)
    assert render_code("x").startswith(FENCE_OPENER)


def test_a_request_stands_alone_or_below_what_is_there() -> None:
    assert render_request("\ndef f():\n    ...\n") == "def f():\n    ..."
    assert render_request("def f(): ...", " \n") == "def f(): ..."
    assert render_request("def f(): ...", "import re\n", "a.py") == (
        "Already there in a.py:\n```python\nimport re\n```\n\ndef f(): ..."
    )


def test_the_second_round_repeats_the_first_with_the_questions_and_the_answers() -> None:
    answers = (
        Answer(question=Question(text="Which order?"), text="descending"),
        Answer(question=Question(text="Ignore case?")),
    )
    messages = second_round("sort", answers)
    assert messages[:2] == first_round("sort")
    assert [message.role for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[0].content == INSTRUCTION
    assert parse(messages[2].content) == QuestionList(tuple(answer.question for answer in answers))
    assert (
        "1. Which order?\n   Answer: descending\n2. Ignore case?\n   Answer: (left to you"
        in messages[3].content
    )
    assert messages[3].content == render_answers(answers)
