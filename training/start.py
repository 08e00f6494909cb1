"""The adapter that a stage starts from: that of an earlier run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from models.errors import UserError
from training.data import DataFile
from training.run_folder import RunFolder

if TYPE_CHECKING:
    from training.engine.base import Base
    from training.recipe import AdapterSettings

_CONFIG, _WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


@dataclass(frozen=True, slots=True)
class Start:
    """An adapter to go on from.

    Args:
        adapter: its folder, as peft saves it.
        sha256: of its weights.
    """

    adapter: Path
    sha256: str

    @property
    def file(self) -> DataFile:
        """As a run's record names it."""
        return DataFile(_WEIGHTS, self.sha256, 0)


def find_start(path: Path, base: Base, settings: AdapterSettings) -> Start:
    """Find the adapter of a run.

    Args:
        path: folder of the run, or of the adapter.
        base: that it has to be of.
        settings: of the adapter that is to be trained.

    Raises:
        UserError: there is none, the run is not finished, or it is of another base, rank or scale.
    """
    from models.registry.hashes import hash_part

    run = RunFolder(path)
    folder = path if (path / _CONFIG).is_file() else run.adapter
    if not (folder / _CONFIG).is_file() or not (folder / _WEIGHTS).is_file():
        raise UserError(
            "there is no finished run here",
            where=str(path),
            do="give the --out of one that is done",
        )
    config = _object(folder / _CONFIG)
    for field, wanted in (("r", settings.rank), ("lora_alpha", settings.alpha)):
        if config.get(field) != wanted:
            raise UserError(
                f"its adapter has {field} = {config.get(field)}, the recipe {wanted:g}",
                where=str(path),
                do="give the recipe of that run",
            )
    if run.data.is_file():
        known = _object(run.data).get("base")
        if isinstance(known, dict) and known.get("sha256") != base.sha256:
            raise UserError("it is a run on another base", where=str(path), do="give the recipe of that run")
    return Start(folder, hash_part(folder / _WEIGHTS, 0, None))


def _object(file: Path) -> dict[str, object]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise UserError("cannot be read", where=str(file)) from error
    return found if isinstance(found, dict) else {}
