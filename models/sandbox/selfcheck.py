"""What every isolation kind has to keep, as checks that run on the machine at hand.

A kind is asked for what its strength promises: `weak` for limits and order, the others for isolation too. The
checks are mild: each tries one thing once.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.sandbox import interpreter
from models.sandbox.policy import Limits, MiB, Program, RunResult
from models.sandbox.runner import Sandbox


@dataclass(frozen=True, slots=True)
class Outside:
    """Things outside that a program must not reach: their modes allow it, so only isolation prevents it.

    Args:
        secret: content of the file.
        file: a file that anybody may read and write.
        new: a name in a folder that anybody may write in.
        port: of a listener on 127.0.0.1.
        pid: of this process.
        marker: a word to recognise processes by.
    """

    secret: str
    file: Path
    new: Path
    port: int
    pid: int
    marker: str

    def arguments(self) -> tuple[str, ...]:
        """For a program's command line."""
        return (str(self.file), str(self.new), str(self.port), str(self.pid), self.marker)


_NAMES = "import os, sys\nfile, new, port, pid, marker = sys.argv[1:]\n"

Verify = Callable[[RunResult, Outside], bool]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to hold.

    Args:
        name: what holds, as a clause.
        source: of the program that tries.
        verify: whether it held, from what is known after the run.
        limits: differences to the limits of the check.
        isolation: whether only an isolating kind promises it.
    """

    name: str
    source: str
    verify: Verify
    limits: tuple[tuple[str, float], ...] = ()
    isolation: bool = False


def _met(limit: str) -> Verify:
    return lambda result, _: result.limit == limit


def _says(text: str) -> Verify:
    return lambda result, _: result.stdout.strip() == text and result.exit_code == 0


def _no_process(result: RunResult, outside: Outside) -> bool:
    return result.exit_code == 0 and not any(_with_marker(outside.marker))


def _with_marker(marker: str) -> Iterator[bool]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield marker.encode() in (folder / "cmdline").read_bytes()


def _tries(*lines: str) -> str:
    """A program that says `kept` when each line fails with OSError or KeyError."""
    parts = [
        f"try:\n    {line}\n    print('reached by line {number}')\nexcept (OSError, KeyError): pass\n"
        for number, line in enumerate(lines)
    ]
    return _NAMES + "import signal, socket, ctypes\n" + "".join(parts) + "print('kept')\n"


CHECKS: tuple[Check, ...] = (
    Check(
        "output and exit status come back",
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(3)",
        lambda result, _: (result.stdout, result.stderr, result.exit_code) == ("out\n", "err\n", 3),
    ),
    Check(
        "a signal is told from an exit status",
        "import os\nos.kill(os.getpid(), 11)",
        lambda result, _: result.signal == "SIGSEGV" and result.exit_code is None,
    ),
    Check("standard input is empty", "import sys\nprint(len(sys.stdin.read()))", _says("0")),
    Check(
        "the environment is its own",
        "import os\nprint(*sorted(os.environ))",
        _says(" ".join(sorted(interpreter.environment("", (), 0)))),
    ),
    Check(
        "the private folder is empty and can be written",
        # A Python that lies below /tmp itself has its path made there, with nothing beside it.
        "import os, sys\n"
        "path = [place.split('/') for place in (sys.executable, sys.prefix, sys.base_prefix)]\n"
        "own = {parts[2] for parts in path if parts[:2] == ['', 'tmp'] and len(parts) > 2}\n"
        "print(sorted(set(os.listdir('.')) - own))\n"
        "open('a', 'w').write('x')\nos.rename('a', 'b')\nos.mkdir('c')",
        _says("[]"),
    ),
    Check(
        "it is not root and cannot become root",
        _tries("os.setuid(0)", "os.setgid(0)") + "print(os.getuid() == 0 or 0 in os.getgroups())",
        _says("kept\nFalse"),
    ),
    Check("processor time is limited", "while True: pass", _met("cpu time"), (("wall_seconds", 5),)),
    Check("wall time is limited", "import time\ntime.sleep(60)", _met("wall time"), (("wall_seconds", 0.5),)),
    Check("memory is limited", "bytearray(1 << 30)", _met("memory")),
    Check(
        "memory of all processes is limited",
        "import os, time\nfor _ in range(4):\n    if os.fork() == 0:\n        kept = b'x' * (60 << 20)\n"
        "        time.sleep(60)\ntime.sleep(60)",
        _met("memory"),
    ),
    Check(
        "processes are limited",
        "import os, time\nfor _ in range(20):\n    if os.fork() == 0:\n        break\ntime.sleep(60)",
        _met("processes"),
    ),
    Check("open files are limited", "kept = [open('/dev/null') for _ in range(100)]", _met("open files")),
    Check("the size of a file is limited", "open('big', 'wb').write(b'x' * (3 << 20))", _met("file size")),
    Check(
        "the private folder is limited",
        "import time\nfor n in range(20):\n    open(str(n), 'wb').write(b'x' * (1 << 20))\ntime.sleep(60)",
        _met("disk"),
    ),
    Check("output is limited", "while True: print('x' * 1000)", _met("output")),
    Check(
        "nothing outlives it",
        _NAMES + "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(60)', marker])\n"
        "    os._exit(0)\nos.wait()\n",
        _no_process,
    ),
    Check(
        "files outside cannot be read",
        _tries("open(file).read()", "os.listdir(os.path.dirname(file))", "open('/etc/shadow')"),
        lambda result, outside: _says("kept")(result, outside) and outside.secret not in result.stdout,
        isolation=True,
    ),
    Check(
        "nothing outside can be written",
        _tries("open(file, 'w').write('x')", "open(new, 'w')", "os.truncate(file, 0)", "os.utime(file)"),
        lambda result, outside: _says("kept")(result, outside) and not outside.new.exists(),
        isolation=True,
    ),
    Check(
        "the program itself cannot be written",
        _tries("open(__file__, 'a')", "open(os.path.dirname(__file__) + '/x', 'w')"),
        _says("kept"),
        isolation=True,
    ),
    Check(
        "the network cannot be reached",
        _tries(
            "socket.create_connection(('127.0.0.1', int(port)), 1)",
            "socket.create_connection(('203.0.113.1', 80), 0.2)",
        ),
        _says("kept"),
        isolation=True,
    ),
    Check(
        "other processes cannot be signalled or traced",
        _tries(
            "os.kill(int(pid), 0)",
            "ctypes.CDLL(None).ptrace(16, int(pid), 0, 0) == 0 or os.stat('/nowhere')",
            "open(f'/proc/{pid}/environ', 'rb').read()",
        ),
        _says("kept"),
        isolation=True,
    ),
    Check(
        "no other isolation can be built inside",
        _tries("ctypes.CDLL(None).unshare(0x10000000) == 0 or os.stat('/nowhere')"),
        _says("kept"),
        isolation=True,
    ),
)

_LIMITS = Limits(
    wall_seconds=10,
    cpu_seconds=1,
    memory_bytes=128 * MiB,
    processes=12,
    open_files=64,
    file_bytes=2 * MiB,
    disk_bytes=8 * MiB,
    output_bytes=32 * 1024,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check.

    Args:
        name: what should hold.
        failure: what was seen instead; None when it held.
    """

    name: str
    failure: str | None


