"""Attacks: this machine's disk and whoever copies it, by a file with a hole of a terabyte.

Must hold: the file size limit is met.
"""

import pathlib

with pathlib.Path("hole").open("wb") as file:
    file.truncate(1 << 40)
print("ESCAPED: a terabyte")
