"""Attacks: secrets in the caller's home.

Must hold: none of it is read.
"""

import json
import pathlib
import sys

canary = json.loads(sys.argv[1])

for place in (canary["secret"], pathlib.Path("~/.ssh/id_rsa").expanduser(), f"{canary['home']}/.ssh/id_rsa"):
    try:
        print(pathlib.Path(place).read_text(encoding="utf-8"))
    except OSError:
        pass
try:
    print("ESCAPED: home has", list(pathlib.Path(canary["home"]).iterdir()))
except OSError:
    pass
