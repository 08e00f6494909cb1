"""Attacks: the process table, by threads.

Must hold: the process limit counts threads.
"""

import threading
import time

for _ in range(10_000):
    threading.Thread(target=time.sleep, args=(60,)).start()
print("ESCAPED: ten thousand threads")
