from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.sources.code.closure import LONGEST_SOLUTION, SelfContained, TooLong, gather, gather_from_text
from synth.sources.code.pieces import Code, NotSelfContained
from synth.sources.code.trees import find

from .conftest import Writer


def taken(root: Path, module: str, name: str) -> SelfContained:
    (tree,) = find(str(root))
    code = Code(tree.modules)
    found = code.module(module)
    assert found is not None
    return gather(code, found, next(one for one in found.functions() if one.name == name))


def run(alone: SelfContained, expression: str) -> object:
    scope: dict[str, object] = {}
    exec(alone.solution, scope)  # our own text
    return eval(expression, scope)


def test_a_function_takes_its_helpers_and_nothing_else(write: Writer) -> None:
    root = write(
        "pkg",
        {
            "__init__.py": "from .words import shout\n",
            "words.py": '''
                import re
                import sys
                from itertools import chain, count

                LIMIT = 3
                UNUSED = 4

                def _clean(text):  # noqa: D103
                    """Not to be copied."""
                    return re.sub(r"\\s+", " ", text)  # type: ignore[no-any-return]

                def other(): return sys

                def shout(text: str, times=LIMIT) -> "str":
                    """Say it loud."""
                    # a comment that stays
                    return "".join(chain([_clean(text).upper()], "!" * times))
            ''',
        },
    )
    alone = taken(root, "pkg.words", "shout")
    assert alone.solution == (
        "import re\nfrom itertools import chain\n\nLIMIT = 3\n\n\n"
        'def _clean(text):\n    return re.sub(r"\\s+", " ", text)\n\n\n'
        "def shout(text: str, times=LIMIT) -> str:\n    # a comment that stays\n"
        '    return "".join(chain([_clean(text).upper()], "!" * times))\n'
    )
    assert alone.signature == "def shout(text: str, times=LIMIT) -> str:"
    assert alone.prelude == "LIMIT = 3\n"
    assert run(alone, "shout('a  b')") == "A B!!!"


def test_names_are_followed_through_the_package(write: Writer) -> None:
    root = write(
        "pkg",
        {
            "__init__.py": "",
            "base.py": "def twice(x):\n    return x * 2\ndef once(x):\n    return x\n",
            "compat.py": "from itertools import zip_longest\n",
            "deep/__init__.py": "from ..base import twice as double\n",
            "top.py": '''
                from . import base, compat
                from .deep import double
                import pkg.base as b

                def mixed(x):
                    """Mixed."""
                    from .base import once
                    return [double(x), base.once(x), b.twice(once(x)), *compat.zip_longest([x], [])]
            ''',
        },
    )
    alone = taken(root, "pkg.top", "mixed")
    assert run(alone, "mixed(3)") == [6, 3, 6, (3, None)]
    assert "pkg" not in alone.solution


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("import numpy\ndef f(x):\n    'D.'\n    return numpy.sum(x)\n", "numpy"),
        ("def f(x):\n    'D.'\n    import numpy\n    return numpy.sum(x)\n", "numpy"),
        ("def f(x):\n    'D.'\n    return nowhere(x)\n", "nowhere"),
        ("def f(x):\n    'D.'\n    return __file__\n", "__file__"),
        (
            "from . import g\ndef f(x):\n    'D.'\n    return use(g)\ndef use(m): return m\n",
            "hands the module",
        ),
    ],
)
def test_what_cannot_stand_alone_is_refused_with_the_reason(body: str, why: str, write: Writer) -> None:
    root = write("pkg", {"__init__.py": "", "g.py": "", "m.py": body})
    with pytest.raises(NotSelfContained, match=why):
        taken(root, "pkg.m", "f")


