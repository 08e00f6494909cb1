"""Attacks: this machine's memory, by files in /dev/shm.

Must hold: it cannot, or is limited and gone afterwards.
"""

import json
import pathlib
import sys

canary = json.loads(sys.argv[1])

with pathlib.Path(f"/dev/shm/{canary['marker']}").open("wb") as file:
    file.write(b"x" * (1 << 20))
