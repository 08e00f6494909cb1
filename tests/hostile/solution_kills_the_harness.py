"""Attacks: the harness, by a signal in the middle of a test.

Must hold: no test passes.
"""

import os
import signal


def answer(number):
    os.kill(os.getppid(), signal.SIGKILL)
