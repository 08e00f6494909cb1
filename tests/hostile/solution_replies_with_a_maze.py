"""Attacks: the judge's parser, by replies nested without an end and far too long.

Must hold: no test passes.
"""

import os
import sys


def answer(number):
    os.write(int(sys.argv[-1]), b"[" * 100_000 + b"\n" + b'{"outcome": ' * 50_000 + b"\n")
