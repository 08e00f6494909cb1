from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from models.sandbox.cases import Case as Judged
from models.sandbox.cases import Raises, Returns
from models.sandbox.judge import Judge
from models.sandbox.runner import open_sandbox
from synth.schema import Case, Example, Problem
from synth.sources.base import SourceOptions, open_source

MODULE = '''
    """Not a function."""
    from operator import itemgetter
    import random

    SIZE = 2

    def pairs(items, size=SIZE):
        """Split the items into groups of the given size, the last one shorter.

        >>> list(pairs([1, 2, 3]))
        [[1, 2], [3]]
        >>> list(pairs('ab', size=1))
        [['a'], ['b']]
        """
        items = list(items)
        for start in range(0, len(items), size):
            yield items[start : start + size]

    def by_second(rows):
        """Sort the rows by their second field.

        >>> by_second([(1, 'b'), (2, 'a')])
        [(2, 'a'), (1, 'b')]
        >>> list(map(itemgetter(0), by_second([(1, 'b')])))
        [1]
        >>> by_second([1])
        Traceback (most recent call last):
            ...
        TypeError: 'int' object is not subscriptable
        """
        return sorted(rows, key=itemgetter(1))

    def order(rows):
        """Sort the rows by their second field, under another name.

        >>> order([(1, 'b'), (2, 'a')])
        [(2, 'a'), (1, 'b')]
        """
        return by_second(rows)

    def wrong(x):
        """Add one to the number, or so it is said.

        >>> wrong(1)
        3
        """
        return x + 1

    def chance(x):
        """Give one of the numbers below the one given.

        >>> chance(1000000) < 1000000
        True
        >>> chance(1)
        0
        """
        return random.randrange(x)

    def opaque(x):
        """Give an object that has no literal form.

        >>> opaque(1)
        <object ...>
        """
        return object()

    def silent(x):
        """Do nothing that anybody can see here."""

    def undocumented(x):
        return x

    def _private(x):
        """Add one to the number.

        >>> _private(1)
        2
        """
        return x + 1
'''


def source(root: Path, options: SourceOptions) -> tuple[list[Problem], dict[str, str]]:
    reader = open_source(f"doctest:{root}", options)
    found = list(reader.problems())
    return found, {one.id.rpartition(".")[2]: one.reason for one in reader.skipped}


def test_functions_become_problems_when_they_do_what_they_show(
    write: Callable[..., Path], options: SourceOptions
) -> None:
    found, skipped = source(write("mine", {"__init__.py": "", "rows.py": MODULE}), options)
    assert [one.id for one in found] == [
        "doctest:mine:rows.pairs",
        "doctest:mine:rows.by_second",
        "doctest:mine:rows.order",
        "doctest:mine:rows.chance",
    ]
    pairs, by_second, order, _ = found
    assert pairs.signature == "def pairs(items, size=SIZE):"
    assert pairs.prelude == "SIZE = 2\n"
    assert pairs.description == "Split the items into groups of the given size, the last one shorter."
    assert pairs.examples == (
        Example(call="list(pairs([1, 2, 3]))", result="[[1, 2], [3]]"),
        Example(call="list(pairs('ab', size=1))", result="[['a'], ['b']]"),
    )
    assert by_second.prelude == "from operator import itemgetter\n"
    assert by_second.tests == (Case(expression="by_second([1])", expected="", raises="TypeError"),)
    assert order.solution.count("def ") == 2
    assert skipped == {
        "wrong": "fails",
        "opaque": "not plain",
        "silent": "no example",
        "undocumented": "no description",
    }


def test_an_alias_is_one_problem(write: Callable[..., Path], options: SourceOptions) -> None:
    body = '    """Add one to the number given.\n\n    >>> {0}(1)\n    2\n    """\n    return x + 1\n'
    text = "".join(f"def {name}(x):\n{body.format(name)}\n" for name in ("one", "two"))
    found, skipped = source(write("mine", {"__init__.py": "", "m.py": text}), options)
    assert [one.name for one in found] == ["one"]
    assert skipped == {"two": "duplicate"}


def test_only_permissive_licences_are_taken(install: Callable[..., Path], options: SourceOptions) -> None:
    text = (
        'def f(x):\n    """Add one to the number given.\n\n    >>> f(1)\n    2\n    """\n    return x + 1\n'
    )
    install("open", {"open_one.py": text}, "License: MIT\n")
    site = install("closed", {"closed_one.py": text}, "License: GPLv3\n")
    reader = open_source(f"doctest:{site}", options)
    assert [(one.id, one.licence, one.group) for one in reader.problems()] == [
        ("doctest:open:open_one.f", "MIT", "open")
    ]
    assert [(one.id, one.reason, one.detail) for one in reader.skipped] == [("closed", "licence", "GPL")]
    any_licence = SourceOptions(work=options.work, any_licence=True)
    found = list(open_source(f"doctest:{site / 'closed_one.py'}", any_licence).problems())
    assert [one.licence for one in found] == ["GPL"]


def test_the_same_files_give_the_same_problems(write: Callable[..., Path], options: SourceOptions) -> None:
    root = write("mine", {"__init__.py": "", "rows.py": MODULE, "again.py": MODULE.replace("pairs", "twos")})
    reader = open_source(f"doctest:{root}", options)
    first, skipped = list(reader.problems()), list(reader.skipped)
    assert list(reader.problems()) == first
    assert list(reader.skipped) == skipped
    elsewhere = SourceOptions(work=options.work.parent / "other", workers=1)
    assert list(open_source(f"doctest:{root}", elsewhere).problems()) == first


def test_what_is_shown_of_a_failure_names_the_call(
    write: Callable[..., Path], options: SourceOptions
) -> None:
    reader = open_source(f"doctest:{write('mine', {'__init__.py': '', 'rows.py': MODULE})}", options)
    list(reader.problems())
    (wrong,) = [one for one in reader.skipped if one.id.endswith(".wrong")]
    assert wrong.detail == "`wrong(1)` gives something else"


def test_the_judge_agrees(write: Callable[..., Path], options: SourceOptions) -> None:
    found, _ = source(write("mine", {"__init__.py": "", "rows.py": MODULE}), options)
    judge = Judge(open_sandbox(), packages=False)
    for problem in found:
        tests = [Judged(call=one.call, expected=Returns(value=one.result)) for one in problem.examples]
        tests += [
            Judged(
                call=one.expression,
                expected=Raises(error=one.raises) if one.raises else Returns(value=one.expected),
            )
            for one in problem.tests
        ]
        assert {one.verdict for one in judge.run(problem.solution, tests)} == {"passed"}


def test_an_installed_package_is_read_by_its_name(options: SourceOptions) -> None:
    reader = open_source("doctest:markdown_it.common.utils", options)
    list(reader.problems())  # it has no doctests: nothing is found, and nothing breaks
    assert {one.id.partition(":")[0] for one in reader.skipped} == {"markdown-it-py"}
