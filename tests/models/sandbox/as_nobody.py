"""Runs a Python command as a user without rights, from root whose Python lies where only root may enter.

`python as_nobody.py PYTHON_ARGUMENTS`; the folders are opened up for this process only, by private mounts.
"""

import os
import sys
import tempfile
from pathlib import Path

from models.sandbox import interpreter
from models.sandbox.kind import Job
from models.sandbox.landlock import closed_folders
from models.sandbox.policy import Limits
from models.sandbox.watcher.rights import hide

NOBODY = 61_111
REPOSITORY = Path(__file__).parents[3]

readable = interpreter.outermost({*interpreter.folders(), REPOSITORY})
job = Job(
    program=REPOSITORY, work=Path(tempfile.gettempdir()), uid=NOBODY, limits=Limits(), readable=readable
)
hide({"hide": closed_folders(job)})
os.setgroups([])
os.setresgid(NOBODY, NOBODY, NOBODY)
os.setresuid(NOBODY, NOBODY, NOBODY)
os.chdir(REPOSITORY)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
