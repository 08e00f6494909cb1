"""Attacks: the end, by a daemon: forked twice, in a session of its own, under another program.

Must hold: it does not outlive the program.
"""

import json
import os
import sys

canary = json.loads(sys.argv[1])

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("python3", ["python3", "-c", "import time; time.sleep(60)", canary["marker"]])
    os._exit(0)
os.wait()
