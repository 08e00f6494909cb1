"""What comes of a finished run: the adapter, its calibration, its GGUF file, the plot and the card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.files import write_atomic
from training.calibrate import Fitted, calibrate
from training.card import card
from training.plot import plot

if TYPE_CHECKING:
    from training.engine.loss import ReplyModel
    from training.progress import Progress
    from training.run import Prepared
    from training.run_folder import RunFolder


def finish(prepared: Prepared, folder: RunFolder, model: ReplyModel, progress: Progress) -> None:
    """Write all that comes of a run; done again, it writes the same again.

    Raises:
        UserError: a file cannot be written, or the adapter cannot be exported.
    """
    from training.engine.adapter import save_adapter

    save_adapter(model.model, folder.adapter)
    plot(folder.measured("step"), folder.measured("held-out"), folder.plot)
    progress.note("calibrating p_ask on held-out samples")
    fitted = calibrate(model, prepared)
    if fitted is not None:
        write_atomic(folder.calibration, fitted.model_dump_json(indent=2) + "\n")
    else:
        progress.note("p_ask is not calibrated: clear and unclear samples must both be held out")
    _export(prepared, folder, fitted)
    write_atomic(folder.card, card(prepared, folder, fitted))
    progress.note(f"done: {folder.gguf}")


def _export(prepared: Prepared, folder: RunFolder, fitted: Fitted | None) -> None:
    from models.export.lora_gguf import write_lora
    from models.export.metadata import AdapterMetadata

    base = prepared.base
    metadata = AdapterMetadata(
        name=folder.path.resolve().name,
        base=base.origin,
        base_sha256=base.sha256 if base.kind == "gguf" else None,
        recipe=prepared.recipe.name,
        data_sha256=prepared.data.sha256,
        calibration=fitted.calibration if fitted else None,
        licence=prepared.recipe.base.licence,
        code_by=prepared.recipe.adapter.code_by,
    )
    write_lora(folder.adapter, base.path, folder.gguf, metadata)
