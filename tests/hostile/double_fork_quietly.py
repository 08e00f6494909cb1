"""Attacks: the end, by a daemon that closes every descriptor and waits for the sandbox to go.

Must hold: it does not outlive the program.
"""

import json
import os
import pathlib
import sys
import time

canary = json.loads(sys.argv[1])

if os.fork() == 0:
    os.setsid()
    if os.fork() > 0:
        os._exit(0)
    os.closerange(0, 256)
    time.sleep(2)
    try:
        with pathlib.Path(canary["new"]).open("w", encoding="utf-8") as file:
            file.write("here")
    finally:
        os._exit(0)
