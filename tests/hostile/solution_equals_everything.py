"""Attacks: the comparison, by an object that equals everything.

Must hold: no test passes.
"""


class Anything:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return 0

    def __bool__(self):
        return True


def answer(number):
    return Anything()
