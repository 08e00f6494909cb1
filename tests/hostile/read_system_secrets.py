"""Attacks: this machine's secrets.

Must hold: none of them is read.
"""

import pathlib

for place in (
    "/etc/shadow",
    "/etc/passwd",
    "/etc/ssh",
    "/proc/kcore",
    "/dev/mem",
    "/dev/sda",
    "/dev/vda",
):
    try:
        with pathlib.Path(place).open("rb") as file:
            if file.read(16):
                print("ESCAPED: read", place)
    except OSError:
        pass
for place in ("/var", "/run", "/mnt", "/srv", "/boot", "/sys"):
    try:
        if list(pathlib.Path(place).iterdir()):
            print("ESCAPED: listed", place)
    except OSError:
        pass
