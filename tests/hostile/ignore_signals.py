"""Attacks: the end, by ignoring all signals.

Must hold: it ends at the wall time or the processor time.
"""

import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass
