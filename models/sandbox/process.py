"""One program at work: starts its watcher, reads what it writes up to the limit, and takes in its end."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from models.sandbox import interpreter
from models.sandbox.ending import Status, Stream, result
from models.sandbox.folders import Folders, lay_out, private_folder, remove
from models.sandbox.identity import unprivileged_id
from models.sandbox.kind import Frame, Kind, SandboxUnavailable
from models.sandbox.policy import LimitName, Limits, Program, RunResult

GRACE_SECONDS = 5.0  # for a watcher to end by itself before it is killed
REPLY_BYTES = 32 * 1024 * 1024
_CHUNK = 65_536


class Running:
    """A program from its start to its end; leaving the context ends it, with all that it started.

    One thread uses it, and stays until the end: the kernel ties a sandbox to the thread that started it.

    Args:
        kind: how to isolate it.
        program: what to run.
        limits: what it may use.
        channel: whether to give it two descriptors, numbers in its last two arguments: one to read requests
            from, one to write replies to, both lines.

    Raises:
        UserError: a folder of modules is not there.
        SandboxUnavailable: something of the isolation could not be set up; the program has not run.
    """

    def __init__(self, kind: Kind, program: Program, limits: Limits, *, channel: bool = False) -> None:
        self.limit: LimitName | None = None
        self._kind = kind
        self._limits = limits
        self._outputs = {"stdout": Stream(limits.output_bytes), "stderr": Stream(limits.output_bytes)}
        self._status = bytearray()
        self._replies = bytearray()
        self._outgoing = bytearray()
        self._selector = selectors.DefaultSelector()
        self._control: int | None = None
        self._open: dict[str, int] = {}
        self._folder = private_folder()
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._start(program, channel)
        except BaseException:
            self.close()
            raise

    # --- start ---

    def _start(self, program: Program, channel: bool) -> None:
        uid = unprivileged_id()
        folders = lay_out(self._folder, program, self._limits, uid)
        ours: dict[str, int] = {}
        theirs: list[int] = []

        def pipe(name: str, *, reads: bool) -> int:
            listen, speak = os.pipe()
            ours[name], other = (listen, speak) if reads else (speak, listen)
            theirs.append(other)
            return other

        frame: Frame | None = None
        try:
            control, status = pipe("control", reads=False), pipe("status", reads=True)
            keep = [pipe("request", reads=False), pipe("reply", reads=True)] if channel else []
            frame = self._kind.frame(folders.job)
            self._spawn(frame, program.stdin, control, status, keep)
        except OSError as error:
            raise SandboxUnavailable(f"{self._kind.name} cannot be started: {error}") from error
        finally:
            for descriptor in theirs:
                os.close(descriptor)
            if frame is not None and frame.landlock is not None:
                os.close(frame.landlock)
            self._control = ours.pop("control", None)
            self._open = ours
        self._watch_descriptors()
        assert self._control is not None
        settings = self._settings(program, frame, folders, keep)
        with contextlib.suppress(BrokenPipeError):  # the watcher has ended; its status says why
            _write_all(self._control, json.dumps(settings).encode() + b"\n")

    def _settings(self, program: Program, frame: Frame, folders: Folders, keep: list[int]) -> dict[str, Any]:
        arguments = (*program.arguments, *(str(descriptor) for descriptor in keep))
        return {
            "argv": interpreter.command(f"{frame.program}/main.py", arguments, packages=program.packages),
            "env": interpreter.environment(frame.work, folders.modules(frame.program), program.hash_seed),
            "folder": frame.work,
            "uid": folders.job.uid,
            "limits": self._limits.model_dump(),
            "landlock": frame.landlock,
            "seccomp": frame.seccomp.hex(),
            "hide": frame.hide,
            "disk": frame.work if frame.watch_disk else None,
            "others": frame.others,
            "keep": keep,
        }

    def _spawn(self, frame: Frame, stdin: bytes, control: int, status: int, keep: list[int]) -> None:
        package = Path(frame.watcher)
        watcher = [*interpreter.start_module(package.parent, package.name), str(control), str(status)]
        ruleset = [] if frame.landlock is None else [frame.landlock]
        with _input(stdin) as source:
            self._process = subprocess.Popen(
                [*frame.wrapper, *watcher],
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={},
                cwd="/",
                pass_fds=[control, status, *ruleset, *keep],
                start_new_session=True,
            )

    def _watch_descriptors(self) -> None:
        assert self._process is not None
        for name, pipe in (("stdout", self._process.stdout), ("stderr", self._process.stderr)):
            assert pipe is not None
            self._open[name] = os.dup(pipe.fileno())
            pipe.close()
        for name, descriptor in self._open.items():
            os.set_blocking(descriptor, False)
            if name != "request":
                self._selector.register(descriptor, selectors.EVENT_READ, name)

    # --- in between ---

    def send(self, line: bytes) -> None:
        """Put a request on its way; it is written while replies are waited for."""
        descriptor = self._open.get("request")
        if descriptor is None:
            return
        if not self._outgoing:
            self._selector.register(descriptor, selectors.EVENT_WRITE, "request")
        self._outgoing += line + b"\n"

    def receive(self, deadline: float) -> bytes | None:
        """The next line of reply.

        Args:
            deadline: on the monotonic clock.

        Returns:
            the line without its end; None when the deadline passed, the program ended, or it wrote more than
            32 MiB at once.
        """
        while b"\n" not in self._replies:
            if len(self._replies) > REPLY_BYTES or "reply" not in self._open:
                return None
            if not self._pump(deadline):
                return None
        line, _, rest = bytes(self._replies).partition(b"\n")
        self._replies = bytearray(rest)
        return line

    @property
    def answers(self) -> bool:
        """Whether a reply can still come: somebody holds the other end of the channel."""
        return "reply" in self._open

    def stop(self) -> None:
        """Have the program and all it started killed."""
        if self._control is not None:
            os.close(self._control)
            self._control = None

    def finish(self, within: float | None = None) -> RunResult:
        """Wait for the end.

        Args:
            within: seconds after which it is stopped; None leaves that to the limits.

        Raises:
            SandboxUnavailable: something of the isolation could not be set up; the program has not run.
        """
        self._close("request")
        if within is not None:
            deadline = time.monotonic() + within
            while self._open and self._pump(deadline):
                pass
            self.stop()
        deadline = time.monotonic() + self._limits.wall_seconds + GRACE_SECONDS
        while self._open:
            if self.limit == "output":
                deadline = min(deadline, time.monotonic() + GRACE_SECONDS)
            if not self._pump(deadline):
                break
        self.close()
        return result(
            self._kind,
            self._limits,
            Status.read(bytes(self._status)),
            self._outputs["stdout"],
            self._outputs["stderr"],
            self.limit,
        )

    def _pump(self, deadline: float) -> bool:
        """Move bytes once.

        Returns:
            False when the deadline has passed.
        """
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        for key, _ in self._selector.select(left):
            if key.data == "request":
                self._write()
            else:
                self._read(key.data)
        return True

    def _write(self) -> None:
        descriptor = self._open["request"]
        try:
            written = os.write(descriptor, self._outgoing[:_CHUNK])
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._outgoing.clear()
            self._close("request")
            return
        del self._outgoing[:written]
        if not self._outgoing:
            self._selector.unregister(descriptor)

    def _read(self, name: str) -> None:
        try:
            data = os.read(self._open[name], _CHUNK)
        except BlockingIOError:
            return
        if not data:
            self._close(name)
        elif name == "status":
            self._status += data
        elif name == "reply":
            self._replies += data
        elif not self._outputs[name].take(data) and self.limit is None:
            self.limit = "output"
            self.stop()

    def _close(self, name: str) -> None:
        descriptor = self._open.pop(name, None)
        if descriptor is None:
            return
        if descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)
        os.close(descriptor)

    # --- end ---

    def close(self) -> None:
        """End what still runs and remove the private folder; safe to call twice."""
        self.stop()
        if self._process is not None:
            self._end_watcher(self._process)
        for name in list(self._open):
            self._close(name)
        self._selector.close()
        remove(self._folder)

    def _end_watcher(self, process: subprocess.Popen[bytes]) -> None:
        self._close("request")
        deadline = time.monotonic() + GRACE_SECONDS
        while process.poll() is None and self._open:
            if not self._pump(deadline):  # keeps its outputs from filling up while it ends
                break
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it."""
        self.close()


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _input(data: bytes) -> IO[bytes]:
    """A file to read standard input from."""
    if not data:
        return Path(os.devnull).open("rb")
    file = tempfile.TemporaryFile()
    file.write(data)
    file.seek(0)
    return file
