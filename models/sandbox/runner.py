"""The sandbox: takes the strongest isolation that works on this machine, and says which it is.

Works means: a program was run in it and was kept from what it must not do. That is tried once per process.
"""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from models.sandbox.bubblewrap import Bubblewrap
from models.sandbox.ending import isolation
from models.sandbox.kind import Kind, SandboxUnavailable
from models.sandbox.landlock import Landlock
from models.sandbox.limits_only import LimitsOnly
from models.sandbox.policy import Choice, Isolation, KindName, Limits, Program, RunResult, Strength
from models.sandbox.process import Running

# Strongest first.
KINDS: tuple[Kind, ...] = (Bubblewrap(), Landlock(), LimitsOnly())

_ALLOWED: dict[Choice, tuple[Strength, ...]] = {
    "auto": ("strict", "confined"),
    "strict": ("strict",),
    "weak": ("weak",),
}
_LESS: dict[Choice, str] = {
    "auto": "`--sandbox weak` for code that you trust",
    "strict": "`--sandbox auto`",
    "weak": "another machine",
}
_INSTALL = "install bubblewrap (`apt install bubblewrap`, `dnf install bubblewrap`)"

# Prints what it could reach. The file is there, and its owner is root or the caller.
_PROBE = """
import socket, sys
reached = []
try:
    open(sys.argv[1]).read()
    reached.append("files")
except OSError:
    pass
try:
    socket.create_connection((sys.argv[2], int(sys.argv[3])), timeout=1)
    reached.append("network")
except OSError:
    pass
print("reached", *reached)
"""


class Sandbox:
    """Runs programs in one isolation kind. Any number of threads may use it.

    Args:
        kind: how to isolate; `open_sandbox` finds the one to take.
        limits: for runs that bring none of their own.
    """

    def __init__(self, kind: Kind, limits: Limits | None = None) -> None:
        self.kind = kind
        self.limits = limits or Limits()

    @property
    def isolation(self) -> Isolation:
        """What stands between programs and this machine; for reports."""
        return isolation(self.kind)

    def run(self, program: Program | str, limits: Limits | None = None) -> RunResult:
        """Run a program to its end.

        Args:
            program: what to run; a text is its source.
            limits: what it may use; None takes the sandbox's.

        Raises:
            SandboxUnavailable: the isolation could not be set up; the program has not run.
        """
        with self.start(program, limits) as running:
            return running.finish()

    def start(
        self, program: Program | str, limits: Limits | None = None, *, channel: bool = False
    ) -> Running:
        """Start a program and return at once.

        Args:
            program: what to run; a text is its source.
            limits: what it may use; None takes the sandbox's.
            channel: whether to talk with it while it runs; see `Running`.

        Raises:
            SandboxUnavailable: the isolation could not be set up; the program has not run.
        """
        given = Program(source=program) if isinstance(program, str) else program
        return Running(self.kind, given, limits or self.limits, channel=channel)


@functools.cache
def why_not(name: KindName) -> str | None:
    """Why a kind does not work on this machine, found out by using it; None when it works."""
    kind = next(kind for kind in KINDS if kind.name == name)
    return kind.missing() or _tried(kind)


def _tried(kind: Kind) -> str | None:
    import socket

    with (
        tempfile.NamedTemporaryFile(prefix="clarify-probe-") as secret,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        Path(secret.name).chmod(0o644)
        address, port = server.getsockname()
        program = Program(source=_PROBE, arguments=(secret.name, address, str(port)), packages=False)
        try:
            result = Sandbox(kind, Limits(wall_seconds=30)).run(program)
        except SandboxUnavailable as error:
            return error.what.partition(": ")[2]
    if not result.stdout.startswith("reached"):
        failure = result.stderr.strip().rpartition("\n")[2]
        return f"Python does not start in it: {failure or result.signal or result.limit}"
    reached = result.stdout.split()[1:]
    if reached and kind.strength != "weak":
        return f"a program in it still reaches {' and '.join(reached)}"
    return None


def open_sandbox(choice: Choice = "auto", limits: Limits | None = None) -> Sandbox:
    """The strongest sandbox that works here and that the choice allows.

    Args:
        choice: `auto` takes bubblewrap, else Landlock; `strict` bubblewrap only; `weak` resource limits only,
            which is for the user to choose and never a default.
        limits: for runs that bring none of their own.

    Raises:
        SandboxUnavailable: none works; says why, and what to install.
    """
    reasons = []
    for kind in KINDS:
        if kind.strength not in _ALLOWED[choice]:
            continue
        reason = why_not(kind.name)
        if reason is None:
            return Sandbox(kind, limits)
        reasons.append(f"{kind.name}: {reason}")
    raise SandboxUnavailable(
        f"nothing here isolates the code to be run as `{choice}` asks ({'; '.join(reasons)})",
        do=f"{_INSTALL}, or choose {_LESS[choice]}",
    )
