"""What a program may use, what it is, and what is known after it ran."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MiB = 1024 * 1024

KindName = Literal["bubblewrap", "landlock", "limits"]
Strength = Literal["strict", "confined", "weak"]
Choice = Literal["auto", "strict", "weak"]
LimitName = Literal[
    "wall time", "cpu time", "memory", "processes", "open files", "file size", "disk", "output"
]


class Limits(BaseModel):
    """How much a program may use. What is per process is multiplied by `processes` at worst."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wall_seconds: float = Field(default=10.0, gt=0, le=86_400, description="From its start to its end.")
    cpu_seconds: int = Field(default=10, ge=1, description="Processor time of one process.")
    memory_bytes: int = Field(
        default=1024 * MiB,
        ge=48 * MiB,
        description="Address space of one process, enforced by the kernel; and memory of all of them "
        "together, looked at ten times a second.",
    )
    processes: int = Field(default=32, ge=1, description="Processes and threads at the same time.")
    open_files: int = Field(default=128, ge=8, description="File descriptors of one process.")
    file_bytes: int = Field(default=16 * MiB, ge=0, description="Size of one file.")
    disk_bytes: int = Field(default=64 * MiB, ge=1024, description="All files of the private folder.")
    disk_entries: int = Field(
        default=10_000, ge=1, description="Files and folders in the private folder; with `landlock` only."
    )
    output_bytes: int = Field(default=MiB, ge=0, description="Of stdout, and of stderr.")


class Isolation(BaseModel):
    """What stood between the program and this machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: KindName = Field(description="`bubblewrap`, `landlock`, or `limits` alone.")
    strength: Strength = Field(
        description="`strict`: a machine of its own to all appearances; `confined`: it sees this machine and "
        "may touch nothing; `weak`: resource limits only."
    )
    layers: tuple[str, ...] = Field(description="What it is made of, for reports.")

    def __str__(self) -> str:
        """For a report: `bubblewrap (strict)`."""
        return f"{self.kind} ({self.strength})"


class Program(BaseModel):
    """Python source, and what is put into its hands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(description="Python source; it runs as `__main__`.")
    arguments: tuple[str, ...] = Field(default=(), description="After the program's name.")
    stdin: bytes = Field(default=b"", description="Standard input; when empty it is /dev/null.")
    packages: bool = Field(
        default=True,
        description="Whether installed packages can be imported; `python -S` without, which starts faster.",
    )
    import_from: tuple[Path, ...] = Field(
        default=(),
        description="Folders of Python modules to import. Where root runs it and others may not "
        "read them, it gets a copy.",
    )
    hash_seed: int = Field(
        default=0,
        ge=0,
        lt=2**32,
        description="Order of sets of strings; the same seed gives the same output.",
    )


class RunResult(BaseModel):
    """What a program did.

    `exit_code` and `signal` are both None when the program was stopped by a limit that is looked at from
    outside, or when it managed to end its own watcher, which only the `limits` kind allows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    exit_code: int | None = Field(description="None when a signal ended it.")
    signal: str | None = Field(description="Name of the signal that ended it, as SIGSEGV.")
    limit: LimitName | None = Field(
        description="The limit that ended it. Where the kernel only refuses (memory, processes, open files, "
        "file size, disk), it is read from the error on stderr that the program failed with."
    )
    stdout: str = Field(description="As UTF-8, undecodable bytes replaced; cut at the limit.")
    stderr: str = Field(description="As UTF-8, undecodable bytes replaced; cut at the limit.")
    stdout_bytes: int = Field(ge=0, description="Bytes read; more than were kept when cut.")
    stderr_bytes: int = Field(ge=0, description="Bytes read; more than were kept when cut.")
    wall_seconds: float = Field(ge=0, description="From the start of the program to its end.")
    cpu_seconds: float = Field(ge=0, description="User and system time of all its processes.")
    peak_memory_bytes: int = Field(ge=0, description="Largest resident memory of one of its processes.")
    isolation: Isolation = Field(description="What stood between the program and this machine.")

    @property
    def ok(self) -> bool:
        """Whether it ended by itself with status 0."""
        return self.exit_code == 0 and self.limit is None


class ExecReport(RunResult):
    """The document of `clarify models exec --json`."""

    version: Literal[1] = Field(default=1, description="Of this form.")
    file: str = Field(description="The program, as it was named.")
