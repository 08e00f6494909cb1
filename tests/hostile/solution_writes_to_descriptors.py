"""Attacks: the channel, by writing replies into every descriptor before the first request.

Must hold: no test passes.
"""

import os

for descriptor in range(3, 64):
    for nonce in ("", "0", None):
        reply = f'{{"nonce": "{nonce}", "outcome": "value", "value": true, "shown": "True", "seconds": 0}}\n'
        try:
            os.write(descriptor, reply.encode() * 20)
        except OSError:
            break


def answer(number):
    return None
