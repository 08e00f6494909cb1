"""Catalogues of models and adapters: the shipped one, and the user's own, both read from TOML and checked.

The user's is `models.toml` beside config.toml: models of a team, say, that `clarify models pull` fetches
like the shipped ones. Neither file is ever written.
"""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.errors import UserError
from models.faults import first_fault
from models.paths import config_file
from models.registry.entry import AdapterEntry, ModelEntry, Name

_FILE = "catalogue.toml"
_ADAPTERS = "adapters"


class Catalogue(BaseModel):
    """All that a catalogue file holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: Name | None = Field(default=None, description="The model that is used when none is named.")
    models: tuple[ModelEntry, ...] = Field(default=(), description="The models.")
    adapters: tuple[AdapterEntry, ...] = Field(default=(), description="The adapters.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for values in (self.names, self.places):
            if twice := sorted({value for value in values if values.count(value) > 1}):
                raise ValueError(f"`{twice[0]}` is there twice")
        bases = {adapter.name: adapter.base for adapter in self.adapters}
        for model in self.models:
            if model.adapter is not None and bases.get(model.adapter) != model.base:
                raise ValueError(f"`{model.name}` names `{model.adapter}`, which is no adapter for its base")
        if self.default is not None and self.default not in {model.name for model in self.models}:
            raise ValueError(f"the default `{self.default}` is not among the models")
        return self

    @property
    def names(self) -> list[str]:
        """Of the models and the adapters."""
        return [entry.name for entry in (*self.models, *self.adapters)]

    @property
    def places(self) -> list[str]:
        """Names of the files of the models and the adapters."""
        return [entry.file for entry in (*self.models, *self.adapters)]


def read(text: str, where: str) -> Catalogue:
    """Read a catalogue from its TOML text.

    Args:
        text: the content of the file.
        where: its name, for the error.

    Raises:
        UserError: not TOML, or an entry is wrong; names the entry and its field.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"not TOML: {error}", where=where) from error
    try:
        return Catalogue.model_validate(document)
    except ValidationError as error:
        raise UserError(str(first_fault(error, document)), where=where) from error


@functools.cache
def shipped() -> Catalogue:
    """The catalogue that comes with the package."""
    return read(files("models.registry").joinpath(_FILE).read_text(encoding="utf-8"), where=_FILE)


def own_file() -> Path:
    """Where the user's own catalogue lies, if there is one."""
    return config_file().with_name("models.toml")


def own() -> Catalogue:
    """The user's own catalogue; an empty one when there is none.

    Raises:
        UserError: it cannot be read, an entry is wrong, or it repeats a name or a file of the shipped one.
    """
    path = own_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Catalogue()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read: {error}", where=str(path)) from error
    catalogue = read(text, where=str(path))
    for mine, theirs in ((catalogue.names, shipped().names), (catalogue.places, shipped().places)):
        if taken := sorted(set(mine) & set(theirs)):
            raise UserError(f"`{taken[0]}` is in the shipped catalogue", where=str(path), do="rename it")
    if lost := [adapter.name for adapter in catalogue.adapters if adapter.is_shipped]:
        raise UserError(f"the adapter `{lost[0]}` has no source", where=str(path), do="give it one")
    return catalogue


def default() -> str:
    """The model that is used when none is named: the user's own choice, else the shipped one.

    Raises:
        UserError: the user's own catalogue is broken.
    """
    name = own().default or shipped().default
    assert name is not None, "the shipped catalogue has a default"
    return name


def shipped_adapter(entry: AdapterEntry) -> Path:
    """Where the file of an adapter without a source lies in the installed package."""
    return Path(str(files("models.registry").joinpath(_ADAPTERS, entry.file)))
