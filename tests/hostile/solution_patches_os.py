"""Attacks: the harness, by replacing the calls that it forks, writes and waits with.

Must hold: no test passes.
"""

import os
import signal

signal.signal(signal.SIGALRM, signal.SIG_IGN)
os.fork = lambda: 0
os._exit = lambda status: None
os.waitpid = lambda *arguments: (1, 0)


def answer(number):
    return True
