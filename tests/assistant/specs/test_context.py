"""What of a file stands around a spec in its prompt, and what gives way when it does not fit."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.specs.context import BUDGET_CHARACTERS, context_of
from assistant.specs.outline import outline
from assistant.specs.python_file import select, specs_of

SHOP = '''
    """A shop."""
    from __future__ import annotations

    import csv
    try:
        import tomllib
    except ImportError:
        tomllib = None

    TAX: Decimal = Decimal("0.2")
    TABLE = {
        1: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        2: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    }
    __all__ = ["Cart"]
    print("loaded")


    def money(text: str) -> Decimal:
        """Read an amount.

        With a comma or a point.
        """
        return Decimal(text.replace(",", "."))


    @dataclass(frozen=True)
    class Item:
        """One thing to sell."""

        price: Decimal
        name: str = ""

        def dear(self) -> bool:
            return self.price > 100


    class Cart(Base[Item], metaclass=Meta):
        """What a customer buys.

        Items keep their order.
        """

        limit = 10

        def __init__(self, items: list[Item]) -> None:
            self.items = items  # in order
            self.code = None

        @property
        def count(self) -> int:
            """How many.

            Never negative.
            """
            return len(self.items)

        def total(self) -> Decimal:
            """What the customer pays."""
            ...
'''


def test_the_skeleton_of_a_file() -> None:
    (spec,) = specs_of(Path("shop.py"), dedent(SHOP))
    assert spec.context == dedent('''\
        from __future__ import annotations
        import csv
        import tomllib

        tomllib = None
        TAX: Decimal = Decimal("0.2")
        TABLE = ...

        def money(text: str) -> Decimal:
            """Read an amount."""

        @dataclass(frozen=True)
        class Item:
            """One thing to sell."""
            price: Decimal
            name: str = ""

            def dear(self) -> bool: ...

        class Cart(Base[Item], metaclass=Meta):
            """What a customer buys.

            Items keep their order.
            """
            limit = 10

            def __init__(self, items: list[Item]) -> None:
                self.items = items  # in order
                self.code = None

            @property
            def count(self) -> int:
                """How many."""''')


def test_the_function_around_a_nested_stub_is_shown_whole() -> None:
    source = dedent("""
        def before(): return 1
        def outer(a):
            scale = 2
            def inner(b): ...
            return inner
        def after(c): return c
    """)
    (spec,) = specs_of(Path("x.py"), source)
    assert "    scale = 2\n    def inner(b): ...\n    return inner" in spec.context
    assert "def after(c): ..." in spec.context


def test_what_does_not_fit_goes_from_the_far_end() -> None:
    source = "".join(f"def helper_{n:03}(argument: int) -> int: return {n}\n" for n in range(400))
    source += "import late\ndef wanted(): ...\n"
    (spec,) = select(specs_of(Path("x.py"), source), function="wanted")
    assert len(spec.context) <= BUDGET_CHARACTERS
    assert spec.context.endswith("import late")
    assert "helper_399" in spec.context
    assert "helper_000" not in spec.context


def test_a_class_of_which_nothing_fits_keeps_a_body() -> None:
    read = outline("class A(B):\n    def long_name_of_a_method(self): return 1\n")
    assert context_of(read, 3, around=None, budget=17) == "class A(B): ..."


def test_a_long_docstring_and_constructor_give_their_first_line() -> None:
    body = "\n".join(f"        self.field_{n} = {n}" for n in range(100))
    text = "\n    ".join(f"Line {n} of a long story." for n in range(60))
    source = f'class A:\n    """First.\n\n    {text}\n    """\n    def __init__(self):\n{body}\n'
    source += "    def f(self): ...\n"
    (spec,) = specs_of(Path("x.py"), source)
    assert spec.context == 'class A:\n    """First."""\n\n    def __init__(self): ...'


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 3000))
def test_every_budget_is_kept_and_gives_python(budget: int) -> None:
    read = outline(dedent(SHOP))
    wanted = read.named("Cart.total")
    assert wanted is not None
    context = context_of(read, wanted.line, around=wanted.parent, shown=wanted, budget=budget)
    assert len(context) <= budget
    ast.parse(context)
