"""Attacks: files outside, without opening them: modes, owners, times, names, sizes.

Must hold: none changes.
"""

import json
import os
import pathlib
import sys

canary = json.loads(sys.argv[1])

path = canary["outside"]
for change in (
    lambda: pathlib.Path(path).chmod(0o777),
    lambda: os.chown(path, os.getuid(), os.getgid()),
    lambda: os.utime(path, (0, 0)),
    lambda: os.truncate(path, 0),
    lambda: pathlib.Path(path).rename("here"),
    lambda: pathlib.Path(path).unlink(),
    lambda: pathlib.Path("own").rename(path),
    lambda: os.setxattr(path, "user.x", b"x"),
):
    with pathlib.Path("own").open("w", encoding="utf-8") as file:
        file.write("changed")
    try:
        change()
        print("ESCAPED: changed it")
    except OSError:
        pass
