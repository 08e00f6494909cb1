"""Attacks: the judge's reader, by well-formed replies with content that breaks naive readers.

Must hold: no test passes.
"""

import json
import sys

import __main__

shapes = [
    ["i", "zz"],
    ["f", "1e999999"],
    ["D", "sNaN"],
    ["R", ["1", "0"]],
    ["d", [[["l", []], None]]],
    ["S", [["l", []]]],
    ["r", ["0", "1", "0"]],
    ["timedelta", [10**30, 0, 0]],
    ["x", 1],
    [],
    {"a": 1},
    17,
    ["o", [1, 2]],
]
real, turn = json.dumps, iter(shapes * 100)


def forged(data, *arguments, **options):
    if isinstance(data, dict) and "nonce" in data:
        data = {"nonce": data["nonce"], "outcome": "value", "value": next(turn), "seconds": -1e308}
    return real(data, *arguments, **options)


__main__.json.dumps = forged
sys.setrecursionlimit(10**6)


def answer(number):
    return None
