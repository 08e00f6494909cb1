"""Attacks: this machine's memory, by one process.

Must hold: the memory limit is met.
"""

hoard = []
for _ in range(4096):
    hoard.append(b"x" * (1 << 20))
print("ESCAPED: four gigabytes")
