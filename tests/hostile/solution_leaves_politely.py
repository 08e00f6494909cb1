"""Attacks: the verdict, by SystemExit with status 0, which runners took for success.

Must hold: no test passes.
"""

import sys


def answer(number):
    sys.exit(0)
