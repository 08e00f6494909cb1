"""Attacks: the other tests, by reading their requests itself.

Must hold: no test passes.
"""

import os
import sys


def answer(number):
    while os.read(int(sys.argv[-2]), 1):
        pass