def test_very_much_code_is_too_long(write: Writer) -> None:
    long = "def f(x):\n    'D.'\n" + "    x = x + 1\n" * (LONGEST_SOLUTION // 10)
    root = write("pkg", {"__init__.py": "", "m.py": long + "    return x\n"})
    with pytest.raises(TooLong):
        taken(root, "pkg.m", "f")


def test_annotations_stay_where_they_mean_something(write: Writer) -> None:
    root = write(
        "pkg",
        {
            "__init__.py": "",
            "m.py": '''
                from __future__ import annotations
                import typing as t
                from typing import TYPE_CHECKING
                if TYPE_CHECKING:
                    from collections.abc import Iterable
                    from .own import Box
                T = t.TypeVar("T")

                def pick(box: Box, items: Iterable[T], how: t.Optional["str"] = None,
                         many: (int
                                | None) = 2, *rest: Box) -> Box[T]:
                    """Pick."""
                    n: Box = 1
                    return list(items)[:n]
            ''',
        },
    )
    alone = taken(root, "pkg.m", "pick")
    assert alone.signature == "def pick(box, items: Iterable[Any], how=None, many: int | None=2, *rest):"
    assert alone.prelude == "from collections.abc import Iterable\nfrom typing import Any\n"
    assert run(alone, "pick(0, 'ab')") == ["a"]


def test_branches_are_taken_as_this_python_takes_them(write: Writer) -> None:
    root = write(
        "pkg",
        {
            "__init__.py": "",
            "m.py": '''
                import sys
                try:
                    from collections import Mapping
                except ImportError:
                    from collections.abc import Mapping
                try:
                    import numpy_is_not_here as np
                except ImportError:
                    np = None
                if sys.version_info >= (3, 0):
                    text = str
                else:
                    text = unicode

                def kind(x):
                    """Kind."""
                    try:
                        return (isinstance(x, Mapping), isinstance(x, text), np)
                    except TypeError as error:
                        return error
            ''',
        },
    )
    alone = taken(root, "pkg.m", "kind")
    assert run(alone, "kind({})") == (True, False, None)
    assert "unicode" not in alone.solution


def test_overloads_and_decorators(write: Writer) -> None:
    root = write(
        "pkg",
        {
            "__init__.py": "",
            "m.py": '''
                import typing as t
                from functools import lru_cache

                @t.overload
                def f(x: int) -> int: ...
                @t.overload
                def f(x: str) -> str: ...
                @lru_cache(maxsize=None)
                def f(x):
                    """Doc."""
                    return x
            ''',
        },
    )
    alone = taken(root, "pkg.m", "f")
    assert alone.solution == (
        "from functools import lru_cache\n\n\n@lru_cache(maxsize=None)\ndef f(x):\n    return x\n"
    )


def test_two_meanings_of_a_name_are_refused(write: Writer) -> None:
    files = {
        "__init__.py": "",
        "a.py": "def _h(x): return 1\ndef one(x): return _h(x)\n",
        "m.py": "from .a import one\ndef _h(x): return 2\ndef f(x):\n    'D.'\n    return one(x) + _h(x)\n",
    }
    with pytest.raises(NotSelfContained, match="two things"):
        taken(write("pkg", files), "pkg.m", "f")


def test_modules_are_parsed_and_never_imported(write: Writer, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    body = f"open({str(mark)!r}, 'w').close()\ndef f(x):\n    'D.'\n    return x\n"
    taken(write("pkg", {"__init__.py": body, "m.py": body}), "pkg.m", "f")
    assert not mark.exists()


@settings(deadline=None)
@given(st.permutations(range(6)), st.lists(st.sets(st.integers(0, 5), max_size=3), min_size=6, max_size=6))
def test_what_is_taken_computes_the_same_as_the_whole(order: list[int], uses: list[set[int]]) -> None:
    def definition(number: int) -> str:
        # Only higher numbers are called, so that there is an end.
        calls = "".join(f" + f{other}(x)" for other in sorted(uses[number]) if other > number)
        return f"def f{number}(x):\n    '''Doc.'''\n    return x * {number + 2}{calls} + C{number % 2}\n"

    source = "C0 = 5\nC1 = 7\nimport math\n" + "".join(definition(number) for number in order)
    alone = gather_from_text(source, "f0")
    scope: dict[str, object] = {}
    exec(source, scope)  # our own text
    assert run(alone, "f0(3)") == eval("f0(3)", scope)
    reachable, waiting = set[int](), [0]
    while waiting:
        number = waiting.pop()
        if number not in reachable:
            reachable.add(number)
            waiting += [other for other in uses[number] if other > number]
    defined = {one.name for one in ast.parse(alone.solution).body if isinstance(one, ast.FunctionDef)}
    assert defined == {f"f{number}" for number in reachable}
