"""Attacks: the interpreter, by recursion on the machine's own stack.

Must hold: it ends by a signal or an error, and is reported so.
"""

import sys

sys.setrecursionlimit(10**9)
maze = []
for _ in range(500_000):
    maze = [maze]
repr(maze)
