"""Attacks: the judge's time, before any test.

Must hold: no test passes.
"""

import time

time.sleep(3600)


def answer(number):
    return None
