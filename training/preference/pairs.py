"""Pairs: two replies to one request, one that asks and one that codes, and which of them is right."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.errors import UserError
from models.faults import first_fault
from models.files import read_jsonl, replacing
from models.reply import CodeBlock, QuestionList, parse
from synth.schema import SampleType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from synth.schema import Sample

Origin = Literal["model", "twin"]


class Pair(BaseModel):
    """Two replies to one request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, description="Of the sample that it is of.")
    source_id: str = Field(description="The sample's problem; twins share it.")
    group: str = Field(description="The sample's; a pair of a group that is kept aside is not learned from.")
    type: SampleType = Field(description="The sample's: `Original` is clear, any other unclear.")
    problem: str = Field(min_length=1, description="The request, as it is put to the model.")
    chosen: str = Field(
        min_length=1, description="The right reply: code if the request is clear, else questions."
    )
    rejected: str = Field(min_length=1, description="A reply of the other form.")
    rejected_by: Origin = Field(
        description="`model`: the rejected reply is the trained model's own; `twin`: it is the answer of the "
        "same problem's other version."
    )

    @property
    def unclear(self) -> bool:
        """Whether asking is right."""
        return self.type != "Original"

    @model_validator(mode="after")
    def _asks_against_codes(self) -> Self:
        right, wrong = (QuestionList, CodeBlock) if self.unclear else (CodeBlock, QuestionList)
        for name, reply, form in (("chosen", self.chosen, right), ("rejected", self.rejected, wrong)):
            if not isinstance(parse(reply), form):
                wanted = "questions" if form is QuestionList else "code"
                raise ValueError(f"the {name} reply of a pair of type {self.type} is not {wanted}")
        return self


def pair(sample: Sample, rejected: str, origin: Origin) -> Pair:
    """The pair of a first-round sample and a reply of the other form."""
    return Pair(
        id=sample.id,
        source_id=sample.source_id,
        group=sample.group,
        type=sample.type,
        problem=sample.problem,
        chosen=sample.answer,
        rejected=rejected,
        rejected_by=origin,
    )


def from_twins(samples: Iterable[Sample]) -> dict[str, str]:
    """For each first-round sample the answer of a twin of the other kind, by the sample's id.

    A clear sample takes the first of its unclear versions, an unclear one the clear version; one without
    such a twin is left out.
    """
    first_rounds = [sample for sample in samples if not sample.answers]
    answers: dict[tuple[str, bool], str] = {}
    for sample in first_rounds:
        answers.setdefault((sample.source_id, sample.unclear), sample.answer)
    return {
        sample.id: answers[sample.source_id, not sample.unclear]
        for sample in first_rounds
        if (sample.source_id, not sample.unclear) in answers
    }


class _OfProblem(Protocol):
    @property
    def source_id(self) -> str:
        """The problem that it is of."""

    @property
    def unclear(self) -> bool:
        """Whether asking is right."""


_T = TypeVar("_T", bound=_OfProblem)


def balanced(items: Sequence[_T], seed: int, most: int | None = None) -> tuple[_T, ...]:
    """As many unclear as clear ones, in the order given: neither asking nor coding pays by itself.

    Problems are taken by chance, and both versions of one before a further version of another.

    Args:
        items: pairs or samples, of both kinds.
        seed: of which ones go.
        most: in all; None for no limit.

    Raises:
        UserError: there are none of one kind.
    """
    sides: tuple[list[int], list[int]] = ([], [])
    for place, one in enumerate(items):
        sides[one.unclear].append(place)
    each = min(map(len, sides))
    if not each:
        which = "a clear" if not sides[0] else "an unclear"
        raise UserError(f"there is no pair of {which} request", do="give data of both kinds, or more of it")
    if most is not None:
        each = min(each, max(1, most // 2))
    chance = random.Random(f"pairs:{seed}")
    problems = sorted({one.source_id for one in items})
    chance.shuffle(problems)
    order = {problem: place for place, problem in enumerate(problems)}
    kept: set[int] = set()
    for side in sides:
        chance.shuffle(side)
        # A problem's second one of a kind comes after the first ones of all problems: twins stay together.
        seen: Counter[str] = Counter()
        ranked: list[tuple[int, int, int]] = []
        for place in side:
            problem = items[place].source_id
            ranked.append((seen[problem], order[problem], place))
            seen[problem] += 1
        kept.update(place for _, _, place in sorted(ranked)[:each])
    return tuple(one for place, one in enumerate(items) if place in kept)


def write_pairs(path: Path, pairs: Iterable[Pair]) -> None:
    """Write a file of pairs, whole or not at all.

    Raises:
        UserError: it cannot be written.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{one.model_dump_json()}\n" for one in pairs)


def read_pairs(path: Path) -> tuple[Pair, ...]:
    """Read a file of pairs.

    Raises:
        UserError: there is none, it is empty, or it holds something else; names the pair.
    """
    if not path.is_file():
        raise UserError("there is no such file", where=str(path), do="make one with `clarify pairs`")
    pairs: list[Pair] = []
    for number, record in enumerate(read_jsonl(path), 1):
        try:
            pairs.append(Pair.model_validate(record))
        except ValidationError as error:
            raise UserError(f"pair {number} is none: {first_fault(error)}", where=str(path)) from error
    if not pairs:
        raise UserError("there is no pair in it", where=str(path), do="make some with `clarify pairs`")
    return tuple(pairs)
