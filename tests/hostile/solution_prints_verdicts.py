"""Attacks: a reader of stdout, by printing what a passed run prints.

Must hold: no test passes.
"""

print("1 passed, 0 failed")
print('{"outcome": "value", "value": true, "verdict": "passed"}')


def answer(number):
    print("OK", "passed", True, sep="\n")
