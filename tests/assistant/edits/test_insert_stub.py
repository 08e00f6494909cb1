"""Generated code in the place of a stub: what is taken of it, and that all else of the file stays."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.edits.plan import insert_spec, plan
from assistant.specs.python_file import select, specs_of
from models.errors import UserError

FILE = Path("shop.py")


def inserted(source: str, name: str, code: str) -> str:
    (spec,) = select(specs_of(FILE, source), function=name)
    after = insert_spec(source, spec, code)
    plan(FILE, source, after)
    return after


def check(source: str, name: str, code: str, expected: str) -> None:
    assert inserted(dedent(source), name, dedent(code)) == dedent(expected)


def refused(source: str, name: str, code: str) -> str:
    with pytest.raises(UserError) as caught:
        inserted(dedent(source), name, dedent(code))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_signature_decorators_docstring_and_comments_stay() -> None:
    check(
        '''
        @cache  # hot
        @app.route(
            "/slug",
        )
        async def slugify(
            title: str,  # as typed
            *,
            sep: str = "-",
        ) -> str:  # noqa: X
            """Lower case.

              Indented as the user likes.
            """

            # Umlauts stay.
            ...

            # Later: cut at 80.

        after = 1
        ''',
        "slugify",
        '''
        def slugify(title, sep='-'):
            """Make a slug."""
            # split it
            words = title.lower().split()

            return sep.join(words)  # done
        ''',
        '''
        @cache  # hot
        @app.route(
            "/slug",
        )
        async def slugify(
            title: str,  # as typed
            *,
            sep: str = "-",
        ) -> str:  # noqa: X
            """Lower case.

              Indented as the user likes.
            """

            # Umlauts stay.
            # split it
            words = title.lower().split()

            return sep.join(words)  # done

            # Later: cut at 80.

        after = 1
        ''',
    )


@pytest.mark.parametrize(
    ("stub", "expected"),
    [
        ("def f(x): ...\n", "def f(x):\n    return 2 * x\n"),
        ("def f(x): ...  # noqa: E704\n", "def f(x):  # noqa: E704\n    return 2 * x\n"),
        ("def f(x): ...  # TODO: write\n", "def f(x):\n    return 2 * x\n"),
        ("def f(x): 'Doc.'\n", "def f(x):\n    'Doc.'\n    return 2 * x\n"),
        ("def f(x): 'Doc.'; pass\n", "def f(x):\n    'Doc.'\n    return 2 * x\n"),
        ("def f(x):\n  'Doc.'; pass\n", "def f(x):\n  'Doc.'\n  return 2 * x\n"),
        ("def f(x):\n    'Doc.'\n", "def f(x):\n    'Doc.'\n    return 2 * x\n"),
        ("def f(x):\n    'Doc.';\n", "def f(x):\n    'Doc.';\n    return 2 * x\n"),
        (
            "def f(x):\n    'Doc.'\n    # twice\ny = 1\n",
            "def f(x):\n    'Doc.'\n    # twice\n    return 2 * x\ny = 1\n",
        ),
        ("def f(x):\n    pass  # twice\n", "def f(x):\n    # twice\n    return 2 * x\n"),
        ("def f(x):\n    pass  # pragma: no cover\n", "def f(x):\n    return 2 * x\n"),
        ("def f(x):  # TODO: write\n    pass\n", "def f(x):\n    return 2 * x\n"),
        ("# TODO: write\n#  well\n# Twice.\ndef f(x):\n    pass\n", "def f(x):\n    return 2 * x\n"),
        ("# Twice.\n# TODO: write\ndef f(x):\n    pass\n", "# Twice.\ndef f(x):\n    return 2 * x\n"),
        ("def f(x):\n    # TODO: write\n    pass\n    # todo end\n", "def f(x):\n    return 2 * x\n"),
        (
            "def f(x):\n    raise NotImplementedError(\n        'later'\n    )\n\n\ny = 1\n",
            "def f(x):\n    return 2 * x\n\n\ny = 1\n",
        ),
        ("def f(x): ...", "def f(x):\n    return 2 * x"),
        ("def f(x):\n\t...", "def f(x):\n\treturn 2 * x"),
        ("def f(x):\r\n   ...\r\ny = 1", "def f(x):\r\n   return 2 * x\r\ny = 1"),
        ("\ufeffdef f(x): ...\r\n", "\ufeffdef f(x):\r\n    return 2 * x\r\n"),
    ],
)
def test_every_shape_of_stub(stub: str, expected: str) -> None:
    assert inserted(stub, "f", "def f(x):\n    return 2 * x\n") == expected


def test_the_files_indentation_and_line_ends_are_taken_on() -> None:
    source = "class A:\r\n\tdef f(self, x):\r\n\t\t'''Doc.'''\r\n\r\n\tdef g(self): return 1\r\n"
    code = dedent("""
        def f(self, x):
          for y in x:
            if y:
                yield (
                    y
                )
          text = '''one
            two'''
          long = x + \\
            y
    """)
    assert inserted(source, "f", code) == (
        "class A:\r\n\tdef f(self, x):\r\n\t\t'''Doc.'''\r\n"
        "\t\tfor y in x:\r\n\t\t\tif y:\r\n\t\t\t\tyield (\r\n\t\t\t\t    y\r\n\t\t\t\t)\r\n"
        "\t\ttext = '''one\r\n    two'''\r\n\t\tlong = x + \\\r\n    y\r\n"
        "\r\n\tdef g(self): return 1\r\n"
    )


def test_helpers_come_along_and_demonstrations_do_not() -> None:
    check(
        """
        import os

        LIMIT = 3

        # The entry point.
        def f(x):
            ...
        """,
        "f",
        """
        from typing import List, Optional
        import math, sys

        # Assumption: whole numbers only.

        LIMIT = 5
        STEP = 2
        FACTOR = STEP * 10
        UNUSED = 1

        class Node:
            size: Optional[int] = None

        def helper(node: Node) -> int:
            return inner(node) * LIMIT

        def inner(node):
            return math.floor(FACTOR)

        def other():
            return UNUSED

        def f(x: List[int]) -> int:
            result = helper(Node())
            return result + f(x)

        result = f([1])
        print(result)
        assert f([]) == 0
        if __name__ == "__main__":
            other()
        """,
        """
        import os
        import math
        from typing import Optional

        LIMIT = 3

        STEP = 2
        FACTOR = STEP * 10


        class Node:
            size: Optional[int] = None


        def helper(node: Node) -> int:
            return inner(node) * LIMIT


        def inner(node):
            return math.floor(FACTOR)


        # The entry point.
        def f(x):
            # Assumption: whole numbers only.
            result = helper(Node())
            return result + f(x)
        """,
    )


def test_assumptions_above_the_function_move_into_it() -> None:
    check(
        "def f(x): ...\n",
        "f",
        """
        # Assumption: no negative numbers.
        # Here is the code.
        def f(x):
            # Assumption: whole.
            return x
        """,
        """\
        def f(x):
            # Assumption: no negative numbers.
            # Assumption: whole.
            return x
        """,
    )


def test_a_method_brings_the_members_it_reaches() -> None:
    check(
        '''
        class Cart(Base):
            """A cart."""

            def __init__(self, items):
                self.items = items

            # What is paid.
            @property
            def total(self): ...

            def _kept(self): return 1
        ''',
        "Cart.total",
        """
        class Cart:
            RATE = 2
            UNUSED = 3

            def __init__(self, items, extra):
                self.items = items
                self.extra = extra

            def _sum(self):
                return sum(self.items) * self.RATE

            def _kept(self):
                return 2

            @property
            def total(self):
                return self._sum() + self._kept()

            def show(self):
                print(self.total)
        """,
        '''
        class Cart(Base):
            """A cart."""

            def __init__(self, items):
                self.items = items

            RATE = 2

            def _sum(self):
                return sum(self.items) * self.RATE

            # What is paid.
            @property
            def total(self):
                return self._sum() + self._kept()

            def _kept(self): return 1
        ''',
    )


def test_a_property_and_its_setter_are_told_apart() -> None:
    source = dedent("""
        class C:
            @property
            def v(self): ...
            @v.setter
            def v(self, value): ...
    """)
    code = dedent("""
        class C:
            @property
            def v(self):
                return self._v
            @v.setter
            def v(self, value):
                self._v = value
    """)
    first = inserted(source, "C.v", code)
    both = inserted(first, "C.v#2", code)
    assert both.index("return self._v") < both.index("@v.setter") < both.index("self._v = value")


def test_overloads_stay_and_the_function_is_filled() -> None:
    source = dedent("""
        @overload
        def f(x: int) -> int: ...
        @overload
        def f(x: str) -> str: ...
        def f(x):
            "Twice."
    """)
    overloads = "@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: str) -> str: ...\n"
    code = f"{overloads}def f(x):\n    return 2 * x\n"
    assert inserted(source, "f", code) == source + "    return 2 * x\n"


@pytest.mark.parametrize(
    "code",
    [
        "class Solution:\n    def f(self, x):\n        return 2 * x\n",
        "class Solution:\n    @staticmethod\n    def f(x):\n        return 2 * x\n",
        "def f(x):\n    pass\n\ndef f(x):\n    return 2 * x\n",
        "def f(x): return 2 * x",
        "    def f(x):\n        return 2 * x\n",
        "def main():\n    def f(x):\n        return 2 * x\n    print(f(2))\nmain()\n",
        "if True:\n    def f(x):\n        return 2 * x\n",
        "def f(number):\n    return 2 * number\n",
        "def f(self, x):\n    return 2 * x\n",
    ],
)
def test_the_function_is_found_wherever_the_model_wrote_it(code: str) -> None:
    assert inserted("def f(x): ...\n", "f", code) == "def f(x):\n    return 2 * x\n"


def test_nested_functions_generics_and_positional_only() -> None:
    check(
        """
        def outer(string, /, *args: int, **rest: str):
            def inner(xs: "list[T]", /, n: int = 1) -> "T": ...
            return inner
        """,
        "inner",
        """
        def inner(values, n):
            return string.join(values[n] for values in [values])
        """,
        """
        def outer(string, /, *args: int, **rest: str):
            def inner(xs: "list[T]", /, n: int = 1) -> "T":
                return string.join(xs[n] for xs in [xs])
            return inner
        """,
    )


# Parameters.


def test_parameters_are_renamed_by_place() -> None:
    check(
        "def f(items, *, key=None, **more): ...\n",
        "f",
        """
        def f(lst, *, key=None, **kwargs):
            lst = sorted(lst, key=key)
            return [obj.lst for obj in lst], g(lst=1, **kwargs), lambda lst: lst, f"{lst!r}"
        """,
        """\
        def f(items, *, key=None, **more):
            items = sorted(items, key=key)
            return [obj.lst for obj in items], g(lst=1, **more), lambda items: items, f"{items!r}"
        """,
    )


def test_a_name_with_another_meaning_in_the_body_is_not_overwritten() -> None:
    check(
        "def f(items): ...\n",
        "f",
        """
        def f(lst):
            items = sorted(lst)
            return lst[0], items[0]
        """,
        """\
        def f(items):
            lst = items
            items = sorted(lst)
            return lst[0], items[0]
        """,
    )


def test_self_by_another_name() -> None:
    check(
        "class A:\n    def f(this, x): ...\n",
        "f",
        "class A:\n    def f(self, x):\n        return self.y + x\n",
        "class A:\n    def f(this, x):\n        return this.y + x\n",
    )


@pytest.mark.parametrize("code", ["def f(a, b):\n    return a + b\n", "def f(x, y=1):\n    return y\n"])
def test_other_parameters_are_refused(code: str) -> None:
    assert "the reply's `f` takes" in refused("def f(x): ...\n", "f", code)


def test_a_parameter_that_is_not_used_does_no_harm() -> None:
    code = "def f(x, verbose=False):\n    return x\n"
    assert inserted("def f(x): ...\n", "f", code) == "def f(x):\n    return x\n"


def test_a_method_that_needs_its_class_is_no_function() -> None:
    code = "class A:\n    def f(self, x):\n        return self.y\n"
    assert "writes `f` as a method" in refused("def f(x): ...\n", "f", code)


# Imports.


def test_imports_stay_below_docstring_and_future() -> None:
    check(
        '''\
        """Shop."""
        from __future__ import annotations

        x = 1

        def f(x): ...
        ''',
        "f",
        """
        from __future__ import annotations
        from collections import Counter
        def f(x):
            return Counter(x)
        """,
        '''\
        """Shop."""
        from __future__ import annotations
        from collections import Counter

        x = 1

        def f(x):
            return Counter(x)
        ''',
    )


@pytest.mark.parametrize(
    "have",
    [
        "import re",
        "import os, re",
        "try:\n    import re\nexcept ImportError:\n    re = None",
        "x = 1\nimport re",
        "if True:\n    import re",
    ],
)
def test_an_import_that_is_there_is_not_added(have: str) -> None:
    source = f"{have}\n\ndef f(x): ...\n"
    code = "import re\ndef f(x):\n    return re.escape(x)\n"
    assert inserted(source, "f", code) == f"{have}\n\ndef f(x):\n    return re.escape(x)\n"


@pytest.mark.parametrize(
    ("have", "imported", "used"),
    [
        ("from collections.abc import Iterable", "from typing import Iterable", "Iterable"),
        ("import numpy as np", "import numpy as np", "np.array"),
        ("import os.path", "import os.path", "os.path.join"),
        ("from . import money", "from . import money", "money.read"),
    ],
)
def test_names_that_are_bound_already(have: str, imported: str, used: str) -> None:
    source = f"{have}\n\ndef f(x): ...\n"
    assert inserted(source, "f", f"{imported}\ndef f(x):\n    return {used}\n").startswith(f"{have}\n\ndef f")


def test_what_the_file_defines_is_not_imported_from_itself() -> None:
    source = "class Cart:\n    x = 1\n\ndef f(x): ...\n"
    code = "from shop import Cart\ndef f(x):\n    return Cart()\n"
    assert inserted(source, "f", code) == source.replace(" ...", "\n    return Cart()")


def test_an_import_whose_name_means_something_else_stays_in_the_function() -> None:
    check(
        """\
        import datetime

        def f(x): ...
        """,
        "f",
        """
        from datetime import datetime
        def helper():
            return datetime.now()
        def f(x):
            return datetime.now() - helper()
        """,
        """\
        import datetime

        def helper():
            from datetime import datetime
            return datetime.now()


        def f(x):
            from datetime import datetime
            return datetime.now() - helper()
        """,
    )


def test_a_clash_in_a_constant_is_refused() -> None:
    code = "from datetime import datetime\nSTART = datetime.now()\ndef f(x):\n    return START\n"
    assert "imports datetime otherwise" in refused("import datetime\n\ndef f(x): ...\n", "f", code)


def test_a_type_only_import_is_none_at_run_time() -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from decimal import Decimal\n"
    source += "\ndef f(x): ...\n"
    after = inserted(source, "f", "from decimal import Decimal\ndef f(x):\n    return Decimal(x)\n")
    namespace: dict[str, object] = {}
    exec(after, namespace)  # noqa: S102
    assert str(namespace["f"]("1.5")) == "1.5"  # type: ignore[operator]


def test_a_forgotten_import_of_the_standard_library_is_added() -> None:
    code = "def f(x):\n    return re.sub('a', 'b', x) + helper.y + math\n"
    assert inserted("x = 1\ndef f(x): ...\n", "f", code).startswith("import re\n\nx = 1\n")
    assert "import re" not in inserted("def re(): return 1\ndef f(x): ...\n", "f", code)


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ("", "import re\n\n\n"),
        ("# About f.\n", "import re\n\n\n# About f.\n"),
        ("#!/usr/bin/env python3\n", "#!/usr/bin/env python3\n\nimport re\n\n\n"),
        ("# Copyright 2026\n# All of us.\n", "# Copyright 2026\n# All of us.\n\nimport re\n\n\n"),
        ("# Whole file.\n\n# About f.\n", "# Whole file.\n\nimport re\n\n\n# About f.\n"),
        ('"""Doc."""\n', '"""Doc."""\n\nimport re\n\n\n'),
        ('"""Doc."""\n\n# About f.\n', '"""Doc."""\n\nimport re\n\n\n# About f.\n'),
    ],
)
def test_the_first_import_of_a_file(top: str, expected: str) -> None:
    code = "import re\ndef f(x):\n    return re.escape(x)\n"
    assert inserted(f"{top}def f(x): ...\n", "f", code) == f"{expected}def f(x):\n    return re.escape(x)\n"


# Refusals.


def test_code_without_the_function_says_what_it_defines() -> None:
    line = refused("def f(x): ...\n", "f", "def g(): return 1\nclass A:\n    def h(self): return 2\n")
    assert line == "the reply does not define `f`; it defines `g`, `A`, `A.h`; ask again, or write it by hand"
    assert "it defines no function" in refused("def f(x): ...\n", "f", "print('hello')\n")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def f(x):\n    ...\n", "leaves `f` unwritten"),
        ("def f(x):\n    '''Twice.'''\n", "leaves `f` unwritten"),
        ("def f(x):\n    return (\n", "the reply:2:12: not valid Python"),
        ("Sure! Here it is:", "not valid Python"),
        ("", "holds no code"),
        ("# nothing\n", "holds no code"),
        ("(" * 3000, "nested"),
        ("def f(x):\n    return " + "a + " * 2000 + "a\n", "nested too deeply"),
        ("\0", "not valid Python"),
    ],
)
def test_replies_that_are_no_code(code: str, reason: str) -> None:
    assert reason in refused("def f(x): ...\n", "f", code)


def test_code_that_cannot_stand_there_is_found_out_by_the_dry_run() -> None:
    line = refused("def f(x): ...\n", "f", "async def f(x):\n    await x\n")
    assert "would not be valid Python there" in line


def test_a_stub_that_is_gone_or_written() -> None:
    (spec,) = specs_of(FILE, "def f(x): ...\n")
    code = "def f(x):\n    return 1\n"
    with pytest.raises(UserError, match="`f` is no longer there"):
        insert_spec("x = 1\n", spec, code)
    with pytest.raises(UserError, match="`f` is no longer a stub"):
        insert_spec(code, spec, code)


# One after another, and properties.


def test_all_specs_of_a_file_one_after_another() -> None:
    source = dedent('''\
        """Shop."""

        def first(x): ...

        class A:
            def second(self):
                # TODO: half
                return self.x

            def third(self): ...

        # TODO: half
        Y = 1

        def first(x): ...
    ''')
    codes = {
        "first": "import re\nH = 1\ndef first(x):\n    return re.escape(x) + H\n",
        "todo-7": "def second(self):\n    return self.x / 2\n",
        "A.third": "from re import escape\ndef third(self):\n    return escape(self.x)\n",
        "todo-12": "Y = 0.5\n",
        "first#2": "def first(x):\n    return 2\n",
    }
    specs = specs_of(FILE, source)
    assert [spec.name for spec in specs] == list(codes)
    text = source
    for spec in specs:
        text = insert_spec(text, spec, codes[spec.name])
        plan(FILE, source, text)
    assert text == dedent('''\
        """Shop."""

        import re
        from re import escape


        H = 1


        def first(x):
            return re.escape(x) + H

        class A:
            def second(self):
                return self.x / 2

            def third(self):
                return escape(self.x)

        Y = 0.5

        def first(x):
            return 2
    ''')
    with pytest.raises(UserError, match="holds no spec"):
        specs_of(FILE, text)


OTHERS = [
    "x = 1",
    "y = '''\n  text\n\t'''",
    "# a comment",
    "",
    "@decorated\nclass A(B):\n  '''Doc.'''\n  def m(self): return 1\n\n  # end of A",
    "def g(\n    a,  # first\n\n    b=[1,\n       2],\n):\n\treturn a ; \n\t# end of g",
    "if x:\n      z = 3\nelse :\n  z=4",
    "call( 1,2 ) # odd  spacing   ",
    "\x0c",
]
BODIES = [
    "return 1",
    "for i in x:\n    if i:\n        yield i\n    else:\n        continue",
    "text = '''a\n  b'''\nreturn text",
    "# comment\n\nreturn [\n    1,\n    2,\n]",
]
STUBS = ["...", "pass", '"""Doc."""', '"""Doc."""\n    # note\n    raise NotImplementedError']


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(OTHERS), max_size=5),
    st.lists(st.sampled_from(OTHERS), max_size=5),
    st.sampled_from(STUBS),
    st.sampled_from(BODIES),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_every_line_outside_of_the_stub_stays(
    above: list[str], below: list[str], stub: str, body: str, newline: str, ends: bool
) -> None:
    def lines(parts: list[str]) -> str:
        return "".join(f"{part}\n" for part in parts)

    before = lines([*above, "", "def wanted(x):"])
    after = lines(["x = 2", *below])
    source = f"{before}    {stub}\n{after}"
    if not ends:
        source = source[:-1]
        after = after[:-1]
    code = "def wanted(x):\n" + "\n".join(f"    {line}" for line in body.split("\n"))
    result = inserted(source.replace("\n", newline), "wanted", code)
    assert result.startswith(before.replace("\n", newline))
    assert result.endswith(after.replace("\n", newline))
    namespace: dict[str, object] = {}
    exec(compile(result[result.index("def wanted") :].split(f"x = 2{newline}")[0], "x", "exec"), namespace)  # noqa: S102
    assert "wanted" in namespace
