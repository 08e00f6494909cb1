"""Where a build's files are: beside one data file, or in a folder with a file for each side of the split."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from synth.gate.split import Side
from synth.output.formats import check_ending
from synth.recipes.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Places:
    """The files of a build.

    Args:
        data: the file of each side.
        card: what people read.
        report: what programs read.
        dropped: every problem and sample that was left out, and why.
        log: the work log.
    """

    data: dict[Side, Path]
    card: Path
    report: Path
    dropped: Path
    log: Path

    @property
    def folder(self) -> Path:
        """Where they all are."""
        return self.card.parent


def places(out: Path, recipe: Recipe) -> Places:
    """Where the files of a build go.

    Args:
        out: a file whose ending is a format's, or a folder.
        recipe: its split says which sides there are; its format is that of a folder's files.

    Raises:
        UsageError: no format has this ending.
    """
    sides = recipe.split.sides
    if not out.suffix:
        return Places(
            {side: out / f"{side}.{recipe.format}" for side in sides},
            card=out / "README.md",
            report=out / "report.json",
            dropped=out / "dropped.jsonl",
            log=out / "work.log",
        )
    check_ending(out)
    data: dict[Side, Path] = {side: out.with_name(f"{out.stem}-{side}{out.suffix}") for side in sides}
    return Places(
        {"train": out} if len(sides) == 1 else data,
        card=out.with_suffix(".md"),
        report=out.with_suffix(".report.json"),
        dropped=out.with_suffix(".dropped.jsonl"),
        log=out.with_suffix(".work.log"),
    )
