"""Attacks: this machine's disk, by files that have no name any more.

Must hold: the limit of all together is met.
"""

import pathlib
import time

held = []
for number in range(100):
    file = pathlib.Path(f"file-{number}").open("wb")
    pathlib.Path(file.name).unlink()
    file.write(b"x" * (1 << 20))
    file.flush()
    held.append(file)
time.sleep(30)
print("ESCAPED: held 100 MiB in files without a name")
