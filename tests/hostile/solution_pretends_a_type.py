"""Attacks: the encoding, by pretending another class.

Must hold: no test passes.
"""


class Pretender:
    __class__ = int

    def __init__(self):
        self.value = 0

    def __getattr__(self, name):
        return lambda *arguments: True

    def __int__(self):
        return 1


def answer(number):
    return Pretender()
