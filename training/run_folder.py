"""The folder of a run: what it is of, what it measured, its checkpoints and what came of it.

A run is told from another by its recipe, its data and its base: going on with others is refused. Settings
of memory and of checkpoints, and who writes code later, may change on the way; they do not decide what is
learned.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.files import append_jsonl, read_jsonl, write_atomic
from training.recipe import Recipe, load

_MAY_CHANGE = ("memory", "checkpoints", "adapter.code_by")


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The places in a run's folder."""

    path: Path

    @property
    def recipe(self) -> Path:
        """The recipe with all its fields."""
        return self.path / "recipe.toml"

    @property
    def data(self) -> Path:
        """What was learned from: hashes and counts."""
        return self.path / "data.json"

    @property
    def versions(self) -> Path:
        """Of the libraries, and of the machine."""
        return self.path / "versions.json"

    @property
    def metrics(self) -> Path:
        """A line for each step and each evaluation."""
        return self.path / "metrics.jsonl"

    @property
    def checkpoints(self) -> Path:
        """What a stopped run goes on from."""
        return self.path / "checkpoints"

    @property
    def adapter(self) -> Path:
        """The result, as peft saves it."""
        return self.path / "adapter"

    @property
    def gguf(self) -> Path:
        """The result for llama.cpp."""
        return self.path / "adapter.gguf"

    @property
    def calibration(self) -> Path:
        """Of p_ask, on held-out samples."""
        return self.path / "calibration.json"

    @property
    def reference(self) -> Path:
        """Of a run over pairs: what its loss compares to."""
        return self.path / "reference.json"

    @property
    def plot(self) -> Path:
        """The loss over the steps."""
        return self.path / "loss.png"

    @property
    def card(self) -> Path:
        """The model card."""
        return self.path / "README.md"

    def claim(self, recipe: Recipe, data: Mapping[str, Any]) -> None:
        """Make the folder a run's, or see that it is this run's already; one without a step is nobody's.

        Args:
            recipe: of the run.
            data: what the run learns from, as JSON has it.

        Raises:
            UserError: it is of another recipe, other data or another base; or it cannot be written.
        """
        begun = self.metrics.exists() or self.adapter.exists()
        if begun and self.recipe.exists() and self.data.exists():
            self._compare(recipe, data)
        elif begun:
            raise UserError(
                "this folder holds a run without its recipe or data.json",
                where=str(self.path),
                do="give another --out",
            )
        write_atomic(self.recipe, recipe.to_toml())
        write_atomic(self.data, json.dumps(data, indent=2, ensure_ascii=False) + "\n")
        write_atomic(self.versions, json.dumps(versions(), indent=2) + "\n")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from training into the folder meanwhile.

        Raises:
            UserError: one is doing so, or the folder cannot be made.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.path / ".lock", timeout=0)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise UserError("another process is training into this folder", where=str(self.path)) from error
        except OSError as error:
            raise UserError(f"cannot write: {error.strerror}", where=str(self.path)) from error
        try:
            yield
        finally:
            lock.release()

    def record(self, kind: str, step: int, values: Mapping[str, Any]) -> None:
        """Add a line to the metrics."""
        append_jsonl(self.metrics, {"kind": kind, "step": step, **values})

    def measured(self, kind: str) -> list[dict[str, Any]]:
        """The metrics of a kind, by step; of a step done twice after a stop, the last time counts."""
        last = {record["step"]: record for record in read_jsonl(self.metrics) if record.get("kind") == kind}
        return [last[step] for step in sorted(last)]

    def drop_unfinished(self) -> None:
        """Remove what a kill left half-written."""
        for rest in [self.checkpoints / "unfinished", *self.checkpoints.glob(".*.gone")]:
            shutil.rmtree(rest, ignore_errors=True)

    def _compare(self, recipe: Recipe, data: Mapping[str, Any]) -> None:
        before = load(str(self.recipe))
        if changed := _difference(before.model_dump(mode="json"), recipe.model_dump(mode="json")):
            raise _another(self, f"`{changed}` differs")
        try:
            known = json.loads(self.data.read_bytes())
        except (OSError, ValueError) as error:
            raise UserError("cannot be read", where=str(self.data), do="give another --out") from error
        for name, told in (
            ("sha256", "the data differs"),
            ("base", "the base differs"),
            ("plan_sha256", "another version of clarifycoder lays out its steps otherwise"),
        ):
            if known.get(name) != data[name]:
                raise _another(self, told)


def versions() -> dict[str, str]:
    """Of what computes."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version(), "machine": platform.machine()}
    for package in ("clarifycoder", "torch", "transformers", "peft", "accelerate", "llama-cpp-python"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _another(folder: RunFolder, why: str) -> UserError:
    return UserError(
        f"this folder is of another run: {why}",
        where=str(folder.path),
        do="give another --out, or the recipe and data that it was started with",
    )


def _difference(before: Mapping[str, Any], now: Mapping[str, Any], above: str = "") -> str | None:
    """The first field that differs, with dots."""
    for name in [*before, *(name for name in now if name not in before)]:
        if f"{above}{name}" in _MAY_CHANGE:
            continue
        old, new = before.get(name), now.get(name)
        if isinstance(old, dict) and isinstance(new, dict) and name != "weights":
            if found := _difference(old, new, f"{above}{name}."):
                return found
        elif old != new:
            return f"{above}{name}"
    return None
