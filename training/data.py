"""The data of a run: samples read from files, and what identifies them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import UserError
from models.registry.hashes import hash_part
from synth.output.reading import data_files, read_samples

if TYPE_CHECKING:
    from synth.schema import Sample


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that samples were read from."""

    name: str
    sha256: str
    samples: int


@dataclass(frozen=True, slots=True)
class Data:
    """All samples, in the order of the files, and the files they are from."""

    samples: tuple[Sample, ...]
    files: tuple[DataFile, ...]

    @property
    def sha256(self) -> str:
        """Of all files in their order, whatever they are called."""
        return hashlib.sha256(" ".join(file.sha256 for file in self.files).encode()).hexdigest()


def read(paths: Sequence[Path]) -> Data:
    """Read data files.

    Args:
        paths: data files, or folders of a build, of which the training side is taken.

    Raises:
        UserError: one is missing, empty or no data file; names the file and the sample.
    """
    samples: list[Sample] = []
    files: list[DataFile] = []
    for path in paths:
        for file in _training_side(path):
            before = len(samples)
            samples.extend(read_samples(file))
            files.append(described(file, len(samples) - before))
    if not samples:
        raise UserError(
            "there is no sample in the data",
            where=", ".join(map(str, paths)),
            do="build some with `clarify synth build`",
        )
    return Data(tuple(samples), tuple(files))


def described(file: Path, samples: int) -> DataFile:
    """A file that something was read from.

    Raises:
        UserError: it cannot be read.
    """
    return DataFile(file.name, hash_part(file, 0, None), samples)


def _training_side(path: Path) -> list[Path]:
    files = data_files(path)
    return [file for file in files if file.stem == "train"] or files if path.is_dir() else files
