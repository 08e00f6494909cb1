"""The model card of a run: Markdown with the metadata that the Hub reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from training.run_folder import RunFolder, versions

if TYPE_CHECKING:
    from training.calibrate import Fitted
    from training.run import Prepared

_TEMPLATE = Path(__file__).with_name("card.md.jinja")


def card(prepared: Prepared, folder: RunFolder, fitted: Fitted | None) -> str:
    """The card's text.

    Args:
        prepared: the run.
        folder: of the run, with its metrics.
        fitted: calibration on held-out samples, where there is one.
    """
    import jinja2

    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True, lstrip_blocks=True
    )
    steps, held_out = folder.measured("step"), folder.measured("held-out")
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        name=folder.path.resolve().name,
        recipe=prepared.recipe,
        base=prepared.base,
        data=prepared.record(),
        fitted=fitted,
        steps=steps,
        held_out=held_out,
        seconds=sum(one["seconds"] for one in steps),
        versions=versions(),
    )
