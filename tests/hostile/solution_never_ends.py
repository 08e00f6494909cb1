"""Attacks: the judge's time, in a test.

Must hold: no test passes.
"""


def answer(number):
    while True:
        pass
