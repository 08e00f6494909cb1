"""Which stubs and TODO comments of a Python file are specs, and what each one holds."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.specs.python_file import select, specs_of
from assistant.specs.spec import Spec
from models.errors import UserError

SHOP = Path("shop.py")


def specs(source: str) -> tuple[Spec, ...]:
    return specs_of(SHOP, dedent(source))


def names(source: str) -> list[str]:
    return [spec.name for spec in specs(source)]


def refused(source: str) -> str:
    with pytest.raises(UserError) as caught:
        specs_of(SHOP, source)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "...",
        "pass",
        "raise NotImplementedError",
        "raise NotImplementedError('later')",
        "raise NotImplementedError() from None",
        '"""Docstring only."""',
        "'plain' ' joined'",
        '"""Docstring and one more."""; ...',
        '"""Docstring."""\n    ...',
        '"""Docstring."""\n    pass',
        '"""Docstring."""\n    raise NotImplementedError(\n        "later"\n    )',
        "# only a comment before it\n    ...  # and behind it",
        "...;",
    ],
)
@pytest.mark.parametrize("opening", ["def f(x: int = 3) -> list[int]", "async def f(*, key)"])
def test_a_stub_is_a_spec(opening: str, body: str) -> None:
    for source in (f"{opening}:\n    {body}\n", f"{opening}:\r\n\t{body.replace('    ', chr(9))}"):
        (spec,) = specs_of(SHOP, source)
        assert (spec.name, spec.kind, spec.line, spec.language) == ("f", "function", 1, "python")


@pytest.mark.parametrize(
    "body",
    [
        "return 1",
        "raise ValueError",
        "raise NotImplemented",
        "...\n    ...",
        '"""One."""\n    """Two."""',
        "f'{x}'",
        "b'bytes'",
        "if x:\n        ...",
        "x = ...",
        "pass\n    return None",
    ],
)
def test_other_bodies_are_written(body: str) -> None:
    assert "holds no spec" in refused(f"def f(x):\n    {body}\n")


def test_one_line_stubs_and_decorators() -> None:
    first, second = specs("""
        @cache
        @app.route(
            "/x",
        )
        def f(): ...
        def g(): "Doc."
    """)
    assert first.text == '@cache\n@app.route(\n    "/x",\n)\ndef f(): ...'
    assert first.place == "shop.py:6"
    assert second.text == 'def g(): "Doc."'


def test_names_are_qualified_and_text_is_dedented() -> None:
    source = '''
        class Outer:
            class Inner:
                async def run(self) -> None:
                    """Run.

                        indented
                    """

            @staticmethod
            def make() -> Outer: ...

        def factory(x):
            y = x
            def build(z):
                raise NotImplementedError
            return build

        if sys.platform == "win32":
            def only_there(): ...
    '''
    found = specs(source)
    assert [(s.name, s.kind) for s in found] == [
        ("Outer.Inner.run", "method"),
        ("Outer.make", "method"),
        ("factory.build", "function"),
        ("only_there", "function"),
    ]
    assert found[0].text == 'async def run(self) -> None:\n    """Run.\n\n        indented\n    """'
    assert found[1].text == "@staticmethod\ndef make() -> Outer: ..."
    assert found[3].text == "def only_there(): ..."


def test_what_is_only_declared_is_no_spec() -> None:
    source = """
        import abc
        import typing
        from typing import TYPE_CHECKING, Protocol, overload

        class Reader(Protocol):
            def read(self) -> bytes: ...

        class Generic(typing.Protocol[T], metaclass=M):
            def get(self) -> T:
                '''Get it.'''

        class Base(abc.ABC):
            @property
            @abc.abstractmethod
            def size(self) -> int: ...
            @abstractmethod
            def run(self): raise NotImplementedError
            def hook(self): ...

        @overload
        def f(x: int) -> int: ...
        @typing.overload
        def f(x: str) -> str: ...
        def f(x):
            '''Twice of it.'''

        if TYPE_CHECKING:
            def g(): ...
        elif typing.TYPE_CHECKING:
            def g(): ...
        else:
            def g(): ...
    """
    assert names(source) == ["Base.hook", "f", "g"]


def test_several_definitions_of_one_name_are_told_apart() -> None:
    source = """
        class C:
            @property
            def v(self): ...
            @v.setter
            def v(self, x): ...
        if a:
            def f(): return 1
        else:
            def f(): ...
    """
    assert names(source) == ["C.v", "C.v#2", "f#2"]


def test_comments_around_a_stub_are_part_of_its_text() -> None:
    (spec,) = specs("""
        x = 1
        # Stable: equal keys keep their order.
        # TODO: write it
        def order(items):
            # by age, then name
            ...
            # oldest first
        y = 2
    """)
    assert spec.text.splitlines() == [
        "# Stable: equal keys keep their order.",
        "# TODO: write it",
        "def order(items):",
        "    # by age, then name",
        "    ...",
        "    # oldest first",
    ]
    assert spec.line == 5


@pytest.mark.parametrize(
    "comment",
    [
        "# TODO: round it",
        "#TODO: round it",
        "# TODO(ann): round it",
        "# TODO (ann): round it",
        "# todo round it",
        "# todo: round it",
        "# Todo: round it",
        "# TODO - round it",
        "# TODO round it",
        "## TODO: round it",
    ],
)
def test_a_todo_is_a_spec(comment: str) -> None:
    (spec,) = specs_of(SHOP, f"def total(x):\n    y = x\n    {comment}\n    return y\n")
    assert (spec.name, spec.kind, spec.line) == ("todo-3", "todo", 3)
    code = f"def total(x):\n    y = x\n    {comment}\n    return y"
    assert spec.text == f"{code}\n\nWrite the code for the TODO in `total`: round it"
    assert spec.context == ""


@pytest.mark.parametrize(
    "comment",
    [
        "# todos are kept in a list",
        "# Todo items are kept",
        "# FIXME: x",
        "# a TODO: x",
        "'# TODO: x'",
        "# TODOX",
    ],
)
def test_other_comments_are_not(comment: str) -> None:
    assert "holds no spec" in refused(f"x = 1\n{comment}\n")


def test_a_todo_block_is_its_consecutive_lines() -> None:
    source = """
        def f(x):
            # Before it.
            # TODO: round to cents,
            #   half up
            # NOTE: another mark
            # TODO: and log it
            # noqa: X
            y = x

            # TODO:
            #
            # later

            # apart
            return y
    """
    found = specs(source)
    assert [s.name for s in found] == ["todo-4", "todo-7", "todo-11"]
    asked = [s.text.rpartition("\n\n")[2] for s in found]
    assert asked == [
        "Write the code for the TODO in `f`: round to cents, half up",
        "Write the code for the TODO in `f`: and log it",
        "Write the code for the TODO in `f`: later",
    ]


def test_a_todo_holds_the_code_it_speaks_of() -> None:
    source = """
        # TODO: from the environment
        TIMEOUT = 30

        # TODO: a class for money

        # TODO: stable
        @cache
        def order(items):
            return sorted(items)

        class Cart:
            # TODO: add remove()

            def add(self, item):
                self.items.append(item)  # TODO: no duplicates
    """
    found = {spec.line: spec for spec in specs(source)}
    assert found[2].text == (
        "# TODO: from the environment\nTIMEOUT = 30\n\nWrite the code for the TODO: from the environment"
    )
    assert found[5].text == "Write the code for the TODO: a class for money"
    assert found[7].text.startswith("# TODO: stable\n@cache\ndef order(items):\n    return sorted(items)\n\n")
    assert "def order" not in found[7].context
    assert found[13].text == "Write the code for the TODO in `Cart`: add remove()"
    assert "def add(self, item): ..." in found[13].context
    assert found[16].text.startswith("def add(self, item):\n    self.items.append(item)  # TODO: no dup")


def test_a_long_function_around_a_todo_is_shown_in_part() -> None:
    lines = [f"    step_{number} = {number}" for number in range(200)]
    lines[100] = "    # TODO: in the middle"
    (spec,) = specs_of(SHOP, "def f():\n" + "\n".join(lines) + "\n")
    assert len(spec.text) < 1000
    assert "step_99 = 99\n    # TODO: in the middle\n    step_101 = 101" in spec.text


def test_line_ends_and_mark_do_not_reach_the_model() -> None:
    (spec,) = specs_of(SHOP, "\ufeffimport os\r\nX = 1\r\ndef f():\r\n\t'''Doc.\r\n\r\n\tMore.'''\r\n")
    assert spec.text == "def f():\n\t'''Doc.\n\n\tMore.'''"
    assert spec.context == "import os\n\nX = 1"
    assert spec.line == 3


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("def f(:\n    ...\n", "shop.py:1:7: not valid Python"),
        ("x = (1,\ndef f(): ...\n", "shop.py:1:5: not valid Python"),
        ("def f():\n    ...\n  y = 1\n", "shop.py:3:"),
        ("print 'x'\n", "shop.py:1:1: not valid Python"),
        ("def f(): ...\nx = '\n", "shop.py:2:5: not valid Python"),
    ],
)
def test_a_syntax_error_is_one_line_with_its_place(source: str, place: str) -> None:
    assert refused(source).startswith(place)


@pytest.mark.parametrize(
    "source", ["(" * 5000, "x = " + "-" * 6000 + "1", "x = " + "a + " * 3000 + "a\ndef f(): ..."]
)
def test_nesting_without_end_is_refused_and_does_not_crash(source: str) -> None:
    assert "nested" in refused(source)


def test_an_odd_escape_in_the_file_is_not_our_news() -> None:
    assert names('def f():\n    "\\d"\n') == ["f"]


CART = """
    def total(): ...
    class Cart:
        def total(self): ...
        def clear(self): ...
        def v(self): return 1
        def v(self): ...
    class Order:
        def clear(self): ...
    # TODO: all of it
