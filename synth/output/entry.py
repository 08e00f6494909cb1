"""What came of one problem: its samples and what was dropped, as one line of the work log."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from synth.gate.reason import Kind, Reason
from synth.schema import Problem, Sample, SampleType


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sample that the gate did not let pass.

    Args:
        id: of the sample.
        type: of the sample.
        reason: why.
    """

    id: str
    type: SampleType
    reason: Reason


@dataclass(frozen=True, slots=True)
class Entry:
    """What came of a problem.

    Args:
        problem: its id.
        digest: of its content, so that a problem that has changed is worked on anew.
        source: where it is from.
        licence: its licence.
        samples: those that passed.
        dropped: those that did not.
        reason: why nothing was made of it; None when something was.
    """

    problem: str
    digest: str
    source: str
    licence: str
    samples: tuple[Sample, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    reason: Reason | None = None

    @classmethod
    def of(
        cls,
        problem: Problem,
        samples: tuple[Sample, ...] = (),
        dropped: tuple[Dropped, ...] = (),
        reason: Reason | None = None,
    ) -> Entry:
        """The entry of a problem."""
        return cls(problem.id, digest(problem), problem.source, problem.licence, samples, dropped, reason)

    def line(self) -> bytes:
        """The entry as JSON, with its line end."""
        record = {
            "problem": self.problem,
            "digest": self.digest,
            "source": self.source,
            "licence": self.licence,
            "reason": _reason(self.reason),
            "samples": [sample.model_dump(mode="json") for sample in self.samples],
            "dropped": [{"id": one.id, "type": one.type, **_some(one.reason)} for one in self.dropped],
        }
        return json_line(record)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is read back: samples stay JSON, as they will be written.

    Args:
        problem: its id.
        source: where it is from.
        licence: its licence.
        samples: as dictionaries, their fields in the order of the schema.
        dropped: id, type and reason of each.
        reason: why nothing was made of it; None when something was.
    """

    problem: str
    source: str
    licence: str
    samples: tuple[dict[str, Any], ...]
    dropped: tuple[Dropped, ...]
    reason: Reason | None

    @classmethod
    def read(cls, record: dict[str, Any]) -> Row:
        """The inverse of `Entry.line`.

        Raises:
            KeyError, TypeError: it is of another form.
        """
        return cls(
            record["problem"],
            record["source"],
            record["licence"],
            tuple(record["samples"]),
            tuple(Dropped(one["id"], one["type"], _read(one)) for one in record["dropped"]),
            _read(record["reason"]) if record["reason"] else None,
        )


def digest(problem: Problem) -> str:
    """A name for a problem's content."""
    return hashlib.blake2b(problem.model_dump_json().encode(), digest_size=8).hexdigest()


def json_line(record: dict[str, Any]) -> bytes:
    """A record as one line of JSON: always the same bytes for the same content."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _reason(reason: Reason | None) -> dict[str, str] | None:
    return None if reason is None else _some(reason)


def _some(reason: Reason) -> dict[str, str]:
    return {"kind": reason.kind, "detail": reason.detail}


def _read(record: dict[str, Any]) -> Reason:
    kind: Kind = record["kind"]
    return Reason(kind, record["detail"])
