"""Attacks: the clean-up and the measuring, by folders that even their owner may not look into.

Must hold: the private folder is gone afterwards.
"""

import pathlib

for number in range(20):
    pathlib.Path(f"folder-{number}").mkdir()
    with pathlib.Path(f"folder-{number}/file").open("wb") as file:
        file.write(b"x")
    pathlib.Path(f"folder-{number}/link").symlink_to("/")
    try:
        pathlib.Path(f"folder-{number}").chmod(0)
    except PermissionError:
        pass
    pathlib.Path(f"closed-{number}").mkdir(mode=0)
