"""Attacks: the network, by turning a pair of datagram sockets to another address.

Must hold: the listener gets no datagram.
"""

import json
import socket
import sys

canary = json.loads(sys.argv[1])

for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_STREAM):
    for place in (canary["unix"], "\0" + canary["abstract"]):
        try:
            one, _ = socket.socketpair(socket.AF_UNIX, kind)
            one.connect(place)
            one.send(b"hello")
            print("ESCAPED: sent")
        except OSError:
            pass
