from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.backends.scripted import ScriptedBackend
from synth.schema import Problem
from synth.sources.base import SourceOptions, open_source
from synth.sources.inputs.kinds import Parameter, of_annotation, of_name, of_text
from synth.sources.inputs.model import calls_in
from synth.sources.inputs.propose import calls
from synth.sources.inputs.values import values_of

MODULE = '''
    import os
    import random

    def vowels(text: str) -> int:
        """Count the vowels in the text, capital letters included."""
        return sum(letter in "aeiouAEIOU" for letter in text)

    def runs(items):
        """Group equal neighbours of the items, and yield each group as a list."""
        group = []
        for item in items:
            if group and item != group[-1]:
                yield group
                group = []
            group.append(item)
        if group:
            yield group

    def without(text: str, prefix: str) -> str:
        """Take the prefix off the text, when the text starts with this prefix."""
        return text[len(prefix):] if text.startswith(prefix) else text

    def half(number: float) -> float:
        """Divide the number by two; a negative number is an error.

        :raises ValueError: if the number is negative
        """
        if number < 0:
            raise ValueError
        return number / 2

    def shown(text: str) -> str:
        """Write the text in capital letters, with its example.

        >>> shown('a')
        'A'
        """
        return text.upper()

    def size(path: str) -> int:
        """Give the size of the file that stands at this path."""
        return os.stat(path).st_size

    def sneaky(path: str) -> bool:
        """Tell whether there is a file that stands at this path."""
        return os.path.isfile(path)

    def chosen(items: list) -> int:
        """Give one of the items of the list, whichever it is."""
        return random.choice(items)

    def first_of_set(words: list[str]) -> list[str]:
        """Give the words of the list in no particular order at all."""
        return list(set(words))

    def emptied(items: list) -> int:
        """Empty the list of items, and say how many there were in it."""
        count = len(items)
        items.clear()
        return count

    def always(items: list) -> bool:
        """Say whether the list of items is a list or something else."""
        return True

    def unchanged(text: str) -> str:
        """Give back the text that it has been given, as it stands."""
        return text

    def terse(x: int) -> int:
        """Do it."""
        return x + 1

    def special(thing: int) -> int:
        """Accept nothing but one thing that nobody would ever guess."""
        if thing != "the one thing":
            raise ValueError
        return 1

    def table(word: str) -> str:
        """Translate the word into the language of the elves there."""
        return {
            "one": "min", "two": "tad", "three": "neled", "four": "canad", "five": "leben", "six": "eneg",
            "seven": "odog", "eight": "toloth", "nine": "neder", "ten": "caer",
        }.get(word, "?")
'''


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Problem], dict[str, str]]:
    import textwrap

    root = tmp_path_factory.mktemp("code")
    (root / "tools.py").write_text(textwrap.dedent(MODULE), encoding="utf-8")
    reader = open_source(f"functions:{root / 'tools.py'}", SourceOptions(work=root / "work"))
    problems = {one.name: one for one in reader.problems()}
    return problems, {one.id.rpartition(":")[2]: one.reason for one in reader.skipped}


Found = tuple[dict[str, Problem], dict[str, str]]


def test_what_becomes_a_problem_and_what_does_not(found: Found) -> None:
    problems, skipped = found
    assert list(problems) == ["vowels", "runs", "without", "half"]
    assert skipped == {
        "shown": "has examples",
        "size": "not pure",
        "sneaky": "not pure",
        "chosen": "not pure",
        "first_of_set": "not deterministic",
        "emptied": "not pure",
        "always": "uninformative",
        "unchanged": "uninformative",
        "terse": "no description",
        "special": "no inputs",
        "table": "too little said",
    }


def test_every_example_holds_and_they_differ(found: Found) -> None:
    for problem in found[0].values():
        scope: dict[str, object] = {}
        exec(problem.solution, scope)  # our own text
        assert 2 <= len(problem.examples) <= 4
        assert len({one.result for one in problem.examples}) >= 2
        for call, result in [(one.call, one.result) for one in problem.examples] + [
            (one.expression, one.expected) for one in problem.tests if one.raises is None
        ]:
            assert eval(call, scope) == ast.literal_eval(result)


