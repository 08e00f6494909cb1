"""The Python that runs programs: the one that runs this, with the folders it reads from."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

SYSTEM = (
    Path("/usr"),
    Path("/bin"),
    Path("/sbin"),
    Path("/lib"),
    Path("/lib32"),
    Path("/lib64"),
    Path("/nix/store"),
)
SYSTEM_FILES = (Path("/etc/ld.so.cache"), Path("/etc/localtime"))


def executable() -> str:
    """Path of the interpreter; in a virtual environment the link there, so that its packages are found."""
    return sys.executable


@functools.cache
def folders() -> tuple[Path, ...]:
    """Folders outside the system's own that the interpreter and its packages live in, none inside another."""
    own = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parent.parent}
    return outermost(own, below=SYSTEM)


def outermost(paths: set[Path], below: tuple[Path, ...] = ()) -> tuple[Path, ...]:
    """The paths without those that lie inside another one, or inside one of `below`; sorted."""
    real = {path.absolute() for path in paths}
    return tuple(
        sorted(
            path
            for path in real
            if not any(other in path.parents for other in real)
            and not any(other == path or other in path.parents for other in below)
        )
    )


def command(program: str, arguments: tuple[str, ...], *, packages: bool) -> list[str]:
    """The command line for a program.

    Args:
        program: path of its source, as it is called where it runs.
        arguments: of the program.
        packages: whether installed packages can be imported.
    """
    # -P and -s: neither the working folder nor the user's packages; -B: nothing is written beside modules.
    flags = ["-P", "-s", "-B"] + ([] if packages else ["-S"])
    return [executable(), *flags, program, *arguments]


def start_module(folder: Path, package: str) -> list[str]:
    """The command line that runs `main()` of a package's `main` module with the standard library only.

    Args:
        folder: that the package lies in.
        package: its name.
    """
    start = f"import sys; sys.path.append({str(folder)!r}); from {package}.main import main; main()"
    return [executable(), "-I", "-S", "-c", start]


def environment(home: str, import_from: tuple[str, ...], hash_seed: int) -> dict[str, str]:
    """All that a program sees of an environment.

    Args:
        home: its private folder, as it is called where it runs.
        import_from: folders of modules.
        hash_seed: of the order of sets of strings.
    """
    values = {
        "HOME": home,
        "TMPDIR": home,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": str(hash_seed),
        # One thread each: a pool per processor would use up the process limit.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
    if import_from:
        values["PYTHONPATH"] = ":".join(import_from)
    return values
