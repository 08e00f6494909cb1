"""Attacks: files outside, existing and new ones.

Must hold: none changes, none appears.
"""

import json
import pathlib
import sys

canary = json.loads(sys.argv[1])

for place in (
    canary["new"],
    canary["outside"],
    f"/tmp/{canary['marker']}",
    f"/var/tmp/{canary['marker']}",
    f"{canary['home']}/.bashrc",
    "/etc/cron.d/x",
    "/etc/ld.so.preload",
    "/usr/lib/x",
):
    try:
        pathlib.Path(place).write_text("changed", encoding="utf-8")
    except OSError:
        continue
