"""Attacks: the harness, by replacing its functions.

Must hold: no test passes.
"""

import __main__


def forged(solution, request):
    return {
        "outcome": "value",
        "value": True,
        "shown": "True",
        "printed": "True",
        "seconds": 0.0,
        "verdict": "passed",
    }


__main__.make_call = forged
__main__.encoded = lambda value: True
__main__.shown = lambda value: "True"


def answer(number):
    return None
