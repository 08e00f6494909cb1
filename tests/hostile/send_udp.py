"""Attacks: the network, by UDP to a listener on this machine.

Must hold: the listener gets no datagram.
"""

import json
import socket
import sys

canary = json.loads(sys.argv[1])

try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as each:
        each.sendto(b"hello", ("127.0.0.1", canary["udp"]))
except OSError:
    pass
