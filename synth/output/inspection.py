"""Shows samples side by side: the clear text, the unclear one with its change marked, and the reply."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synth.output.balance import order
from synth.output.reading import read_samples
from synth.schema import Change, Sample

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

OPEN, CLOSE = "⟦", "⟧"
"""Around a changed span, so that it is seen without colour too."""

_BETWEEN = r"(?:\s+#?\s*)"  # words of a span may be wrapped, and stand in comments


@dataclass(frozen=True, slots=True)
class Shown:
    """A sample and its clear twin.

    Args:
        sample: the one to look at.
        twin: None where the data has none, and for a clear sample.
    """

    sample: Sample
    twin: Sample | None


def pick(path: Path, count: int, seed: int, types: Iterable[str] = ()) -> list[Shown]:
    """Samples at random, with their twins.

    Args:
        path: a data file, or the folder of a build.
        count: how many of each type, or of all when no type is named.
        seed: another seed gives other ones.
        types: of the samples, the paper's names; empty takes any.

    Raises:
        UserError: the file cannot be read.
    """
    found: list[Sample] = []
    wanted: list[str | None] = [*types]
    for type_ in wanted or [None]:
        fitting = (one for one in read_samples(path) if type_ is None or one.type == type_)
        found += heapq.nsmallest(count, fitting, key=lambda one: order(seed, one.id))
    twins = _twins(path, [one for one in found if one.change is not None])
    return [Shown(one, twins.get(one.id)) for one in found]


def _twins(path: Path, unclear: list[Sample]) -> dict[str, Sample]:
    """For each sample the clear one of the same pair, else one of the same problem and shape, else any."""
    found: dict[str, tuple[int, Sample]] = {}
    problems = {one.source_id for one in unclear}
    for clear in read_samples(path):
        if clear.change is not None or clear.source_id not in problems:
            continue
        for one in unclear:
            if one.source_id == clear.source_id:
                near = 2 * (_pair(one) == _pair(clear)) + (one.shape == clear.shape)
                if near > found.get(one.id, (-1, clear))[0]:
                    found[one.id] = (near, clear)
    return {id_: twin for id_, (_, twin) in found.items()}


def _pair(sample: Sample) -> str:
    return sample.id.rpartition(":")[0]


def shown(one: Shown) -> RenderableType:
    """A sample for a terminal."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    sample = one.sample
    changes = [] if sample.change is None else [sample.change, *sample.further_changes]
    kinds = " and ".join(change.kind for change in changes)
    table = Table(box=box.SQUARE, expand=True, show_header=bool(changes), padding=(0, 1))
    if changes:
        table.add_column(Text("clear" if one.twin else "what was changed"), ratio=1, overflow="fold")
    table.add_column(Text(f"{sample.type}: {kinds}"), ratio=1, overflow="fold")
    request = marked(sample.problem, [change.after for change in changes], "bold red")
    if changes:
        left = (
            marked(one.twin.problem, [c.before for c in changes], "bold green")
            if one.twin
            else _told(changes)
        )
        table.add_row(left, request)
    else:
        table.add_row(request)
    head = Text(f"{sample.type}  {sample.shape}  {sample.id}", style="bold")
    return Group(head, table, *_talk(sample), Text(_clean(sample.answer)), Text())


def _told(changes: list[Change]) -> Text:
    from rich.text import Text

    return Text(
        "\n".join(f"{_clean(change.before)}\n→ {_clean(change.after) or '(dropped)'}" for change in changes)
    )


def _talk(sample: Sample) -> Iterator[RenderableType]:
    from rich.text import Text

    for answer in sample.answers:
        yield Text(f"? {_clean(answer.question.text)}\n> {_clean(answer.text or '(no answer)')}")


def marked(text: str, spans: list[str], style: str) -> Text:
    """A text in which spans are marked, wherever its lines are wrapped.

    Args:
        text: of a request.
        spans: an empty one, or one that does not stand there, is passed over.
        style: for terminals with colours.
    """
    from rich.text import Text

    text = _clean(text)
    ends: list[tuple[int, int]] = []
    for span in spans:
        words = [re.escape(word) for word in _clean(span).split()]
        found = re.search(_BETWEEN.join(words), text, re.IGNORECASE) if words else None
        if found:
            ends.append(found.span())
    result = Text()
    last = 0
    for start, end in sorted(ends):
        if start >= last:
            result.append(text[last:start]).append(f"{OPEN}{text[start:end]}{CLOSE}", style=style)
            last = end
    return result.append(text[last:])


def _clean(text: str) -> str:
    from models.console import clean

    return clean(text)
