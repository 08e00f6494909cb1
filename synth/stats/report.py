"""The statistics of a data set as a document: counts, and by type the means of table 6."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from synth.output.balance import order
from synth.schema import Sample
from synth.stats.entropy import word_entropy
from synth.stats.perplexity import TokenLosses, perplexity

ALL_UNCLEAR = "all unclear"
"""The row that table 6 has: the modified problems with their questions, all types together."""

SECOND_ROUND = "second round"


class Measured(BaseModel):
    """Means over texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    texts: int
    words: float = Field(description="Mean number of words, marks among them.")
    entropy: float = Field(description="Mean of the texts' word entropies, nats.")
    perplexity: float | None = Field(description="Mean of the texts' perplexities; None without a model.")
    perplexity_texts: int = Field(description="Texts it was measured on.")


class TypeRow(BaseModel):
    """A row of table 6."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    problems: Measured
    answers: Measured


class Stats(BaseModel):
    """The document of `clarify synth stats --json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    samples: int
    clear_share: float = Field(description="Share of samples whose request is clear.")
    types: dict[str, int] = Field(description="By the paper's type; second rounds have their own line.")
    shapes: dict[str, int]
    sources: dict[str, int]
    groups: int = Field(description="Packages or other groups of problems.")
    problems: int = Field(description="Different source problems.")
    changes: dict[str, int] = Field(description="By kind of modification.")
    licences: dict[str, int]
    model: str | None = Field(description="The model of the perplexities.")
    table6: dict[str, TypeRow] = Field(description="By type, and all unclear ones together.")


@dataclass(slots=True)
class Texts:
    """The measurements of single texts of a row and a column; what a plot is made of."""

    words: list[int] = field(default_factory=list)
    entropy: list[float] = field(default_factory=list)
    perplexity: list[float] = field(default_factory=list)

    def mean(self) -> Measured:
        """Their means."""
        return Measured(
            texts=len(self.entropy),
            words=round(statistics.fmean(self.words), 2),
            entropy=round(statistics.fmean(self.entropy), 4),
            perplexity=round(statistics.fmean(self.perplexity), 4) if self.perplexity else None,
            perplexity_texts=len(self.perplexity),
        )


Table = dict[str, tuple[Texts, Texts]]
"""By type: of the problems, of the answers."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """How perplexity is measured.

    Args:
        losses: of the model.
        model: its name.
        texts: most samples of a type that are measured, since it takes long.
        on_text: called after each text.
    """

    losses: TokenLosses
    model: str
    texts: int
    on_text: Callable[[], None] = lambda: None


def measure(samples: Iterable[Sample], scoring: Scoring | None = None) -> tuple[Stats, Table]:
    """Count and measure a data set in one pass.

    Args:
        samples: of it.
        scoring: for perplexities; None leaves them out.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    problems: set[str] = set()
    groups: set[str] = set()
    table: Table = defaultdict(lambda: (Texts(), Texts()))
    scored: dict[str, list[Sample]] = defaultdict(list)
    clear = 0
    for sample in samples:
        row = SECOND_ROUND if sample.answers else sample.type
        clear += sample.change is None
        problems.add(sample.source_id)
        groups.add(sample.group)
        counts["types"][row] += 1
        counts["shapes"][sample.shape] += 1
        counts["sources"][":".join(sample.source_id.split(":")[:2])] += 1
        counts["licences"][sample.licence] += 1
        for change in [] if sample.change is None else [sample.change, *sample.further_changes]:
            counts["changes"][change.kind] += 1
        for name in [row, *([ALL_UNCLEAR] if sample.unclear else [])]:
            for texts, text in zip(table[name], (sample.problem, sample.answer), strict=True):
                texts.words.append(len(text.split()))
                texts.entropy.append(word_entropy(text))
        if scoring is not None:
            _keep(scored[row], sample, scoring.texts)
    if scoring is not None:
        _score(scored, table, scoring)
    names = ("types", "shapes", "sources", "changes", "licences")
    stats = Stats(
        samples=counts["types"].total(),
        clear_share=round(clear / max(1, counts["types"].total()), 4),
        groups=len(groups),
        problems=len(problems),
        model=scoring.model if scoring else None,
        table6={name: TypeRow(problems=p.mean(), answers=a.mean()) for name, (p, a) in sorted(table.items())},
        **{name: dict(sorted(counts[name].items())) for name in names},
    )
    return stats, table


def _keep(kept: list[Sample], sample: Sample, most: int) -> None:
    """Keep the first samples in an order by chance, which does not depend on the order of the file."""
    kept.append(sample)
    kept.sort(key=lambda one: order(0, one.id))
    del kept[most:]


def _score(scored: dict[str, list[Sample]], table: Table, scoring: Scoring) -> None:
    for row, samples in scored.items():
        for sample in samples:
            for column, text in enumerate((sample.problem, sample.answer)):
                value = perplexity(text, scoring.losses)
                scoring.on_text()
                if value is not None:
                    table[row][column].perplexity.append(value)
                    if sample.unclear:
                        table[ALL_UNCLEAR][column].perplexity.append(value)