def test_an_iterator_is_shown_as_a_list(found: Found) -> None:
    assert all(one.call.startswith("list(runs(") for one in found[0]["runs"].examples)


def test_what_is_looked_for_is_there_now_and_then(found: Found) -> None:
    shown = found[0]["without"]
    calls = [(one.call, one.result) for one in shown.examples] + [
        (one.expression, one.expected) for one in shown.tests
    ]
    assert any(not call.startswith(f"without({result}, ") for call, result in calls)


def test_documented_errors_are_tests(found: Found) -> None:
    assert {one.raises for one in found[0]["half"].tests} == {None, "ValueError"}


def test_a_model_can_propose_inputs(write: Callable[..., Path], options: SourceOptions) -> None:
    root = write("mine", {"tools.py": MODULE})
    reply = "1. vowels('queue')\nHere: no call\nvowels(open('x'))\nother(1)\n`vowels('sky')`\n>>> vowels(x)\n"
    backend = ScriptedBackend([reply] * 40)
    reader = open_source(f"functions:{root / 'tools.py'}", replace(options, backend=backend))
    vowels = next(one for one in reader.problems() if one.name == "vowels")
    assert vowels.examples[0].call == "vowels('queue')"
    assert "Count the vowels" in backend.prompts[0].messages[0].content


@settings(deadline=None)
@given(st.text())
def test_no_reply_breaks_the_reader(text: str) -> None:
    for call in calls_in(text, "f"):
        tree = ast.parse(call, mode="eval").body
        assert isinstance(tree, ast.Call)


@pytest.mark.parametrize(
    ("annotation", "first"),
    [
        ("int", "int"),
        ("Optional[str]", "text"),
        ("t.List[int]", "list[int]"),
        ("Sequence[Sequence[float]]", "list[list[float]]"),
        ("dict[str, int]", "dict[int]"),
        ("tuple[int, int]", "pair[int]"),
        ("tuple[str, ...]", "tuple[text]"),
        ("Literal['a', 'b']", "literal:'a'"),
        ("Callable[[int], bool]", "function"),
        ("str | None", "text"),
        ("'int'", "int"),
    ],
)
def test_annotations_name_kinds_that_have_values(annotation: str, first: str) -> None:
    kinds = of_annotation(ast.parse(annotation, mode="eval").body)
    assert kinds[0] == first
    for kind in kinds:
        assert kind.startswith("literal:") or values_of(kind)


@pytest.mark.parametrize("text", ["Any", "Box", "pd.DataFrame", "box[3]", ""])
def test_other_types_tell_nothing(text: str) -> None:
    assert of_text(text) == ()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("year", "year"),
        ("words", "list[text]"),
        ("is_open", "bool"),
        ("input_string", "text"),
        ("n", "count"),
    ],
)
def test_names_suggest_kinds(name: str, kind: str) -> None:
    assert of_name(name)[0] == kind


simple = st.sampled_from([
    "int",
    "text",
    "list[int]",
    "dict[text]",
    "bool",
    "set[int]",
    "pair[float]",
    "matrix",
])


@settings(deadline=None)
@given(st.lists(simple, min_size=1, max_size=4), st.text(max_size=5))
def test_proposed_calls_are_expressions_and_the_seed_decides(kinds: list[str], seed: str) -> None:
    parameters = [
        Parameter(f"p{place}", (kind,), sure=True, required=True, style="position")
        for place, kind in enumerate(kinds)
    ]
    proposed = calls("f", parameters, tuple(kinds), ["'x'", "4"], seed)
    assert proposed == calls("f", parameters, tuple(kinds), ["'x'", "4"], seed)
    assert len(set(proposed)) == len(proposed) >= 2
    for call in proposed:
        tree = ast.parse(call, mode="eval").body
        assert isinstance(tree, ast.Call)
        assert len(tree.args) == len(kinds)
        for argument in tree.args:
            ast.literal_eval(argument)


def test_all_values_of_all_kinds_are_expressions() -> None:
    from synth.sources.inputs import values

    for kind in [*values._PLAIN, *(f"list[{inner}]" for inner in values._PLAIN)]:
        assert values_of(kind)
        for text in values_of(kind):
            ast.parse(text, mode="eval")
