"""Attacks: the reader's memory, by stderr without a line's end.

Must hold: the output limit is met.
"""

import sys

while True:
    sys.stderr.write("x" * 10_000)
