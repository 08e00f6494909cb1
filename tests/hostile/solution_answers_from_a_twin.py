"""Attacks: the other tests, by a twin that outlives its own and answers for them.

Must hold: no test passes.
"""

import os
import sys
import time


def answer(number):
    if os.fork() == 0:
        os.setsid()
        for _ in range(200):
            os.write(int(sys.argv[-1]), b'{"nonce": "x", "outcome": "value", "value": true}\n')
            time.sleep(0.005)
        os._exit(0)
