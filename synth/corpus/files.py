"""Reads the corpus from its files, one per domain."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from models.errors import UserError
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
        first = error.errors()[0]
        raise UserError(f"{first['msg']}", where=f"{path}, {_place(content, first['loc'])}") from error


def _place(content: dict[str, object], loc: tuple[int | str, ...]) -> str:
    """`squeeze-runs: points.0.kind` instead of `problem.3.points.0.kind`."""
    match content, loc:
        case {"problem": list(problems)}, ("problem", int(number), *rest) if number < len(problems):
            row = problems[number]
            id_ = row.get("id", f"problem {number + 1}") if isinstance(row, dict) else number
            return f"{id_}: {'.'.join(map(str, rest))}"
    return ".".join(map(str, loc))


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
