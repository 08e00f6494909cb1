"""Texts that take something for granted make no problem for a stranger; plain ones do."""

import pytest

from synth.requests.sufficiency import fewest_examples, lacks
from synth.requests.unsaid import unsaid
from synth.schema import Problem
from tests.synth.modifications.made import made

PLAIN = "Return the words of a that are longer than the given limit, in their order."
LIMITED = "def f(a, limit):\n    return [w for w in a if len(w) > limit]\n"


def _of_functions(one: Problem) -> Problem:
    return one.model_copy(update={"source": "functions:made"})


@pytest.mark.parametrize(
    "one",
    [
        made(PLAIN, LIMITED, signature="def f(a, limit):"),
        made("Say whether a is `None`, `0` `1`, e.g. after ``x = f()``."),
        made("Roman numerals: I, V, X.", "def f(a):\n    return {'I': 1, 'V': 5, 'X': 10}[a]\n"),
        made("Join them by dashes.", "def f(a):\n    return a.replace(' ', '-')\n"),
        made("Encode a.", "def f(a):\n    return a.encode('utf-8', 'ignore')\n"),
        made("Take the root.", "def f(a):\n    if a < 0:\n        raise ValueError('surprising message')\n"),
        made(
            "Pad it. Defaults to '-'.",
            "def f(a, pad='-'):\n    return pad + a\n",
            signature="def f(a, pad='-'):",
        ),
    ],
    ids=lambda one: one.description,
)
def test_a_plain_text_takes_nothing_for_granted(one: Problem) -> None:
    assert unsaid(one, one.description) is None


@pytest.mark.parametrize(
    ("one", "what"),
    [
        (made("Parse a [see there."), "open"),
        (made("Return a with ` ` for the ends of lines."), "lost"),
        (made("Return a copy of a such that."), "breaks off"),
        (made("Gives both parts. rest : list The second."), "code"),
        (made("Output: A number.", calls={"f('1 2')": "[1, 2]"}), "number"),
        (made("Add what is missing.", "def f(a):\n    return 'x' + a\n"), "'x'"),
        (_of_functions(made("The next day, 0 = Monday.", calls={"f(64)": "2"})), "mean nothing"),
        (made("Look at the .agg of a."), ".agg"),
        (made("Note that the header is a tuple."), "beside the point"),
        (made("Returns \\alpha{} of a."), "LaTeX"),
        (made("Gives the part. def timeit(a): pass."), "code"),
        (
            made("Returns a ValidationError.", "class ValidationError(Exception):\n    pass\n"),
            "ValidationError",
        ),
        (made("Updates the global counter by a."), "global"),
        (made("The policy should be clear from the implementation."), "implementation"),
        (made("Cut a at `word_sep`."), "word_sep"),
        (made("Cut a at each blank.", signature="def f(a, mapping=None):"), "mapping"),
        (made("Indent a. Defaults to ' '.", signature="def f(a, prefix='    '):"), "default"),
        (made("Give its spelling.", "def f(a):\n    return {'M': 'em', 'N': 'en', 'S': 'es'}[a]\n"), "table"),
        (made("Normalise a.", "def f(a):\n    return a.replace('ħ', 'h')\n"), "ħ"),
        (made("The SQL for a.", "def f(a):\n    return f'CONVERT({a})'\n"), "CONVERT"),
        (made("Mark the blanks of a.", "def f(a):\n    return a.replace(' ', '#')\n"), "#"),
        (_of_functions(made("The parts of a directive.", "import re\nR = re.compile(r'::(.+)')\n")), "::"),
        (
            _of_functions(made("Generate lines from file-like objects.", calls={"f(['a'])": "['a']"})),
            "object",
        ),
        (_of_functions(made("Search in a sorted list.", calls={"f([2, 1])": "1"})), "sorted"),
    ],
    ids=lambda value: value.description if isinstance(value, Problem) else "",
)
def test_what_is_taken_for_granted_is_named(one: Problem, what: str) -> None:
    assert what in (unsaid(one, one.description) or "")


def test_such_a_text_is_not_enough() -> None:
    assert lacks(made(PLAIN, LIMITED, signature="def f(a, limit):")) is None
    assert lacks(made(f"{PLAIN} See the cursor.", LIMITED, signature="def f(a, limit):")) is not None


def test_a_text_written_without_examples_shows_some_unless_it_is_long() -> None:
    calls = {"f([1], 2)": "[]", "f([3], 2)": "[3]", "f([], 2)": "[]"}
    one = made(PLAIN, LIMITED, signature="def f(a, limit):", calls=calls)
    assert fewest_examples(one) == 0
    assert fewest_examples(_of_functions(one)) == 2
    assert fewest_examples(_of_functions(one.model_copy(update={"description": PLAIN * 3}))) == 0
    bare = one.model_copy(update={"description": "This one generates oriented forests of a certain limit."})
    assert fewest_examples(bare) == 2
