"""Attacks: this machine's memory, by processes that stay below the limit of one.

Must hold: the limit of all together is met.
"""

import os
import time

for _ in range(12):
    if os.fork() == 0:
        hoard = []
        for _ in range(64):
            hoard.append(os.urandom(1 << 20))
        time.sleep(60)
time.sleep(30)
print("ESCAPED: all of them held their memory")
