"""Attacks: the reader's terminal, by what it prints.

Must hold: what is shown holds no control characters.
"""

print("\x1b]0;title\x07\x1b[2J\x1b[31mred\x9b1m\u202egnp.txt\u202c")
