"""Attacks: the clean-up, by folders nested deeper than a path can name.

Must hold: the private folder is gone afterwards.
"""

import os
import pathlib

name = "d" * 100
for _ in range(1200):
    pathlib.Path(name).mkdir()
    os.chdir(name)
