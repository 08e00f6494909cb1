"""The typed recipe of a data set; unknown fields are refused."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from models import recipe_file
from models.errors import UsageError
from synth.gate.settings import GateSettings
from synth.gate.split import SplitSettings
from synth.output.balance import BalanceSettings

FOLDER = Path(__file__).parent

GeneratorName = Literal["rules", "llm"]
Option = bool | int | float | str
Lines = Annotated[
    tuple[str, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
]


class GeneratorSettings(BaseModel):
    """What turns problems into samples."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: GeneratorName = Field(default="rules", description="`rules` needs no model; `llm` asks one.")
    options: dict[str, Option] = Field(
        default={}, description="Of this generator; an unknown one is refused when it is made."
    )


class Recipe(BaseModel):
    """All that decides what a data set holds; the same recipe gives the same bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="", description="What the data set is called; empty for one of the moment.")
    seed: int = Field(default=0, ge=0, description="Of all chance but the split: modifications and choice.")
    sources: Lines = Field(min_length=1, description="`KIND:ARGUMENT`, in this order.")
    problems: int | None = Field(
        default=None, ge=1, description="Most problems read of each source; all when not given."
    )
    any_licence: bool = Field(default=False, description="Also take code without a permissive licence.")
    limit: int | None = Field(
        default=None, ge=1, description="Most samples in the data set; all that balance when not given."
    )
    format: Literal["jsonl", "parquet"] = Field(
        default="jsonl", description="Of the files in a folder; a single file's name says its own."
    )
    generator: GeneratorSettings = GeneratorSettings()
    gate: GateSettings = GateSettings()
    balance: BalanceSettings = BalanceSettings()
    split: SplitSettings = SplitSettings()

    def work(self) -> dict[str, Any]:
        """What decides the samples before the choice; a build with the same work can continue."""
        fields = self.portable()
        return {name: fields[name] for name in _WORK}

    def portable(self) -> dict[str, Any]:
        """All fields as JSON has them, without the place where this machine keeps the tokenizer."""
        fields = self.model_dump(mode="json")
        if self.gate.tokenizer is not None:
            fields["gate"]["tokenizer"] = self.gate.tokenizer.name
        return fields

    def changes(self) -> dict[str, Any]:
        """The fields that are not as usual, nested ones with dots."""
        return dict(_changes(self.portable(), _USUAL))

    def command(self) -> str:
        """A command line that builds this data set again, without its output."""
        if self.name in recipe_file.shipped(FOLDER) and load(self.name) == self:
            return f"clarify synth build --recipe {self.name}"
        changes = self.changes()
        if changes.keys() - _OPTIONS.keys():
            return "clarify synth build --recipe FILE.toml"
        words = ["clarify synth build"]
        for field in sorted(changes, key=list(_OPTIONS).index):
            value, option = changes[field], _OPTIONS[field]
            if isinstance(value, dict):
                value = [f"{name}={_written(one)}" for name, one in value.items()]
            for one in value if isinstance(value, list) else [value]:
                words.append(option if one is True else f"{option} {shlex.quote(str(one))}")
        return " ".join(words)


_WORK = ("seed", "sources", "problems", "any_licence", "generator", "gate")
_OPTIONS = {
    "sources": "--source",
    "any_licence": "--any-licence",
    "problems": "--problems",
    "generator.name": "--generator",
    "generator.options": "--option",
    "gate.tokenizer": "--tokenizer",
    "limit": "--limit",
    "seed": "--seed",
}
_USUAL = Recipe(sources=("-",)).model_dump(mode="json")


def load(given: str) -> Recipe:
    """Read a recipe.

    Args:
        given: the name of one that comes with this package, or a TOML file.

    Raises:
        UserError: there is none, or it is not one; names the field.
    """
    return recipe_file.load(Recipe, given, FOLDER)


def checked(fields: dict[str, Any], where: str = "") -> Recipe:
    """A recipe from its fields; see `recipe_file.checked`."""
    return recipe_file.checked(Recipe, fields, where)


def with_options(base: Recipe | None, options: Mapping[str, object], generator: Sequence[str] = ()) -> Recipe:
    """A recipe with what a command line says otherwise.

    Args:
        base: the recipe; None takes the usual values.
        options: fields by name, nested ones with a dot; None leaves a field as it is.
        generator: its options, each as `NAME=VALUE`.

    Raises:
        UserError: a value is wrong, or no source is named.
    """
    given = {name: value for name, value in options.items() if value is not None and value != ()}
    fields = base.model_dump() if base else {}
    for name, value in given.items():
        part, _, inner = name.rpartition(".")
        if part:
            fields[part] = {**fields.get(part, {}), inner: value}
        else:
            fields[name] = value
    for text in generator:
        name, value = _option(text)
        part = fields.setdefault("generator", {})
        part["options"] = {**part.get("options", {}), name: value}
    if base is not None and (given or generator):
        fields["name"] = ""  # it is another one now
    if not fields.get("sources"):
        raise UsageError("no source is named", do="give --source KIND:ARGUMENT, or --recipe")
    return checked(fields)


def _option(text: str) -> tuple[str, Option]:
    """`NAME=VALUE`, the value as TOML has it or, where it is none, a text."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise UsageError(f"`{text}` is not NAME=VALUE", where="--option")
    try:
        read = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name, value
    return name, read if isinstance(read, bool | int | float | str) else value


def _written(value: Option) -> str:
    """The inverse of `_option`, for the value."""
    return value if isinstance(value, str) else str(value).lower()


def _changes(fields: dict[str, Any], usual: dict[str, Any], above: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in fields.items():
        if isinstance(value, dict) and isinstance(usual.get(name), dict) and name != "options":
            found += _changes(value, usual[name], f"{above}{name}.")
        elif value != usual.get(name):
            found.append((f"{above}{name}", value))
    return found
