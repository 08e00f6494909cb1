"""The report of a build: what went in, what was dropped and why, what came out. No date and no place."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from synth.gate.reason import Reason
from synth.gate.split import Side
from synth.schema import SampleType


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceReport(_Part):
    """What was read of one source."""

    problems: int = Field(description="Verified problems that it gave.")
    skipped: dict[str, int] | None = Field(
        description="What it passed over, by reason; None when only a part of it was read."
    )


class FileReport(_Part):
    """One data file."""

    name: str
    samples: int
    bytes: int
    sha256: str
    kinds: dict[str, int] = Field(description="Samples by what they are balanced by.")


class Decontamination(_Part):
    """What the data was compared with."""

    runs: int = Field(description="Hashed runs of words.")
    names: int = Field(description="Hashed names of functions.")
    behaviour: str | None = Field(
        description="SHA-256 of the benchmark whose tests were run; None when none was there."
    )


class BuildReport(_Part):
    """The document of `clarify synth build --json`."""

    version: Literal[1] = 1
    command: str = Field(description="A command line that builds the same again.")
    package: str = Field(description="Version of clarifycoder.")
    recipe: dict[str, Any]
    sandbox: str = Field(description="How code was isolated, as it was asked for: auto, strict or weak.")
    sources: dict[str, SourceReport]
    problems_used: int = Field(description="Problems of which at least one sample passed.")
    problems_dropped: dict[str, int] = Field(description="By reason.")
    licences: dict[str, int] = Field(description="Problems used, by licence.")
    samples_made: int
    samples_kept: dict[str, int] = Field(description="By type: those that passed the gate.")
    samples_dropped: dict[str, dict[str, int]] = Field(description="By reason and type.")
    decontamination: Decontamination
    files: dict[Side, FileReport]

    @property
    def samples(self) -> int:
        """How many are in the files."""
        return sum(file.samples for file in self.files.values())

    @property
    def kinds(self) -> Counter[str]:
        """How many of each kind are in the files."""
        return sum((Counter(file.kinds) for file in self.files.values()), Counter[str]())


@dataclass(slots=True)
class Tally:
    """Counts that a report is made of, while the log is read."""

    problems_used: int = 0
    problems_dropped: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    dropped: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def drop(self, type_: SampleType, reason: Reason) -> None:
        """Count a sample that was left out."""
        self.dropped[reason.kind][type_] += 1

    @property
    def made(self) -> int:
        """Samples that the generator made."""
        return self.kept.total() + sum(types.total() for types in self.dropped.values())


def ordered(counts: Counter[str]) -> dict[str, int]:
    """Counts by name, so that a report is the same whatever came first."""
    return dict(sorted(counts.items()))
