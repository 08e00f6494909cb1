"""Attacks: the caller's terminal and time, by waiting for input.

Must hold: input is at its end at once.
"""

import pathlib
import sys

if sys.stdin.read():
    print("ESCAPED: there was input")
try:
    with pathlib.Path("/dev/tty").open(encoding="utf-8") as terminal:
        print("ESCAPED: there is a terminal", terminal.readline())
except OSError:
    pass
