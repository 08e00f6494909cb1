"""Training, validation and test: which side a problem's samples are on.

It follows from the seed and the problem's group alone, so all samples of a group are on one side, on every
machine, whatever else is in the data; and a group keeps its side when others come or go.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Side = Literal["train", "validation", "test"]
SIDES: tuple[Side, ...] = ("train", "validation", "test")


class SplitSettings(BaseModel):
    """How large the held-out sides are, in shares of the groups: a few large groups make them differ."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=0, ge=0, description="Deals the groups; another one deals them anew.")
    validation: float = Field(default=0.0, ge=0, le=1, description="Share of the groups; 0 makes none.")
    test: float = Field(default=0.0, ge=0, le=1, description="Share of the groups; 0 makes none.")

    @model_validator(mode="after")
    def _leaves_training(self) -> SplitSettings:
        if self.validation + self.test >= 1:
            raise ValueError("validation and test together leave nothing to train on")
        return self

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that can have samples."""
        return tuple(side for side in SIDES if side == "train" or getattr(self, side) > 0)


def side(group: str, settings: SplitSettings) -> Side:
    """The side of a group.

    Args:
        group: of the problem, such as its package.
        settings: shares of the held-out sides, and the seed.
    """
    digest = hashlib.blake2b(
        f"split:{settings.seed}:{group}".encode("utf-8", "replace"), digest_size=8
    ).digest()
    place = int.from_bytes(digest, "big") / 2**64
    if place < settings.test:
        return "test"
    return "validation" if place < settings.test + settings.validation else "train"
