"""The folders of one run on this machine's disk: laid out for the program's id, and removed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError
from models.sandbox import interpreter
from models.sandbox.kind import Job
from models.sandbox.policy import Limits, Program

_LEFT_OUT = shutil.ignore_patterns(".git", ".hg", ".venv", "venv", "node_modules", "__pycache__")


@dataclass(frozen=True, slots=True)
class Folders:
    """What was laid out for one run.

    Args:
        root: holds all of it.
        job: the run.
        import_from: folders of modules: absolute, or relative to the program's.
    """

    root: Path
    job: Job
    import_from: tuple[Path, ...]

    def modules(self, program: str) -> tuple[str, ...]:
        """Folders of modules as they are called where the program's own is called `program`."""
        return tuple(str(Path(program) / path) for path in self.import_from)


def lay_out(root: Path, program: Program, limits: Limits, uid: int | None) -> Folders:
    """Make the folders of a run.

    Args:
        root: an empty folder of this process's own.
        program: what will run.
        limits: what it may use.
        uid: the id that it will have; None for the caller's.

    Raises:
        UserError: a folder of modules is not there.
    """
    source, work = root / "program", root / "work"
    source.mkdir()
    work.mkdir(mode=0o700)
    (source / "main.py").write_text(program.source, encoding="utf-8", errors="surrogatepass")
    modules = tuple(_for_anybody(path.absolute(), source, uid) for path in program.import_from)
    if uid is not None:
        os.chown(root, 0, uid)
        root.chmod(0o750)
        os.chown(work, uid, uid)
        _open_up(source)
    readable = {*interpreter.folders(), *(path for path in modules if path.is_absolute())}
    job = Job(
        program=source,
        work=work,
        uid=uid,
        limits=limits,
        readable=interpreter.outermost(readable, below=interpreter.SYSTEM),
    )
    return Folders(root=root, job=job, import_from=modules)


def _for_anybody(path: Path, source: Path, uid: int | None) -> Path:
    """The folder itself, or where only root may read it, the name of a copy beside the program."""
    if not path.is_dir():
        raise UserError("there is no such folder of modules", where=str(path))
    if uid is None or path.stat().st_mode & 0o005 == 0o005:
        return path
    name = Path(f"modules-{len(list(source.iterdir()))}")
    shutil.copytree(path, source / name, symlinks=True, ignore=_LEFT_OUT)
    return name


def _open_up(folder: Path) -> None:
    """Let everybody read what is in a folder of ours."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)


def private_folder() -> Path:
    """A new folder of this process's own."""
    return Path(tempfile.mkdtemp(prefix="clarify-sandbox-"))


def remove(folder: Path) -> None:
    """Remove a folder that a program wrote in: closed folders too, and deeper ones than Python goes down."""
    try:
        shutil.rmtree(folder)
        return
    except FileNotFoundError:
        return
    except (OSError, RecursionError):
        pass
    for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):  # neither follows links on its way down
        subprocess.run([*command, "--", str(folder)], check=False, stderr=subprocess.DEVNULL)
