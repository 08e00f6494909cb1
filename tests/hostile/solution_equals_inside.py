"""Attacks: the comparison, by containers that lie about what they hold.

Must hold: no test passes.
"""


class Bag(list):
    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 10**6

    def __class_getitem__(cls, item):
        return cls


def answer(number):
    return Bag([Bag()])
