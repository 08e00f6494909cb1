"""Attacks: the comparison, by the standard library's own object that equals everything.

Must hold: no test passes.
"""

from unittest import mock  # noqa: TID251


def answer(number):
    return mock.ANY
