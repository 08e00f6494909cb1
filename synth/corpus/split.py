"""Which domains are for training, for development, and for the test; fixed in `split.toml`."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import UserError
from models.faults import first_fault
from synth.corpus.files import domains

Part = Literal["train", "dev", "test"]
PARTS: tuple[Part, ...] = get_args(Part)
TABLE = Path(__file__).with_name("split.toml")


class SplitTable(BaseModel):
    """The table; a domain stands in exactly one part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    train: tuple[str, ...] = Field(description="May be trained on.")
    dev: tuple[str, ...] = Field(description="For choosing settings and thresholds; not trained on.")
    test: tuple[str, ...] = Field(description="Never trained on nor tuned to.")

    def part_of(self, domain: str) -> Part:
        """The part of a domain.

        Raises:
            UserError: the table does not have it.
        """
        for part in PARTS:
            if domain in getattr(self, part):
                return part
        raise UserError(f"the domain {domain} is in no part", where=str(TABLE), do="add it to one")


@functools.cache
def split() -> SplitTable:
    """The committed table.

    Raises:
        UserError: it cannot be read, or does not name each domain exactly once.
    """
    try:
        table = SplitTable.model_validate(tomllib.loads(TABLE.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"cannot be read: {error}", where=str(TABLE)) from error
    except ValidationError as error:
        raise UserError(str(first_fault(error)), where=str(TABLE)) from error
    named = sorted([*table.train, *table.dev, *table.test])
    if named != list(domains()):
        odd = {one for one in named if named.count(one) > 1} | (set(named) ^ set(domains()))
        raise UserError(f"not in exactly one part: {', '.join(sorted(odd))}", where=str(TABLE))
    return table
