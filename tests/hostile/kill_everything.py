"""Attacks: every process that it may signal.

Must hold: the caller lives.
"""

import os
import signal

for target in (-1, 0):
    try:
        os.kill(target, signal.SIGKILL)
    except OSError:
        pass
