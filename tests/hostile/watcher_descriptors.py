"""Attacks: the watcher's report, by its descriptors in /proc.

Must hold: no report but the watcher's is believed.
"""

import os
import pathlib

report = b'{"met": null, "exit": 0, "signal": null, "wall_seconds": 0, "cpu_seconds": 0, "peak_bytes": 0}\n'
for pid in {os.getppid(), 1, 2}:
    for name in pathlib.Path(f"/proc/{pid}/fd").glob("*"):
        if int(name.name) < 3:
            continue
        try:
            os.write(os.open(name, os.O_WRONLY), report)
            print("ESCAPED: wrote to", name)
        except OSError:
            pass
raise SystemExit(9)
