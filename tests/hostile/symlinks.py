"""Attacks: files outside, by links from the private folder.

Must hold: no secret is read, nothing outside changes.
"""

import json
import os
import pathlib
import sys

canary = json.loads(sys.argv[1])

for make in (os.symlink, os.link):
    for number, target in enumerate((canary["secret"], canary["outside"])):
        name = f"{make.__name__}-{number}"
        try:
            make(target, name)
        except OSError:
            continue
        for mode in ("r", "a"):
            try:
                with pathlib.Path(name).open(mode) as file:
                    print(file.read()) if mode == "r" else file.write("changed")
            except OSError:
                pass
try:
    pathlib.Path("folder").symlink_to(pathlib.Path(canary["outside"]).parent)
    with pathlib.Path("folder/new").open("w", encoding="utf-8") as file:
        file.write("here")
except OSError:
    pass
