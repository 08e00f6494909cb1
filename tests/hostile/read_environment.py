"""Attacks: keys in environments, its own and other processes'.

Must hold: none of the caller's variables is seen.
"""

import os
import pathlib

print(dict(os.environ))
for name in pathlib.Path("/proc").glob("*/environ"):
    try:
        with name.open("rb") as file:
            print(file.read())
    except OSError:
        pass
