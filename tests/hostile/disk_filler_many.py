"""Attacks: this machine's disk, by many files each below the limit.

Must hold: the limit of all together is met.
"""

import itertools
import pathlib
import time

for number in itertools.count():
    with pathlib.Path(f"file-{number}").open("wb") as file:
        file.write(b"x" * (1 << 20))
    time.sleep(0.005)
    if number == 2000:
        print("ESCAPED: two gigabytes")
        break
