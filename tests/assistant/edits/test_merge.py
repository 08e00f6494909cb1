"""Code of a conversation merged into a file: what it names is replaced, what it leaves out stays."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.edits.plan import merge_code, plan
from models.errors import UserError


def merged(source: str, code: str) -> str:
    after = merge_code(source, code)
    plan(Path("a.py"), source, after)
    return after


def check(source: str, code: str, expected: str) -> None:
    assert merged(dedent(source), dedent(code)) == dedent(expected)


def test_a_function_is_replaced_in_its_place() -> None:
    check(
        '''
        """Doc."""
        import os

        # Sorts.
        @cache
        def order(xs):
            """In order."""
            return sorted(xs)


        def other(): return 1  # keep
        ''',
        """
        import re

        def order(xs, key=None):
            return sorted(xs, key=re.compile(key))

        print(order([2, 1]))
        """,
        '''
        """Doc."""
        import os
        import re

        # Sorts.
        @cache
        def order(xs, key=None):
            """In order."""
            return sorted(xs, key=re.compile(key))


        def other(): return 1  # keep
        ''',
    )


def test_new_definitions_are_appended_before_the_main_part() -> None:
    check(
        """
        def f(): return 1


        # Run it.
        if __name__ == "__main__":
            f()
        """,
        """
        def g():
            return f() + LIMIT

        LIMIT = 3
        result = g()

        if __name__ == "__main__":
            print(g())
        """,
        """
        def f(): return 1


        def g():
            return f() + LIMIT


        LIMIT = 3


        # Run it.
        if __name__ == "__main__":
            f()
        """,
    )


def test_what_a_replaced_definition_needs_stands_before_it() -> None:
    check(
        """
        x = 1

        class B:
            def f(self): return 1
        """,
        """
        class Base:
            y = 2

        class B(Base):
            def f(self):
                return self.y

        def tail():
            return B()
        """,
        """
        x = 1

        class Base:
            y = 2


        class B(Base):
            def f(self):
                return self.y


        def tail():
            return B()
        """,
    )


def test_a_class_is_merged_member_by_member() -> None:
    check(
        '''
        @dataclass
        class Cart(Base):
            """A cart."""

            items: list[Item]  # in order
            limit: int = 10

            # How many.
            @property
            def count(self): return len(self.items)

            @count.setter
            def count(self, value): raise AttributeError

            def clear(self):
                # all of it
                self.items.clear()
        ''',
        """
        class Cart:
            items: list[Item]
            code: str = ""
            limit: int = 20

            @property
            def count(self):
                return len(self.items) + 1

            def add(self, item):
                self.items.append(item)

            def clear(self):
                self.items.clear()

            def total(self):
                ...
        """,
        '''
        @dataclass
        class Cart(Base):
            """A cart."""

            items: list[Item]  # in order
            code: str = ""
            limit: int = 20

            # How many.
            @property
            def count(self):
                return len(self.items) + 1

            def add(self, item):
                self.items.append(item)

            @count.setter
            def count(self, value): raise AttributeError

            def clear(self):
                # all of it
                self.items.clear()

            def total(self):
                ...
        ''',
    )


def test_a_class_may_get_other_bases_and_decorators() -> None:
    check(
        "class A(B):\n\n    x = 1\n",
        "@final\nclass A(B, C):\n    x = 1\n",
        "@final\nclass A(B, C):\n\n    x = 1\n",
    )


def test_an_empty_class_is_replaced() -> None:
    check(
        'class Broken(ValueError):\n    """Why."""\n',
        "class Broken:\n    def __init__(self, x):\n        self.x = x\n",
        'class Broken(ValueError):\n    """Why."""\n    def __init__(self, x):\n        self.x = x\n',
    )


@pytest.mark.parametrize("stub", ["...", "pass", "'''Already there.'''"])
def test_a_stub_in_the_reply_never_replaces_code(stub: str) -> None:
    source = "def f():\n    return 1\n\nclass A:\n    def g(self): return 1\n"
    code = f"def f():\n    {stub}\n\nclass A:\n    def g(self):\n        {stub}\n    def h(self): return 2\n"
    assert merged(source, code) == source + "\n    def h(self): return 2\n"


def test_a_reply_that_leaves_parts_out_is_refused() -> None:
    with pytest.raises(UserError, match="leaves out parts of `f`"):
        merge_code("def f():\n    return 1\n", "def f():\n    # ... existing code ...\n    return 2\n")


def test_code_that_says_the_same_changes_nothing() -> None:
    source = "def f( x ):   # odd\n    return (x)\n\nclass A:\n    y=1 # keep\n"
    assert merged(source, "def f(x):\n    return x\n\nclass A:\n    y = 1\n") == source


def test_constants() -> None:
    check(
        "LIMIT = 3  # a day\nname = 'x'\n\ndef f(): return LIMIT\n",
        "LIMIT = 5\nname = 'y'\nresult = 4\nprint(result)\n",
        "LIMIT = 5\nname = 'y'\n\ndef f(): return LIMIT\n",
    )


def test_imports_alone() -> None:
    check("import os\nx = 1\n", "import os\nimport re\n", "import os\nimport re\n\nx = 1\n")


def test_crlf_tabs_and_missing_newline_stay() -> None:
    source = "\ufeffclass A:\r\n\tdef f(self):\r\n\t\treturn 1"
    code = "class A:\n  def f(self):\n    if x:\n      return 2\n\n  def g(self):\n    return 3\n"
    assert merged(source, code) == (
        "\ufeffclass A:\r\n\tdef f(self):\r\n\t\tif x:\r\n\t\t\treturn 2\r\n"
        "\r\n\tdef g(self):\r\n\t\treturn 3"
    )


def test_an_import_that_clashes_stays_in_the_function() -> None:
    after = merged(
        "import datetime\n\ndef f(): return datetime.date\n",
        "from datetime import datetime\n\ndef g():\n    return datetime.now()\n",
    )
    assert after.endswith("def g():\n    from datetime import datetime\n    return datetime.now()\n")
    assert after.startswith("import datetime\n\ndef f")


@pytest.mark.parametrize("source", ["", "\n", "\ufeff", "  \r\n"])
def test_a_new_file_is_the_code_as_it_is(source: str) -> None:
    code = "import os\nprint(os.getcwd())\n\nif __name__ == '__main__':\n    print()"
    assert merge_code(source, code) == code + "\n"


def test_a_file_of_comments_keeps_them() -> None:
    assert merged("# Copyright\n", "x = 1\n") == "# Copyright\n\nx = 1\n"


@pytest.mark.parametrize("code", ["print(1)\n", "for x in y:\n    z(x)\n", "result = f(1)\n"])
def test_code_that_only_runs_something(code: str) -> None:
    with pytest.raises(UserError, match="defines nothing that could be merged"):
        merge_code("def f(x): return x\n", code)


@pytest.mark.parametrize("code", ["def f(:\n", "Here you go"])
def test_code_that_is_no_python(code: str) -> None:
    with pytest.raises(UserError, match="not valid Python"):
        merge_code("x = 1\n", code)


def test_a_definition_written_twice_counts_once() -> None:
    code = "def f(x):\n    return 2\n\ndef f(x):\n    return 3\n\ndef f(x):\n    ...\n"
    assert merged("def f(x): return 1\n", code) == "def f(x):\n    return 3\n"
    assert merged("x = 1\n", code) == "x = 1\n\n\ndef f(x):\n    return 3\n"


def test_overloads_come_with_a_new_function_only() -> None:
    code = "from typing import overload\n@overload\ndef f(x: int) -> int: ...\ndef f(x):\n    return 2\n"
    assert merged("def f(x): return 1\n", code) == "def f(x):\n    return 2\n"
    assert merged("x = 1\n", code).count("def f") == 2


PARTS = [
    "import os",
    "from typing import List",
    "A = 1",
    "b = A",
    "def f(x):\n    return 1",
    "def f(x):\n    '''D.'''\n    return x",
    "def g():\n    pass",
    "async def g():\n    return os",
    "class C:\n    pass",
    "class C(D):\n    '''Doc.'''\n    x: int = 1\n\n    def m(self):\n        return List",
    "class C:\n    def m(self): return 2\n    def n(self): return self.m()",
    "if A:\n    def f(x): return 3",
    "print(b)",
    "# comment",
]
modules = (
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map("\n\n".join).map(lambda text: text + "\n")
)


@settings(max_examples=30, deadline=None)
@given(modules.map(lambda text: f"first = 1\n\n{text}"), modules)
def test_any_merge_compiles_loses_no_name_and_is_stable(source: str, code: str) -> None:
    after = _merged_or_same(source, code)
    assert _names(source) <= _names(after)
    if after != source:
        assert _names(code) & {"f", "g", "C"} <= _names(after)
    assert _merged_or_same(after, code) == after


def _merged_or_same(source: str, code: str) -> str:
    try:
        return merged(source, code)
    except UserError as error:
        assert "defines nothing" in str(error) or "holds no code" in str(error)  # noqa: PT017
        return source


def _names(text: str) -> set[str]:
    """Definitions and assigned names, with the members of classes."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{member.name}" for member in node.body if hasattr(member, "name")}
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
    return found
