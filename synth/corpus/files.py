"""Reads the corpus from its files, one per domain."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from models.errors import UserError
from models.faults import first_fault
from synth.corpus.format import CorpusProblem, DomainFile

FOLDER = Path(__file__).with_name("problems")


def read_file(path: Path) -> DomainFile:
    """One file of the corpus.

    Raises:
        UserError: it cannot be read, or a field is not as it should be; names the problem and the field.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"cannot be read: {error}", where=str(path)) from error
    try:
        return DomainFile.model_validate(content)
    except ValidationError as error:
        raise UserError(str(first_fault(error, content)), where=str(path)) from error


def domains() -> tuple[str, ...]:
    """The domains of the corpus, sorted; a file each."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@functools.cache
def domain(name: str) -> tuple[CorpusProblem, ...]:
    """The problems of a domain, in the order of its file.

    Raises:
        UserError: see `read_file`.
    """
    return read_file(FOLDER / f"{name}.toml").problems


def everything() -> Iterator[tuple[str, CorpusProblem]]:
    """All problems with their domain, domain by domain."""
    for name in domains():
        for problem in domain(name):
            yield name, problem


@functools.cache
def find(id_: str) -> CorpusProblem:
    """The problem with an id as the source gives it: `corpus:strings/squeeze-runs`.

    Raises:
        KeyError: there is none.
    """
    place, _, own = id_.removeprefix("corpus:").partition("/")
    if id_.startswith("corpus:") and place in domains():
        for problem in domain(place):
            if problem.id == own:
                return problem
    raise KeyError(id_)
