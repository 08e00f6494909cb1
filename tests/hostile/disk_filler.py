"""Attacks: this machine's disk, by one file.

Must hold: the file size limit is met.
"""

import pathlib

with pathlib.Path("big").open("wb") as file:
    for _ in range(4096):
        file.write(b"x" * (1 << 20))
print("ESCAPED: four gigabytes")
