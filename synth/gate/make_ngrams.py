"""Makes the files of hashes from the benchmarks: `python -m synth.gate.make_ngrams FILE…`.

Each FILE is JSON lines, also gzipped. Taken are every field whose name starts with `prompt`, the
`canonical_solution` or `solution`, and the function's name from `entry_point`. Only hashes are written.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from synth.gate.ngrams import FOLDER, LEAST_TELLING, WORDS, name_hash, runs, write

_SOLUTIONS = frozenset({"canonical_solution", "solution"})


def make(files: Sequence[Path], folder: Path) -> dict[str, Any]:
    """Write `runs.hashes`, `names.hashes` and `made.json`, which says of what.

    Args:
        files: the benchmarks.
        folder: where to.

    Returns:
        What stands in `made.json`.
    """
    found: set[int] = set()
    names: set[int] = set()
    for file in files:
        for row in rows(file):
            for text in texts(row):
                found.update(runs(text))
            if row.get("entry_point"):
                names.add(name_hash(str(row["entry_point"])))
    made = {
        "words": WORDS,
        "least_telling": LEAST_TELLING,
        "runs": write(folder / "runs.hashes", found),
        "names": write(folder / "names.hashes", names),
        "files": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
    }
    (folder / "made.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    return made


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of a benchmark's file."""
    data = file.read_bytes()
    text = (gzip.decompress(data) if file.suffix == ".gz" else data).decode("utf-8")
    return (json.loads(line) for line in text.splitlines() if line.strip())


def texts(row: dict[str, Any]) -> Iterator[str]:
    """The texts of a row that must not be found in training data."""
    for field, value in row.items():
        if isinstance(value, str) and (field.startswith("prompt") or field in _SOLUTIONS):
            yield value


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m synth.gate.make_ngrams", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a benchmark, JSON lines or .gz")
    parser.add_argument("--into", type=Path, default=FOLDER, metavar="FOLDER", help="default: the package's")
    given = parser.parse_args(arguments)
    made = make(given.files, given.into)
    print(f"{made['runs']} runs and {made['names']} names from {len(made['files'])} files")


if __name__ == "__main__":
    main()
