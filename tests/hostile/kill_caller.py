"""Attacks: the caller, by its number and its group.

Must hold: the caller lives and goes on.
"""

import json
import os
import signal
import sys

canary = json.loads(sys.argv[1])

for pid in (canary["pid"], -canary["pid"]):
    for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except OSError:
            pass
try:
    signal.pidfd_send_signal(os.pidfd_open(canary["pid"]), signal.SIGKILL)
except OSError:
    pass
