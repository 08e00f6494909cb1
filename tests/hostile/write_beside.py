"""Attacks: the program beside it, the interpreter and its packages.

Must hold: none of them changes.
"""

import os
import pathlib
import sys

for place in (__file__, f"{pathlib.Path(__file__).parent}/sitecustomize.py", os.__file__, sys.executable):
    try:
        with pathlib.Path(place).open("ab") as file:
            file.write(b"#")
        print("ESCAPED: wrote", place)
    except OSError:
        pass
for folder in sys.path:
    try:
        pathlib.Path(folder, "sitecustomize.py").write_text("", encoding="utf-8")
        print("ESCAPED: wrote into", folder)
    except OSError:
        pass
