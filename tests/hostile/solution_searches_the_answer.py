"""Attacks: the expected value, by looking for it in memory, files, environment and arguments.

Must hold: no test passes.
"""

import gc
import os
import pathlib
import re
import sys


def candidates():
    yield from (str(value) for value in gc.get_objects() if isinstance(value, (dict, list, tuple)))
    yield str(dict(os.environ)) + str(sys.argv)
    for path in pathlib.Path(sys.argv[0]).parent.rglob("*"):
        try:
            yield path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
    for descriptor in range(3, 64):
        try:
            os.set_blocking(descriptor, False)
            yield os.read(descriptor, 65536).decode(errors="replace")
        except OSError:
            continue


def answer(number):
    for text in candidates():
        found = re.search(r"expected[^0-9]{0,40}(\d{6,})", text)
        if found:
            return int(found[1])
    return None
