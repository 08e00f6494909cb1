from __future__ import annotations

import inspect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.sources.docstrings.markup import plain
from synth.sources.docstrings.prose import LeansOnOtherText, Surroundings, describe
from synth.sources.docstrings.sections import parts_of

AROUND = Surroundings(
    "f", ("items", "limit", "strict"), frozenset({"strict"}), frozenset({"other", "chunked"})
)


def text(docstring: str) -> str:
    return describe(parts_of(inspect.cleandoc(docstring)), AROUND)


GOOGLE = """
    Keep the first *limit* of the ``items``.

    Nothing is changed in place. See :func:`other` for more.

    Args:
        items (list of int): The items to keep
            from, in their order.
        limit (int, optional): If negative, counts from the end.
        strict: Whether too few items are an error.

    Returns:
        list: New list of the items kept.

    Raises:
        ValueError: If there are too few.

    Example:

        >>> f([1, 2], 1)
        [1]

    .. versionadded:: 1.0
        It was not there before.
"""
NUMPY = """
    Keep the first limit of the items.

    Nothing is changed in place.

    Parameters
    ----------
    items : list of int
        The items to keep from, in their order.
    limit : int, optional
        If negative, counts from the end.
    strict
        Whether too few items are an error.

    Returns
    -------
    list
        New list of the items kept.

    Raises
    ------
    ValueError
        If there are too few.

    See Also
    --------
    other

    Examples
    --------
    >>> f([1, 2], 1)
    [1]
"""
SPHINX = """
    Keep the first limit of the items.

    Nothing is changed in place.

    :param items: The items to keep
        from, in their order.
    :type items: list of int
    :param int limit: If negative, counts from the end.
    :param strict: Whether too few items are an error.
    :returns: New list of the items kept.
    :raises ValueError: If there are too few.
"""
FIELDS = (
    "`items` (list of int) is the items to keep from, in their order. `limit` (int): if negative, counts "
    "from the end. `strict` says whether too few items are an error. Returns new list of the items kept. "
    "Raises ValueError if there are too few."
)


@pytest.mark.parametrize("docstring", [GOOGLE, NUMPY, SPHINX])
def test_the_three_styles_say_the_same(docstring: str) -> None:
    said = text(docstring).replace("`limit` of the `items`.", "limit of the items.")
    assert said == f"Keep the first limit of the items.\n\nNothing is changed in place.\n\n{FIELDS}"


def test_fields_at_the_level_of_their_heading() -> None:
    said = text(
        "Keep some of the items given.\n\nParameters:\nlimit (int): The number kept.\n\n"
        "Returns:\nlist: Those kept."
    )
    assert said == "Keep some of the items given.\n\n`limit` (int) is the number kept. Returns those kept."


@pytest.mark.parametrize(
    "docstring",
    [
        "Like :func:`chunked`, but the items may be of any kind.",
        "Same as other(), for lists of items that are sorted.",
        "Keep items.\n\nIt returns:\n\n* the items\n* what `chunked` would give",
        "Keep the items of this class that are not too old.",
        "Keep items as the table says:\n\n====== ======\nlimit  what\n====== ======",
        r"Keep the items of $x_1 \cdots x_n$ that come first.",
    ],
)
def test_a_text_that_needs_another_one_is_refused(docstring: str) -> None:
    with pytest.raises(LeansOnOtherText):
        text(docstring)


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        (
            "Keep the items that come first.\n\nUnlike `other`, it is fast. It takes any iterable.",
            "Keep the items that come first.\n\nIt takes any iterable.",
        ),
        (
            "Keep the items that come first, like `list` does.",
            "Keep the items that come first, like `list` does.",
        ),
        (
            "Keep the items that come first (see `other` for more) and last.",
            "Keep the items that come first and last.",
        ),
        (
            "Keep the items that come first. For example:\n\n    >>> f([1])\n    [1]\n\nThe rest is lost.",
            "Keep the items that come first.\n\nThe rest is lost.",
        ),
        ("f(items, limit) -> list\n\nKeep the items that come first.", "Keep the items that come first."),
        (
            "Keep some of the items:\n\n* the first\n* the last",
            "Keep some of the items:\n\n- the first\n- the last",
        ),
        ("Added in version 3. Adapted from https://example.org.", ""),
        ("TODO", ""),
    ],
)
def test_what_is_beside_the_point_goes(docstring: str, expected: str) -> None:
    assert text(docstring) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("a :class:`~pkg.mod.Thing` here", "a `Thing` here"),
        ("a :py:func:`sorted` list", "a `sorted` list"),
        ("``code`` and **bold** and *name* and *two words*", "`code` and bold and `name` and two words"),
        ("see `the docs <https://example.org>`_ now", "see the docs now"),
        ("2 * 3 * 4 stays, **kwargs too", "2 * 3 * 4 stays, **kwargs too"),
        (r"an escaped \*star\*", "an escaped *star*"),
        ("a footnote [1]_ here", "a footnote here"),
    ],
)
def test_markup_goes(markup: str, expected: str) -> None:
    assert plain(markup) == expected


@settings(deadline=None)
@given(st.text())
def test_no_docstring_breaks_the_description(docstring: str) -> None:
    try:
        said = describe(parts_of(docstring), AROUND)
    except LeansOnOtherText:
        return
    assert ">>>" not in said or ">>>" in docstring


@settings(deadline=None)
@given(st.lists(st.sampled_from(GOOGLE.splitlines() + NUMPY.splitlines() + SPHINX.splitlines()), max_size=30))
def test_any_order_of_lines_can_be_read(lines: list[str]) -> None:
    try:
        said = describe(parts_of("\n".join(lines)), AROUND)
    except LeansOnOtherText:
        return
    assert ">>>" not in said
    assert "versionadded" not in said
