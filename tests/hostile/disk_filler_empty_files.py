"""Attacks: this machine's disk, by files without content.

Must hold: it ends within its limits, and nothing of it is left.
"""

import itertools
import pathlib

for number in itertools.count():
    with pathlib.Path(f"file-{number}").open("wb"):
        pass
