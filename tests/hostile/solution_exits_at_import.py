"""Attacks: the verdict, by ending the process with status 0 before any test.

Must hold: no test passes.
"""

import os

os._exit(0)
