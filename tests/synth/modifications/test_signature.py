"""Signatures are read and written with the annotations wanted."""

import pytest

from synth.modifications.signature import annotated, annotation, hints_of, parameters

SIGNATURE = "def f(a: int, /, b: str='x', *rest: int, key=None, **more) -> list[str]:"


def test_a_signature_is_read() -> None:
    assert parameters(SIGNATURE) == ("a", "b", "rest", "key", "more")
    assert annotation(SIGNATURE) == "list[str]"
    assert annotation(SIGNATURE, "b") == "str"
    assert hints_of("def f(a, b):") == ({}, None)
    assert parameters("class A:\n    def f(self): ...") == ()


@pytest.mark.parametrize(
    ("hints", "result", "expected"),
    [
        ({}, None, "def f(a, /, b='x', *rest, key=None, **more):"),
        (
            {"a": "int", "key": "str"},
            "bool",
            "def f(a: int, /, b='x', *rest, key: str | None = None, **more) -> bool:",
        ),
    ],
)
def test_it_is_written_with_these_annotations(
    hints: dict[str, str], result: str | None, expected: str
) -> None:
    assert annotated(SIGNATURE, hints, result) == expected


def test_keyword_only_parameters_keep_their_star() -> None:
    assert annotated("def f(a, *, b=1):", {"b": "int"}, None) == "def f(a, *, b: int = 1):"


def test_what_is_no_function_stays_as_it_is() -> None:
    assert annotated("class A:\n    pass", {"a": "int"}, "int") == "class A:\n    pass"
