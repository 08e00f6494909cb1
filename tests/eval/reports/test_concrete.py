import pytest

from eval.reports.concrete import names_a_point
from eval.schema import Response
from models.reply import Question

REQUEST = (
    "def pick(words, limit):\n    '''Return the words longer than the limit, or the first 10, sorted.'''"
)


def _asks(reply: str, *questions: str) -> Response:
    put = tuple(Question(text=text) for text in questions)
    return Response(name="Own/1", category="1a", reply=reply, questions=put)


@pytest.mark.parametrize(
    "question",
    [
        "Sorted by what?",
        "Is the limit itself allowed?",
        "Why the first 10?",
        "What should happen when no word is long enough?",
        "Which order does the sorting have?",
    ],
)
def test_a_word_of_the_request_is_a_point(question: str) -> None:
    assert names_a_point(_asks(question), REQUEST)


@pytest.mark.parametrize(
    "question",
    [
        "Could you please provide the complete problem description?",
        "What exactly should the function return?",
        "Please clarify the requirements and give more details and examples.",
        "Can you explain the expected inputs and outputs?",
        "What should `pick` return?",
        "",
    ],
)
def test_general_words_are_none(question: str) -> None:
    assert not names_a_point(_asks(question), REQUEST)


def test_a_list_without_questions_taken_from_it_is_read_without_its_numbers() -> None:
    general = "10. What should it do?\n11) Please give the complete problem."
    assert not names_a_point(_asks(general), REQUEST)
    assert names_a_point(_asks(f"{general}\n12. Why sorted?"), REQUEST)


def test_code_in_the_reply_and_text_around_the_questions_do_not_count() -> None:
    assert not names_a_point(_asks("What should it do?\n```python\nsorted(words)[:limit]\n```"), REQUEST)
    assert not names_a_point(_asks("The words, sorted.\n1. What do you want?", "What do you want?"), REQUEST)
