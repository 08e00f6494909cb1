"""Attacks: this machine's memory, by shared mappings whose address space is given back in between.

Must hold: a limit is met, or the kernel frees it.
"""

import mmap
import os
import time

for _ in range(12):
    if os.fork() == 0:
        area = mmap.mmap(-1, 100 << 20)
        for start in range(0, 100 << 20, 4096):
            area[start] = 1
        time.sleep(60)
time.sleep(30)
print("ESCAPED: all of them held their memory")