"""


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Cart.total", "Cart.total"),
        ("total", "total"),
        ("total()", "total"),
        ("Order.clear", "Order.clear"),
        ("Cart.v#2", "Cart.v#2"),
        ("Cart.v", "Cart.v#2"),
        ("v", "Cart.v#2"),
        ("todo-10", "todo-10"),
    ],
)
def test_select_takes_qualified_and_plain_names(asked: str, name: str) -> None:
    assert [spec.name for spec in select(specs(CART), function=asked)] == [name]


def test_select_refuses_what_is_not_one() -> None:
    found = specs(CART)
    with pytest.raises(UserError, match=r"`clear` names 2 specs; give one of: Cart\.clear, Order\.clear"):
        select(found, function="clear")
    with pytest.raises(UserError, match=r"no spec is named `totl`; did you mean `total`\?"):
        select(found, function="totl")
    with pytest.raises(UserError, match=r"did you mean `(Cart|Order)\.clear`\?"):
        select(found, function="claer")
    with pytest.raises(UserError, match=r"known are: total, Cart\.total"):
        select(found, function="zzzzzzzz")


def test_select_takes_all_without_a_name() -> None:
    assert len(select(specs(CART))) == 6


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([
            "def f(): ...",
            "class A:",
            "    def m(self):",
            "        '''D.'''",
            "# TODO: x",
            "    # todo y",
            "x = (",
            ")",
            "        pass",
            "@d",
            "if TYPE_CHECKING:",
            "    ...",
            "\\",
            "\x0c",
            "\t",
            "'''",
            "",
        ]),
        max_size=12,
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_file_gives_specs_or_one_line(lines: list[str], newline: str) -> None:
    source = newline.join(lines)
    try:
        found = specs_of(SHOP, source)
    except UserError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert found
    assert len({spec.name for spec in found}) == len(found)
    for spec in found:
        assert spec.text
        ast.parse(spec.context)
