"""Recipes as TOML files: found by name or path, and checked against their model, with errors for people."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.errors import UsageError, UserError, nearest
from models.faults import first_fault

R = TypeVar("R", bound=BaseModel)


def load(kind: type[R], given: str, folder: Path, changes: Iterable[str] = ()) -> R:
    """Read a recipe.

    Args:
        kind: its model.
        given: the name of one that comes with the package, or a TOML file.
        folder: of those that come with the package.
        changes: fields to set otherwise; see `change`.

    Raises:
        UserError: there is none, or it is not one; names the field.
    """
    path = place(given, folder)
    fields = read_fields(path)
    for one in changes:
        change(fields, one)
    return checked(kind, fields, str(path))


def shipped(folder: Path) -> list[str]:
    """The names of the recipes that lie in a package's folder."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def place(given: str, folder: Path) -> Path:
    """Where a recipe lies.

    Args:
        given: the name of one that comes with the package, or a TOML file.
        folder: of those that come with the package.

    Raises:
        UserError: there is none of this name.
    """
    if Path(given).suffix == ".toml":
        return Path(given)
    if given not in shipped(folder):
        raise UserError(f"no recipe is called `{given}`", do=nearest(given, shipped(folder)))
    return folder / f"{given}.toml"


def read_fields(path: Path) -> dict[str, Any]:
    """The fields of a recipe, as they stand in its file.

    Raises:
        UserError: it cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read the recipe: {error.strerror}", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"not TOML: {error}", where=str(path)) from error


def change(fields: dict[str, Any], given: str) -> None:
    """Set a field of a recipe otherwise, as `--set` asks for.

    Args:
        fields: of the recipe; changed in place.
        given: `field=value` or `section.field=value`, the value as TOML has it; what is no TOML is taken as
            a text, and no value as the field's default.

    Raises:
        UsageError: it has another form, or names what has no fields.
    """
    name, equals, text = given.partition("=")
    *sections, field = name.strip().split(".")
    if not (equals and field and len(sections) <= 2):
        raise UsageError(f"`{given}` is not section.field=value", where="--set")
    for section in sections:
        inner = fields.setdefault(section, {})
        if not isinstance(inner, dict):
            raise UsageError(f"`{section}` has no fields", where="--set")
        fields = inner
    if not text.strip():
        if fields.pop(field, None) is None:
            raise UsageError(f"the recipe states no `{name.strip()}`, which has its default", where="--set")
        return
    try:
        fields[field] = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        fields[field] = text.strip()


def checked(kind: type[R], fields: dict[str, Any], where: str = "") -> R:
    """A recipe from its fields.

    Args:
        kind: its model.
        fields: as TOML has them.
        where: they are from, for errors.

    Raises:
        UserError: one is unknown, missing or wrong; names it.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        fault = first_fault(error)
        if fault.is_unknown:
            near = _near(kind, fault.place)
            raise UserError(f"unknown field `{fault.place}`", where=where, do=near) from error
        raise UserError(str(fault), where=where) from error


def _near(kind: type[BaseModel], name: str) -> str:
    """The field that an unknown one may have been meant to be."""
    known = kind
    *parents, last = name.split(".")
    for parent in parents:
        annotation = known.model_fields[parent].annotation if parent in known.model_fields else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return ""
        known = annotation
    return nearest(last, sorted(known.model_fields))
