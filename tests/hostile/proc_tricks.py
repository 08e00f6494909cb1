"""Attacks: files outside, by the doors that /proc has to other processes' roots and folders.

Must hold: no secret is read.
"""

import json
import pathlib
import sys

canary = json.loads(sys.argv[1])

proc = pathlib.Path("/proc")
for root in [*proc.glob("*/root"), *proc.glob("*/cwd"), *proc.glob("*/task/*/root")]:
    try:
        with pathlib.Path(f"{root}{canary['secret']}").open(encoding="utf-8") as file:
            print(file.read())
    except OSError:
        pass
for name, text in (("core_pattern", "|/bin/sh"), ("modprobe", "/tmp/x"), ("sysrq", "1")):
    try:
        with pathlib.Path(f"/proc/sys/kernel/{name}").open("w", encoding="utf-8") as file:
            file.write(text)
        print("ESCAPED: wrote", name)
    except OSError:
        pass
