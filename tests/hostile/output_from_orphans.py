"""Attacks: the reader's patience, by children that keep stdout open.

Must hold: it ends with the program.
"""

import os
import time

for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        while True:
            os.write(1, b"still here\n")
            time.sleep(0.01)
