"""Attacks: the end, by stopping instead of ending.

Must hold: it ends at the wall time.
"""

import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)
