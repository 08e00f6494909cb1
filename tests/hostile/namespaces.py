"""Attacks: the isolation, by building its own name spaces, mounts and roots.

Must hold: none can be built.
"""

import ctypes
import os

libc = ctypes.CDLL(None)
if libc.unshare(0x10000000) == 0:
    print("ESCAPED: has a user namespace")
if libc.unshare(0x20000) == 0:
    print("ESCAPED: has a mount namespace")
if libc.mount(b"none", b".", b"tmpfs", 0, None) == 0:
    print("ESCAPED: mounted")
stack = ctypes.create_string_buffer(65536)
if libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) == 0:  # clone with a user namespace
    os._exit(0)
try:
    os.chroot(".")
    print("ESCAPED: changed the root")
except OSError:
    pass
