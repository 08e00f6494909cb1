"""Attacks: the system call filter, by a queue that makes calls for it.

Must hold: there is no such queue.
"""

import ctypes

parameters = ctypes.create_string_buffer(256)
if ctypes.CDLL(None).syscall(425, 8, parameters) >= 0:
    print("ESCAPED: has an io_uring")
