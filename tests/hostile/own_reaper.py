"""Attacks: the end, by adopting its orphans itself.

Must hold: they do not outlive the program.
"""

import ctypes
import os
import time

ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # child subreaper
if os.fork() == 0:
    os.setsid()
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)  # no death signal
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            time.sleep(60)
    time.sleep(60)
