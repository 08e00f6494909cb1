"""The corpus in numbers, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synth.corpus.measures import CorpusStatistics
from synth.stats.terminal import counts

if TYPE_CHECKING:
    from rich.console import RenderableType


def shown(statistics: CorpusStatistics) -> RenderableType:
    """What there is, then how much of it repeats or gives itself away."""
    from rich.console import Group
    from rich.text import Text

    head = (
        f"{statistics.problems} problems in {len(statistics.by_domain)} domains, {statistics.points} points; "
        f"{statistics.pairs} pairs and {statistics.triples} threes of points go together"
    )
    tables = [
        counts("domain", statistics.by_domain, "problems"),
        counts("shape", statistics.by_shape, "problems"),
        counts("kind", statistics.by_kind, "points"),
        counts("part", {str(part): count for part, count in statistics.by_part.items()}, "points"),
    ]
    tail = (
        f"{statistics.distinct_questions:.1%} of the questions have a shape of their own; "
        f"{statistics.repeated_phrases:.1%} of the inserted phrases stand in another problem; "
        f"AUROC of the surface alone {statistics.surface_auroc:.2f}"
    )
    return Group(Text(head), *tables, Text(tail))
