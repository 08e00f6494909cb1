"""Which samples go into the data: so many of each kind, exactly, chosen by seed.

Nothing but the flaw may tell clear from unclear, so twins stay together: clear samples are taken first where
their unclear twin was taken, and the rest of them are those that have no twin.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from synth.gate.split import Side
from synth.schema import SampleType

Kind = Literal["clear", "ambiguous", "incomplete", "inconsistent", "combined", "second round"]
FLAWS: tuple[Kind, ...] = ("ambiguous", "incomplete", "inconsistent")


class BalanceSettings(BaseModel):
    """How many of each kind. The three single flaws share equally what the other kinds leave."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keep: Literal["balanced", "all"] = Field(
        default="balanced", description="`all` takes every sample, and the shares do not count."
    )
    clear: float = Field(default=0.4, gt=0, lt=1, description="Share of clear problems, exactly.")
    combined: float = Field(default=0.05, ge=0, lt=1, description="Most of samples with two flaws, a share.")
    second_round: float = Field(
        default=0.1, ge=0, lt=1, description="Most of samples of the second round, a share."
    )
    uneven: float = Field(
        default=1.0,
        ge=1,
        description="Most samples of the most frequent single flaw for one of the rarest; 1 takes the same "
        "number of each. A flaw that no sample has does not count.",
    )


@dataclass(frozen=True, slots=True)
class Item:
    """A sample as the choice sees it.

    Args:
        id: of the sample.
        problem: of its source problem.
        kind: what it is balanced by.
        side: of the split that its group is on.
        log: which log it is in.
        place: which sample of its problem it is.
        fields: those that hold a value.
    """

    id: str
    problem: str
    kind: Kind
    side: Side
    log: int
    place: int
    fields: frozenset[str] = frozenset()

    @property
    def pair(self) -> str:
        """What twins have in common: their id up to the last colon."""
        return self.id.rpartition(":")[0]


def kind_of(type_: SampleType, second_round: bool) -> Kind:
    """What a sample is balanced by."""
    if second_round:
        return "second round"
    if type_ == "Original":
        return "clear"
    if "+" in type_:
        return "combined"
    kinds: dict[str, Kind] = {"Ambiguous": "ambiguous", "Incomplete": "incomplete"}
    return kinds.get(type_, "inconsistent")


def order(seed: int, text: str) -> bytes:
    """A place in an order that depends on nothing but a seed and a text."""
    return hashlib.blake2b(f"{seed}:{text}".encode("utf-8", "replace"), digest_size=8).digest()


def choose(items: Iterable[Item], settings: BalanceSettings, seed: int, limit: int | None) -> list[Item]:
    """The samples that go into the data, in the order in which they are written.

    Each side of the split is balanced by itself. The choice does not depend on the order of the items.

    Args:
        items: all samples there are.
        settings: how many of each kind.
        seed: decides among samples of a kind; samples of different problems go before several of one.
        limit: most samples on all sides together; None takes as many as the rarest kind allows.
    """
    sides: dict[Side, list[Item]] = defaultdict(list)
    for item in items:
        sides[item.side].append(item)
    limits = _shared_out(limit, {side: len(found) for side, found in sides.items()})
    chosen = [one for side, found in sides.items() for one in _side(found, settings, seed, limits[side])]
    return sorted(chosen, key=lambda item: (order(seed, item.id), item.id))


def _side(items: Sequence[Item], settings: BalanceSettings, seed: int, limit: int | None) -> list[Item]:
    if settings.keep == "all":
        return _spread(items, seed)[:limit]
    kinds: dict[Kind, list[Item]] = defaultdict(list)
    for item in items:
        kinds[item.kind].append(item)
    wanted = quotas({kind: len(found) for kind, found in kinds.items()}, settings, limit)
    unclear = [
        item
        for kind, count in wanted.items()
        if kind != "clear"
        for item in _spread(kinds[kind], seed)[:count]
    ]
    twins = {item.pair for item in unclear}
    paired = {item.pair for item in items if item.kind != "clear"}
    near = [item for item in kinds["clear"] if item.pair in twins or item.pair not in paired]
    near_ids = {item.id for item in near}
    far = [item for item in kinds["clear"] if item.id not in near_ids]
    return unclear + (_spread(near, seed) + _spread(far, seed))[: wanted["clear"]]


def _spread(items: Sequence[Item], seed: int) -> list[Item]:
    """By seed, and so that each problem comes once before any comes twice."""
    turn: Counter[str] = Counter()
    keyed = []
    for item in sorted(items, key=lambda item: (order(seed, item.id), item.id)):
        keyed.append((turn[item.problem], order(seed, item.id), item.id, item))
        turn[item.problem] += 1
    return [item for *_, item in sorted(keyed, key=lambda key: key[:3])]


def quotas(there: Mapping[Kind, int], settings: BalanceSettings, limit: int | None) -> dict[Kind, int]:
    """How many of each kind make the largest data that keeps to the shares.

    Args:
        there: how many there are.
        settings: the shares.
        limit: most samples; None takes as many as there can be.

    Returns:
        A count for each kind that is never more than there are. Clear ones are the smallest count that is at
        least their share. Single flaws differ by one at most where `uneven` is 1.
    """
    most = sum(there.values()) if limit is None else min(limit, sum(there.values()))
    return next(plan for size in range(most, -1, -1) if (plan := _plan(size, there, settings)) is not None)


def _plan(size: int, there: Mapping[Kind, int], settings: BalanceSettings) -> dict[Kind, int] | None:
    clear = math.ceil(size * _exact(settings.clear))
    combined = min(there.get("combined", 0), math.floor(size * _exact(settings.combined)))
    second = min(there.get("second round", 0), math.floor(size * _exact(settings.second_round)))
    rest = size - clear - combined - second
    flaws = _level(rest, {flaw: there[flaw] for flaw in FLAWS if there.get(flaw)}, settings.uneven)
    if rest < 0 or clear > there.get("clear", 0) or flaws is None:
        return None
    return {"clear": clear, **flaws, "combined": combined, "second round": second}


def _exact(share: float) -> Fraction:
    """A share as it is written: 0.1 is a tenth."""
    return Fraction(repr(share))


def _level(total: int, there: Mapping[Kind, int], uneven: float) -> dict[Kind, int] | None:
    """Share a number out among flaws as evenly as there are samples; None where it is not even enough."""
    found: dict[Kind, int] = {}
    left = total
    for place, flaw in enumerate(sorted(there, key=lambda flaw: (there[flaw], FLAWS.index(flaw)))):
        found[flaw] = min(there[flaw], left // (len(there) - place))
        left -= found[flaw]
    if left:
        return None
    counts = found.values()
    even = not found or max(counts) - min(counts) <= 1 or max(counts) <= uneven * min(counts)
    return {flaw: found.get(flaw, 0) for flaw in FLAWS} if even else None


def _shared_out(limit: int | None, sizes: Mapping[Side, int]) -> dict[Side, int | None]:
    """A limit's parts in proportion to the sizes, which add up to it."""
    if limit is None:
        return dict.fromkeys(sizes)
    total = sum(sizes.values())
    exact = {side: limit * size / total for side, size in sizes.items()}
    parts = {side: int(part) for side, part in exact.items()}
    left = limit - sum(parts.values())
    for side in sorted(sizes, key=lambda side: (parts[side] - exact[side], side))[:left]:
        parts[side] += 1
    return dict(parts)
