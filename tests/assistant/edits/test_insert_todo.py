"""Generated code in the place of a TODO comment, in each way that models answer one."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.edits.plan import insert_spec, plan
from assistant.specs.python_file import specs_of
from models.errors import UserError

FILE = Path("shop.py")

CART = """\
from decimal import Decimal


class Cart:
    limit = 3

    def total(self) -> Decimal:
        \"""What is paid.\"""

        amount = sum(self.items)
        # TODO: 10 % off above 100,
        #   rounded
        return amount

    def clear(self): return 1
"""


def inserted(source: str, code: str, index: int = 0) -> str:
    todos = [spec for spec in specs_of(FILE, source) if spec.kind == "todo"]
    after = insert_spec(source, todos[index], code)
    plan(FILE, source, after)
    return after


def refused(source: str, code: str) -> str:
    with pytest.raises(UserError) as caught:
        inserted(source, code)
    assert "\n" not in str(caught.value)
    return str(caught.value)


WHOLE = """\
def total(self) -> Decimal:
    amount = sum(self.items)
    # TODO: 10 % off above 100,
    #   rounded
    if amount > 100:
        amount = round(amount * RATE, 2)
    return amount
"""


@pytest.mark.parametrize(
    "code",
    [
        f"RATE = 3\n{WHOLE}",
        "RATE = 3\nclass Cart:\n    limit = 3\n" + "\n".join(f"    {line}" for line in WHOLE.splitlines()),
        f"import os\nRATE = 3\nLIMIT = 4\n{WHOLE}\nprint(Cart().total())\n",
    ],
)
def test_the_whole_function_gives_its_body(code: str) -> None:
    expected = CART.replace(
        "        # TODO: 10 % off above 100,\n        #   rounded\n",
        "        if amount > 100:\n            amount = round(amount * RATE, 2)\n",
    )
    assert inserted(CART, code) == expected.replace("\n\n\nclass Cart", "\n\n\nRATE = 3\n\n\nclass Cart")


@pytest.mark.parametrize("repeat", ["", "return amount\n", "\nreturn amount"])
@pytest.mark.parametrize(
    "before", ["", "amount = sum(self.items)\n", "# TODO: 10 % off above 100,\n#   rounded\n"]
)
def test_lines_take_the_place_of_the_comment(before: str, repeat: str) -> None:
    code = f"import math\n{before}if amount > 100:\n  amount = math.floor(amount)\n{repeat}"
    assert inserted(CART, code) == CART.replace(
        "        # TODO: 10 % off above 100,\n        #   rounded\n",
        "        if amount > 100:\n            amount = math.floor(amount)\n",
    ).replace("from decimal import Decimal\n", "from decimal import Decimal\nimport math\n")


def test_a_placeholder_below_the_comment_goes_with_it() -> None:
    source = "def f(x):\n    if x < 0:\n        # TODO: refuse it\n        pass\n    return x\n"
    code = "raise ValueError(x)\n"
    assert inserted(source, code) == "def f(x):\n    if x < 0:\n        raise ValueError(x)\n    return x\n"


@pytest.mark.parametrize("old", ["return 0", "return", "return None", "return []", "return 0  # for now"])
def test_a_return_that_stands_for_the_todo_goes_with_it(old: str) -> None:
    source = f"def f(xs):\n    ys = g(xs)\n    # TODO: the sum\n    {old}\n\ndef g(xs): return xs\n"
    assert inserted(source, "return sum(ys)\n") == source.replace(
        f"    # TODO: the sum\n    {old}\n", "    return sum(ys)\n"
    )


@pytest.mark.parametrize(
    ("below", "code"),
    [
        ("    return ys[0]\n", "return sum(ys)\n"),  # more than a placeholder
        ("\n    return 0\n", "return sum(ys)\n"),  # apart from the comment
        ("    return 0\n", "ys = ys[1:]\n"),  # still reached
        ("    return 0\n", "if ys:\n    return sum(ys)\n"),
    ],
)
def test_a_return_that_may_mean_something_stays(below: str, code: str) -> None:
    source = f"def f(xs):\n    ys = g(xs)\n    # TODO: the sum\n{below}\ndef g(xs): return xs\n"
    assert below in inserted(source, code)


def test_a_return_of_the_block_around_stays() -> None:
    source = "def f(xs):\n    if xs:\n        xs = g(xs)\n        # TODO: the sum\n    return 0\n"
    assert inserted(source, "return sum(xs)\n") == source.replace("# TODO: the sum", "return sum(xs)")


def test_an_assignment_below_the_comment_is_replaced_when_it_is_made_anew() -> None:
    source = "# TODO: from the environment\nTIMEOUT = 30\n\nother = 1\n"
    code = "import os\nTIMEOUT = int(os.environ.get('TIMEOUT', 30))\n"
    assert inserted(source, code) == (
        "import os\n\nTIMEOUT = int(os.environ.get('TIMEOUT', 30))\n\nother = 1\n"
    )


def test_a_comment_behind_a_statement_speaks_of_it() -> None:
    source = "def f(xs, x):\n\tif x:\n\t\txs.append(x)  # TODO: no duplicates\n\treturn xs\n"
    code = "if x not in xs:\n    xs.append(x)\n"
    assert inserted(source, code) == (
        "def f(xs, x):\n\tif x:\n\t\tif x not in xs:\n\t\t\txs.append(x)\n\treturn xs\n"
    )


