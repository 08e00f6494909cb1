"""Attacks: the processor, by children that each stay below the limit.

Must hold: all end at the wall time.
"""

import os

for _ in range(8):
    if os.fork() == 0:
        while True:
            pass
os.wait()
