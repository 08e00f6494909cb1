"""Attacks: the reader's memory, by stdout.

Must hold: the output limit is met.
"""

while True:
    print("x" * 10_000)
