"""Attacks: the clean-up, by orphans that replace each other faster than they are found.

Must hold: nothing of it is left.
"""

import os
import time

for _ in range(6):
    if os.fork() == 0:
        os.setsid()
        while True:
            try:
                if os.fork() > 0:
                    os._exit(0)
            except OSError:
                pass
time.sleep(0.3)
