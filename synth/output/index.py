"""Reads finished logs: every sample there is, what is against two of them together, and the counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from synth.gate.reason import Reason
from synth.gate.split import side
from synth.output.balance import Item, kind_of
from synth.output.entry import Dropped, Row
from synth.output.leading import Fields, filled
from synth.output.report import Tally
from synth.output.worklog import LogReader
from synth.recipes.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Index:
    """What can be chosen from.

    Args:
        items: the samples.
        tally: counts, of those that were dropped too.
        dropped: what was left out, as lines of JSON would have it.
    """

    items: list[Item]
    tally: Tally
    dropped: list[dict[str, str]]


def index(logs: Sequence[LogReader], recipe: Recipe) -> Index:
    """Look through logs, problem by problem in the order of their ids, whichever log they are in.

    Args:
        logs: of one build or of all its shards.
        recipe: for the split.
    """
    labels = _labels(row for _, row in _rows(logs))
    tally = Tally()
    items: list[Item] = []
    dropped: list[dict[str, str]] = []
    seen: set[bytes] = set()
    fields: dict[Fields, Fields] = {}  # few different ones, each held once
    for log, row in _rows(logs):
        kept = 0
        if row.reason is not None:
            tally.problems_dropped[row.reason.kind] += 1
            dropped.append({"problem": row.problem, "reason": row.reason.kind, "detail": row.reason.detail})
        against = list(row.dropped)
        for place, sample in enumerate(row.samples):
            reason = _against(sample, labels, seen)
            if reason is not None:
                against.append(Dropped(sample["id"], sample["type"], reason))
                continue
            kept += 1
            tally.kept[sample["type"]] += 1
            items.append(
                Item(
                    id=sample["id"],
                    problem=row.problem,
                    kind=kind_of(sample["type"], bool(sample["answers"])),
                    side=side(sample["group"], recipe.split),
                    log=log,
                    place=place,
                    fields=fields.setdefault(has := filled(sample), has),
                )
            )
        for one in against:
            tally.drop(one.type, one.reason)
            dropped.append({"sample": one.id, "reason": one.reason.kind, "detail": one.reason.detail})
        tally.problems_used += kept > 0
        tally.licences[row.licence] += kept > 0
    return Index(items, tally, dropped)


def _rows(logs: Sequence[LogReader]) -> Iterator[tuple[int, Row]]:
    where = sorted((problem, log) for log, reader in enumerate(logs) for problem in reader.contents.places)
    return ((log, logs[log].row(problem)) for problem, log in where)


_CLEAR, _UNCLEAR = 1, 2


def _labels(rows: Iterable[Row]) -> dict[bytes, int]:
    """For each request, whether a sample calls it clear, unclear, or each of them one."""
    found: dict[bytes, int] = {}
    for row in rows:
        for sample in row.samples:
            key = _key(sample["problem"])
            found[key] = found.get(key, 0) | (_CLEAR if sample["change"] is None else _UNCLEAR)
    return found


def _against(sample: dict[str, Any], labels: dict[bytes, int], seen: set[bytes]) -> Reason | None:
    if labels[_key(sample["problem"])] == _CLEAR | _UNCLEAR:
        return Reason("two labels")
    whole = _key(json.dumps([sample["problem"], sample["answers"], sample["answer"]]))
    if whole in seen:
        return Reason("same request")
    seen.add(whole)
    return None


def _key(text: str) -> bytes:
    return hashlib.blake2b(" ".join(text.split()).encode("utf-8", "replace"), digest_size=8).digest()
