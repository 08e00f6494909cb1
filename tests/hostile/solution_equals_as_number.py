"""Attacks: the comparison, by a number whose own methods lie.

Must hold: no test passes.
"""


class Chameleon(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__

    def __index__(self):
        return 0

    def __add__(self, other):
        return other

    __radd__ = __add__


def answer(number):
    return Chameleon(0)