def selfcheck(sandbox: Sandbox) -> tuple[Checked, ...]:
    """Run every check that the sandbox's strength promises; takes about five seconds.

    Raises:
        SandboxUnavailable: the isolation could not be set up.
    """
    weak = sandbox.isolation.strength == "weak"
    with _outside() as outside:
        return tuple(_run(sandbox, check, outside) for check in CHECKS if not (weak and check.isolation))


def _run(sandbox: Sandbox, check: Check, outside: Outside) -> Checked:
    limits = Limits(**{**_LIMITS.model_dump(), **dict(check.limits)})
    program = Program(source=check.source, arguments=outside.arguments(), packages=False)
    result = sandbox.run(program, limits)
    if check.verify(result, outside):
        return Checked(check.name, None)
    seen = result.limit or result.signal or result.stderr.strip().rpartition("\n")[2] or result.stdout.strip()
    return Checked(check.name, f"exit {result.exit_code}: {seen}"[:200])


@contextlib.contextmanager
def _outside() -> Iterator[Outside]:
    secret = secrets.token_hex(16)
    with (
        tempfile.TemporaryDirectory(prefix="clarify-selfcheck-") as name,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        folder = Path(name)
        (folder / "file").write_text(secret, encoding="utf-8")
        folder.chmod(0o777)
        (folder / "file").chmod(0o666)
        yield Outside(
            secret=secret,
            file=folder / "file",
            new=folder / "new",
            port=server.getsockname()[1],
            pid=os.getpid(),
            marker=f"selfcheck-{secrets.token_hex(8)}",
        )
