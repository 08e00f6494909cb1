"""Things outside a sandbox that show whether a program in it got out."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SECRET_VARIABLE = "CLARIFY_TEST_API_KEY"


class Canaries:
    """Files that anybody may read and write, listeners on every kind of socket, and a name to be found by.

    Only isolation stands before them: their modes forbid nothing.
    """

    def __init__(self, folder: Path) -> None:
        self.marker = f"hostile-{secrets.token_hex(8)}"
        self.secret = f"secret-{secrets.token_hex(16)}"
        self.folder = folder
        self.home = folder / "home"
        (self.home / ".ssh").mkdir(parents=True)
        (self.home / ".ssh" / "id_rsa").write_text(self.secret, encoding="utf-8")
        self.outside = folder / "outside"
        self.outside.write_text("untouched", encoding="utf-8")
        self.new = folder / "new"
        self.elsewhere = [Path(place, self.marker) for place in ("/tmp", "/var/tmp", "/dev/shm")]
        for path in (folder, self.home, self.home / ".ssh"):
            path.chmod(0o777)
        for path in (self.home / ".ssh" / "id_rsa", self.outside):
            path.chmod(0o666)
        self._before = self._state()
        self._memory = ctypes.create_string_buffer(self.secret.encode())
        self._key = secrets.randbelow(2**30) + 1
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix = _unix(str(folder / "socket"))
        (folder / "socket").chmod(0o777)
        self.abstract = _unix(f"\0{self.marker}")
        self.sockets = (self.tcp, self.udp, self.unix, self.abstract)
        for each in self.sockets:
            each.setblocking(False)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.free_port: int = probe.getsockname()[1]

    def for_program(self) -> str:
        """What a program is told, so that it need not guess."""
        return json.dumps({
            "marker": self.marker,
            "secret": str(self.home / ".ssh" / "id_rsa"),
            "home": str(self.home),
            "outside": str(self.outside),
            "new": str(self.new),
            "port": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "unix": str(self.folder / "socket"),
            "abstract": self.marker,
            "free_port": self.free_port,
            "pid": os.getpid(),
            "address": ctypes.addressof(self._memory),
            "key": self._key,
        })

    def _state(self) -> tuple[object, ...]:
        status = self.outside.stat()
        names = sorted(str(path) for path in self.folder.rglob("*") if not path.is_socket())
        about = (status.st_mode, status.st_uid, status.st_size, status.st_mtime_ns, status.st_nlink)
        return (
            about,
            self.outside.read_text(encoding="utf-8"),
            names,
            self.folder.parent.stat().st_mode,
            _settings(),
        )

    def broken(self, output: str) -> list[str]:
        """What shows that a program got out.

        Args:
            output: all that it wrote.
        """
        found = []
        if "ESCAPED" in output:
            found.append(next(line for line in output.splitlines() if "ESCAPED" in line))
        if self.secret in output or self.secret.encode().hex() in output:
            found.append("the secret was read")
        try:
            if self._state() != self._before:
                found.append("something outside changed")
        except OSError as error:
            found.append(f"something outside is gone: {error}")
        found += [f"{path} appeared" for path in self.elsewhere if path.exists()]
        found += [f"{name} heard something" for name, heard in self._heard().items() if heard]
        found += [f"left over: {line}" for line in left_over(self.marker)]
        if ctypes.CDLL(None).shmget(self._key, 0, 0) != -1:
            found.append("a System V segment was left over")
        return found

    def _heard(self) -> dict[str, bool]:
        heard = {"tcp": False, "udp": False, "unix": False, "abstract": False}
        for name, each in zip(heard, self.sockets, strict=True):
            with contextlib.suppress(BlockingIOError):
                if each.type == socket.SOCK_DGRAM:
                    each.recv(1)
                else:
                    each.accept()[0].close()
                heard[name] = True
        return heard

    def close(self) -> None:
        """Take everything away."""
        for each in self.sockets:
            each.close()
        for path in self.elsewhere:
            path.unlink(missing_ok=True)
        shutil.rmtree(self.folder)


def _unix(address: str) -> socket.socket:
    each = socket.socket(socket.AF_UNIX)
    each.bind(address)
    each.listen()
    return each


def _settings() -> tuple[object, ...]:
    """What a program could change of this process."""
    import resource

    return (
        resource.getrlimit(resource.RLIMIT_NOFILE),
        os.getpriority(os.PRIO_PROCESS, 0),
        os.sched_getaffinity(0),
    )


def left_over(marker: str, patience: float = 1.0) -> list[str]:
    """Command lines of processes that have the marker in theirs, zombies excluded."""
    deadline = time.monotonic() + patience
    while (lines := list(_carriers(marker))) and time.monotonic() < deadline:
        time.sleep(0.02)
    return lines


def _carriers(marker: str) -> Iterator[str]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            if marker in line:
                yield line


@contextlib.contextmanager
def canaries() -> Iterator[Canaries]:
    """Canaries in a folder of their own that everybody can reach, which pytest's is not."""
    with tempfile.TemporaryDirectory(prefix="clarify-canaries-") as name:
        Path(name).chmod(0o755)
        folder = Path(name, "outside")
        folder.mkdir()
        each = Canaries(folder)
        try:
            yield each
        finally:
            each.close()
