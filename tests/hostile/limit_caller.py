"""Attacks: the caller, by lowering its limits, its priority and its processors.

Must hold: the caller's settings stay.
"""

import json
import os
import resource
import sys

canary = json.loads(sys.argv[1])

pid = canary["pid"]
for change in (
    lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3)),
    lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
    lambda: os.sched_setaffinity(pid, {0}),
):
    try:
        change()
        if pid > 100:  # a small number may be a process of the sandbox's own
            print("ESCAPED: changed the caller")
    except OSError:
        pass
