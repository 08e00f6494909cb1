"""Attacks: the user id, by system calls and by programs that are root's.

Must hold: it stays who it is.
"""

import os
import subprocess

for change in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgroups([0])):
    try:
        change()
        print("ESCAPED: is", os.getresuid(), os.getgroups())
    except OSError:
        pass
for command in (["su", "-c", "id"], ["sudo", "-n", "id"], ["mount"], ["newgrp", "root"]):
    try:
        done = subprocess.run(command, capture_output=True, timeout=2, text=True)
        if "uid=0" in done.stdout:
            print("ESCAPED: ran as root")
    except (OSError, subprocess.TimeoutExpired):
        pass
