"""Attacks: the network, by offering a service.

Must hold: nobody outside can reach it.
"""

import json
import socket
import sys
import time

canary = json.loads(sys.argv[1])

try:
    with socket.create_server(("127.0.0.1", canary["free_port"])):
        time.sleep(0.3)  # the test tries to connect meanwhile
except OSError:
    pass
