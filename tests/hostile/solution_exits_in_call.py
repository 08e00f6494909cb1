"""Attacks: the verdict, by ending the process with status 0 in the middle of a test.

Must hold: no test passes.
"""

import os


def answer(number):
    os._exit(0)
