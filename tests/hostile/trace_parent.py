"""Attacks: the watcher, by ptrace.

Must hold: it cannot be attached to.
"""

import ctypes
import os

ATTACH, SEIZE = 16, 0x4206
libc = ctypes.CDLL(None)
for pid in (os.getppid(), 1):
    for request in (ATTACH, SEIZE):
        if libc.ptrace(request, pid, 0, 0) == 0:
            print("ESCAPED: traces", pid)
