"""Attacks: the caller's time, without using the processor.

Must hold: it ends at the wall time.
"""

import time

while True:
    time.sleep(3600)
