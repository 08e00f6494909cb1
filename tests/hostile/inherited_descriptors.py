"""Attacks: the watcher's report, by descriptors left open.

Must hold: there are none.
"""

import os

report = b'{"met": null, "exit": 0, "signal": null, "wall_seconds": 0, "cpu_seconds": 0, "peak_bytes": 0}\n'
for descriptor in range(3, 1024):
    try:
        os.write(descriptor, report)
        print("ESCAPED: wrote to", descriptor)
    except OSError:
        pass
raise SystemExit(9)
