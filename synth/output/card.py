"""The data set's card: Markdown with the metadata that the Hub and `datasets` read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from synth.output.places import Places
from synth.output.report import BuildReport
from synth.recipes.recipe import checked

_TEMPLATE = Path(__file__).with_name("card.md.jinja")


def card(report: BuildReport, where: Places) -> str:
    """The card's text.

    Args:
        report: of the build.
        where: its files are; the card names them without their folder.
    """
    import jinja2

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    changes = checked(report.recipe).changes()
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        report=report,
        out=_out(where),
        changes={field: _shown(value) for field, value in changes.items() if field not in {"name", "seed"}},
        kinds=sorted(report.kinds),
        passed=sum(report.samples_kept.values()),
        dropped=where.dropped.name,
        listed=listed,
    )


def listed(counts: Mapping[str, int]) -> str:
    """Counts in a sentence: `12 no description, 3 too long`."""
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _out(where: Places) -> str:
    """What `--out` would be, in the folder that this one is in."""
    if where.card.name == "README.md":
        return "FOLDER"
    return f"{where.card.stem}{next(iter(where.data.values())).suffix}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"`{one}`" for one in value)
    return f"`{value}`"
