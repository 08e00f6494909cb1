"""Files that the user added: read anew for each request, so that edits made meanwhile are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.specs.source import read_source
from models.errors import UserError


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file's text.

    Args:
        path: absolute.
        text: its content, with line ends as in the file and without a byte order mark.
    """

    path: Path
    text: str

    @property
    def name(self) -> str:
        """The path as it is shown: relative where it lies below the working folder."""
        return shown(self.path)


def read(path: Path) -> Attachment:
    """Read a text file; an empty one is fine, since code may go there.

    Raises:
        UserError: missing, a folder or a device, too large, binary, or not UTF-8.
    """
    if not path.exists():
        raise UserError("no such file", where=shown(path), do="check the name")
    if not path.is_file() and not path.is_dir():
        raise UserError("is not a regular file", where=shown(path), do="name a text file")
    if path.is_file() and path.stat().st_size == 0:
        return Attachment(path, "")
    return Attachment(path, read_source(Path(shown(path))).removeprefix("\ufeff"))


def rendered(attachments: Sequence[Attachment]) -> tuple[str, str]:
    """The context and its name, as a request carries them; empty for no file."""
    if len(attachments) == 1:
        return attachments[0].text, attachments[0].name
    parts = [f"# file: {file.name}\n{file.text.strip(chr(10))}" for file in attachments]
    return "\n\n".join(parts), ", ".join(file.name for file in attachments)


def language(attachments: Sequence[Attachment]) -> str:
    """The language to write in, where the files leave no doubt."""
    suffixes = {file.path.suffix for file in attachments}
    return "python" if suffixes and suffixes <= {".py", ".pyi"} else ""


def shown(path: Path) -> str:
    """A path for people: relative where it lies below the working folder."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def size_text(size: int) -> str:
    """Bytes for people."""
    if size < 1024:
        return f"{size} bytes"
    return f"{size / 1024:.1f} KiB" if size < 2**20 else f"{size / 2**20:.1f} MiB"
