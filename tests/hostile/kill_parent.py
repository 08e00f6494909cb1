"""Attacks: the watcher, by signals to its parent and theirs.

Must hold: the program is reported as ended, with all that it left.
"""

import os
import signal
import subprocess
import time

subprocess.Popen(["sleep", "60"], start_new_session=True)
for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
    for pid in {os.getppid(), 1, 2, 3}:
        try:
            os.kill(pid, number)
        except OSError:
            pass
time.sleep(0.2)
