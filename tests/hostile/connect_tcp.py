"""Attacks: the network, by TCP to a listener on this machine.

Must hold: the listener sees no connection.
"""

import json
import socket
import sys

canary = json.loads(sys.argv[1])

for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::ffff:127.0.0.1")):
    try:
        with socket.socket(family) as each:
            each.settimeout(1)
            each.connect((address, canary["port"]))
            each.sendall(b"hello")
            print("ESCAPED: connected")
    except OSError:
        pass
