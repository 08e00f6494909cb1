"""From a base and an adapter to one file of the wanted type: merged, then quantised where asked for."""

from __future__ import annotations

import tempfile
from pathlib import Path

from models.errors import UserError, nearest
from models.export.merge import merge
from models.export.quantise import KINDS, quantise
from models.registry.progress import Progress

FAST = "fast"
TARGETS = ("f16", "q8_0", FAST, *KINDS)
"""What a model can be merged into. `fast` keeps what the adapter does not change as the base has it, and
stores the rest in q8_0: see docs/export.md for why."""


def build(base: Path, adapter: Path, out: Path, target: str, progress: Progress | None = None) -> None:
    """Write base and adapter as one model.

    Args:
        base: a GGUF model.
        adapter: a GGUF LoRA for it.
        out: the file to write; it appears whole or not at all.
        target: one of TARGETS.
        progress: told of the steps.

    Raises:
        UserError: no such target; or as `merge` and `quantise` raise.
    """
    match target:
        case "f16" | "q8_0":
            merge(base, adapter, out, target, progress=progress)
        case "fast":
            merge(base, adapter, out, "q8_0", only_adapted=True, progress=progress)
        case _ if target in KINDS:
            _quantised(base, adapter, out, target, progress)
        case _:
            raise UserError(f"models cannot be merged into `{target}`", do=nearest(target, list(TARGETS)))


def _quantised(base: Path, adapter: Path, out: Path, target: str, progress: Progress | None) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        between = tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        raise UserError(f"cannot write: {error.strerror or error}", where=str(out.parent)) from error
    with between as folder:
        merged = Path(folder) / "merged.gguf"
        # What the adapter leaves alone stays packed: unpacked and packed again it would only lose.
        merge(base, adapter, merged, only_adapted=True, progress=progress)
        quantise(merged, out, target)
