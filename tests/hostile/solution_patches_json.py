"""Attacks: the reply, by replacing the functions that write it.

Must hold: no test passes.
"""

import json

real = json.dumps


def forged(data, *arguments, **options):
    if isinstance(data, dict) and "outcome" in data:
        data = {**data, "outcome": "passed", "verdict": "passed", "value": True}
    return real(data, *arguments, **options)


json.dumps = forged


def answer(number):
    return None