def test_a_comment_within_brackets_speaks_of_the_whole_statement() -> None:
    source = "RATES = {\n    'eur': 1,\n    # TODO: add the dollar\n}\nx = 1\n"
    code = "RATES = {\n    'eur': 1,\n    'usd': 2,\n}\n"
    assert inserted(source, code) == f"{code}x = 1\n"


def test_a_comment_behind_a_block_needs_the_block() -> None:
    source = "def f(x):\n    while x:  # TODO: at most 10 times\n        x = g(x)\n    return x\n"
    code = "for _ in range(10):\n    x = g(x)\n"
    assert "does not repeat the statement" in refused(source, code)
    whole = "def f(x):\n    n = 0\n    while x and n < 10:\n        x, n = g(x), n + 1\n    return x\n"
    assert inserted(source, whole) == whole
    assert inserted(source, "while x and x < 10:\n    x = g(x)\n") == (
        "def f(x):\n    while x and x < 10:\n        x = g(x)\n    return x\n"
    )


def test_new_definitions_at_the_module() -> None:
    source = "import os\n\n# TODO: a function that doubles\n\nx = 1\n"
    code = "import math\nLIMIT = 3\n\ndef double(x):\n    return 2 * math.floor(x)\n\nresult = double(2)\n"
    code += "print(result)\n"
    assert inserted(source, code) == (
        "import os\nimport math\n\nLIMIT = 3\n\n\ndef double(x):\n    return 2 * math.floor(x)\n\nx = 1\n"
    )


def test_a_comment_above_a_function_gives_that_function() -> None:
    source = (
        "# Sorts.\n# TODO: accept a key\n@cache\ndef order(xs):\n    '''In order.'''\n    return sorted(xs)\n"
    )
    code = "def order(xs, key=None):\n    return sorted(xs, key=key)\n\nprint(order([1]))\n"
    assert inserted(source, code) == (
        "# Sorts.\n@cache\ndef order(xs, key=None):\n    '''In order.'''\n    return sorted(xs, key=key)\n"
    )
    same = "def order(lst):\n    return sorted(lst, reverse=True)\n"
    assert inserted(source, same) == (
        "# Sorts.\n@cache\ndef order(xs):\n    '''In order.'''\n    return sorted(xs, reverse=True)\n"
    )


CLASS = """\
class A(B):
    '''Doc.'''

    # TODO: add remove()

    def add(self, x):
        self.xs.append(x)  # keep
"""


def test_a_whole_class_is_merged() -> None:
    code = (
        "class A:\n    def add(self, x):\n        self.xs.append(x)\n\n"
        "    def remove(self, x):\n        self.xs.remove(x)\n"
    )
    assert inserted(CLASS, code) == CLASS.replace("    # TODO: add remove()\n", "") + (
        "\n    def remove(self, x):\n        self.xs.remove(x)\n"
    )


def test_a_method_alone_takes_the_place_of_the_comment() -> None:
    code = "def remove(self, x):\n    self.xs.remove(x)\n\na = A()\na.remove(1)\n"
    assert inserted(CLASS, code) == CLASS.replace(
        "    # TODO: add remove()\n", "    def remove(self, x):\n        self.xs.remove(x)\n"
    )


def test_a_one_line_function() -> None:
    source = "def f(x): return x  # TODO: double\ny = 1\n"
    assert inserted(source, "def f(x):\n    return 2 * x\n") == "def f(x):\n    return 2 * x\ny = 1\n"


def test_the_same_words_twice_are_told_apart() -> None:
    source = (
        "def f():\n    # TODO: check\n    a()\n    # TODO: check\n    b()\n"
        "def g():\n    # TODO: check\n    c()\n"
    )
    specs = specs_of(FILE, source)
    for order in (specs, specs[::-1]):
        text = source
        for spec in order:
            text = insert_spec(text, spec, f"check({spec.line})\n")
        assert text == (
            "def f():\n    check(2)\n    a()\n    check(4)\n    b()\ndef g():\n    check(7)\n    c()\n"
        )


def test_a_todo_that_is_gone() -> None:
    (spec,) = (s for s in specs_of(FILE, CART) if s.kind == "todo")
    with pytest.raises(UserError, match=r"shop\.py:11: the TODO is no longer there"):
        insert_spec(CART.replace("10 %", "20 %"), spec, "pass\n")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "def total(self):\n    amount = sum(self.items)\n    ...\n    return amount\n",
            "leaves out parts of `total`",
        ),
        ("def total(self):\n    # ... existing code ...\n    return 1\n", "leaves out parts of `total`"),
        ("def total(self):\n    # rest of the code\n    return 1\n", "leaves out parts of `total`"),
        ("def total(self):\n    pass\n", "leaves `total` unwritten"),
        ("def total(self, a):\n    return zzz(a\n", "not valid Python"),
        ("# TODO: 10 % off above 100,\n#   rounded\n", "holds no code"),
        ("return amount\n", "no code for the TODO"),
        ("import math\n", "no code for the TODO"),
    ],
)
def test_replies_that_are_no_answer(code: str, reason: str) -> None:
    assert reason in refused(CART, code)


def test_code_that_does_not_fit_its_place_is_found_out_by_the_dry_run() -> None:
    assert "would not be valid Python there" in refused("# TODO: stop\nx = 1\n", "return x\n")
