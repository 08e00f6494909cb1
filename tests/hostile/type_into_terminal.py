"""Attacks: the caller's shell, by typing into its terminal.

Must hold: nothing is typed.
"""

import fcntl

for descriptor in range(3):
    for letter in b"id\n":
        try:
            fcntl.ioctl(descriptor, 0x5412, bytes([letter]))
            print("ESCAPED: typed")
        except OSError:
            pass
