"""Attacks: the network, by the C library's calls and numbers, past Python's.

Must hold: the listener sees no connection.
"""

import ctypes
import json
import struct
import sys

canary = json.loads(sys.argv[1])

libc = ctypes.CDLL(None)
descriptor = libc.syscall(41, 2, 1, 0)  # socket on x86-64
address = struct.pack("<H", 2) + struct.pack(">H", canary["port"]) + bytes([127, 0, 0, 1]) + bytes(8)
if descriptor >= 0 and libc.connect(descriptor, address, 16) == 0:
    print("ESCAPED: connected")
