"""Attacks: files outside, by going up from where it may be.

Must hold: no secret is read.
"""

import json
import os
import pathlib
import sys

canary = json.loads(sys.argv[1])

for way in ("../" * 12, "/proc/self/cwd/" + "../" * 12, f"{pathlib.Path(__file__).parent}/" + "../" * 12):
    try:
        with pathlib.Path(way + canary["secret"].lstrip("/")).open(encoding="utf-8") as file:
            print(file.read())
    except OSError:
        pass
try:
    upwards = os.open("/", os.O_RDONLY)
    print(os.read(os.open(canary["secret"].lstrip("/"), os.O_RDONLY, dir_fd=upwards), 4096))
except OSError:
    pass
