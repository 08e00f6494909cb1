"""What this machine adds to the catalogue: models and adapters the user added, and locked hashes.

One JSON document in the folder of the models. Several processes may change it at once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from models.errors import UserError
from models.faults import first_fault
from models.files import write_atomic
from models.paths import models_dir
from models.registry.entry import AdapterEntry, Bytes, ModelEntry, Sha256


def _absolute(path: Path) -> Path:
    if not path.is_absolute():
        raise ValueError("not an absolute path")
    return path


AbsolutePath = Annotated[Path, AfterValidator(_absolute)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AddedModel(_Frozen):
    """A model file of the user's own."""

    entry: ModelEntry = Field(description="What the file says about itself.")
    path: AbsolutePath = Field(description="Where it lies.")


class AddedAdapter(_Frozen):
    """An adapter file of the user's own."""

    entry: AdapterEntry = Field(description="What the file says about itself.")
    path: AbsolutePath = Field(description="Where it lies.")


class Lock(_Frozen):
    """The hash that a file without a known one had when it was first pulled."""

    sha256: Sha256 = Field(description="SHA-256 of the file.")
    size_bytes: Bytes = Field(description="Its size.")
    origin: str = Field(description="Where it came from.")


class Merged(_Frozen):
    """A model that was made here of a base and an adapter."""

    model: str = Field(description="Name of the base.")
    adapter: str = Field(description="Name of the adapter.")
    base_sha256: Sha256 = Field(description="SHA-256 of the base's file.")
    adapter_sha256: Sha256 = Field(description="SHA-256 of the adapter's file.")
    sha256: Sha256 = Field(description="SHA-256 of the file that was made.")
    size_bytes: Bytes = Field(description="Its size.")


class Records(_Frozen):
    """The whole document."""

    version: Literal[1] = Field(default=1, description="Of this format.")
    models: tuple[AddedModel, ...] = Field(default=(), description="Models the user added.")
    adapters: tuple[AddedAdapter, ...] = Field(default=(), description="Adapters the user added.")
    merged: tuple[Merged, ...] = Field(default=(), description="Models made of a base and an adapter.")
    locks: dict[str, Lock] = Field(default={}, description="By the entry's name.")


def records_file() -> Path:
    """Where the document lies."""
    return models_dir() / "registry.json"


def load() -> Records:
    """Read the document; without one there is nothing in it.

    Raises:
        UserError: it cannot be read or is broken; it is never overwritten then.
    """
    import json

    path = records_file()
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Records()
    except ValueError as error:
        raise _broken(f"not JSON: {error}") from error
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror or error}", where=str(path)) from error
    try:
        return Records.model_validate(document)
    except ValidationError as error:
        raise _broken(str(first_fault(error, document))) from error


def change(step: Callable[[Records], Records]) -> None:
    """Replace the document by what `step` makes of it, with no other process in between.

    Raises:
        UserError: by `step`, or the document cannot be read or written.
    """
    from filelock import FileLock

    path = records_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(f".{path.name}.lock"))
        lock.acquire()
    except OSError as error:
        raise UserError(f"cannot write: {error.strerror or error}", where=str(path)) from error
    try:
        write_atomic(path, step(load()).model_dump_json(indent=2) + "\n")
    finally:
        lock.release()


def _broken(what: str) -> UserError:
    return UserError(what, where=str(records_file()), do="correct the file, or move it away to start anew")
