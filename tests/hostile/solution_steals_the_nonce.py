"""Attacks: the channel, by finding the nonce in memory and replying first.

Must hold: no test passes.
"""

import gc
import json
import os
import sys


def answer(number):
    frame = sys._getframe()
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if isinstance(value, dict) and "nonce" in value:
                for shape in (
                    {"value": True},
                    {"verdict": "passed", "value": ["passed"]},
                    {"value": ["o", ["x", "y"]]},
                ):
                    reply = {
                        "nonce": value["nonce"],
                        "outcome": "value",
                        "shown": "True",
                        "printed": "",
                        **shape,
                    }
                    os.write(int(sys.argv[-1]), json.dumps(reply).encode() + b"\n")
        frame = frame.f_back
    gc.collect()
