"""Attacks: the limits, by setting them anew.

Must hold: they stay.
"""

import resource

for name in ("CPU", "AS", "NPROC", "NOFILE", "FSIZE"):
    which = getattr(resource, f"RLIMIT_{name}")
    try:
        resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print("ESCAPED: no limit of", name)
    except (OSError, ValueError):
        pass
