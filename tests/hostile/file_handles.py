"""Attacks: files outside, by handles instead of paths.

Must hold: no secret is read.
"""

import ctypes
import json
import os
import sys

canary = json.loads(sys.argv[1])

libc = ctypes.CDLL(None, use_errno=True)
handle = ctypes.create_string_buffer((128).to_bytes(4, "little") + bytes(132), 136)
mount = ctypes.c_int()
libc.name_to_handle_at(-100, canary["secret"].encode(), handle, ctypes.byref(mount), 0)
for place in (".", "/", "/usr"):
    try:
        folder = os.open(place, os.O_RDONLY)
    except OSError:
        continue
    for inode in range(2, 200):
        guess = (8).to_bytes(4, "little") + (1).to_bytes(4, "little") + inode.to_bytes(4, "little") + bytes(4)
        if libc.open_by_handle_at(folder, guess, os.O_RDONLY) >= 0:
            print("ESCAPED: opened by a handle")
            break
