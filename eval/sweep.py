"""The ratio study (figure 5): runs one adapter after the other, or takes runs that are there, and collects.

The ratio of an adapter is the share of its training samples that are answered by questions. `clarify train`
leaves it in `data.json` beside the adapter; it can be given for any other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from assistant.config import Settings
from eval.reports.basis import Basis
from eval.reports.drawings import AtRatio
from eval.reports.loading import Sources, load
from eval.reports.result import Result
from eval.rescore import Request, rescore
from eval.run import Options, run
from eval.schema import Document
from eval.scoring import Bench
from eval.store import RunFolder
from models.errors import UsageError, UserError


@dataclass(frozen=True, slots=True)
class Stop:
    """A point of the sweep.

    Args:
        ratio: of samples answered by questions, in [0, 1].
        place: an adapter as `--adapter` takes it, the folder of a training run, or the folder of an
            evaluation, which is taken as it is.
    """

    ratio: float
    place: str

    @property
    def evaluation(self) -> Path | None:
        """The folder of an evaluation, where it is one."""
        folder = Path(self.place)
        return folder if RunFolder(folder).info.exists() else None

    @property
    def adapter(self) -> str:
        """What `--adapter` takes."""
        inside = Path(self.place) / "adapter.gguf"
        return str(inside) if inside.exists() else self.place


class Point(BaseModel):
    """The figures at a ratio."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ratio: float = Field(ge=0, le=1, description="Samples answered by questions, of all.")
    name: str = Field(description="Of the run.")
    benchmark: str
    view: str
    document: Document


class Sweep(Document):
    """The document of the highest ratio, and those of all, by ratio."""

    points: tuple[Point, ...]


def stops(adapters: Iterable[Path], given: Iterable[tuple[float, str]]) -> tuple[Stop, ...]:
    """The points of a sweep, by ratio.

    Args:
        adapters: files or training runs that tell their ratio.
        given: ratio and place of others.

    Raises:
        UserError: an adapter does not tell its ratio.
        UsageError: there is none, or two have one ratio.
    """
    found = [Stop(ratio_of(adapter), str(adapter)) for adapter in adapters]
    found += [Stop(ratio, place) for ratio, place in given]
    found.sort(key=lambda stop: stop.ratio)
    if not found:
        raise UsageError("there is nothing to sweep over", do="give adapters, or --at RATIO=PLACE")
    for one, other in zip(found, found[1:], strict=False):
        if one.ratio == other.ratio:
            raise UsageError(f"{one.place} and {other.place} have the same ratio {one.ratio:g}")
    return tuple(found)


def ratio_of(adapter: Path) -> float:
    """The ratio that an adapter was trained at, to three digits.

    Args:
        adapter: a training run's folder, or a file in it.

    Raises:
        UserError: there is no `data.json` of a training run beside it.
    """
    file = (adapter if adapter.is_dir() else adapter.parent) / "data.json"
    try:
        epoch = json.loads(file.read_text(encoding="utf-8"))["epoch"]
        return round(int(epoch["answered_by_questions"]) / int(epoch["samples"]), 3)
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        raise UserError(
            "it does not tell the ratio that it was trained at",
            where=str(adapter),
            do=f"give --at RATIO={adapter}",
        ) from error


def sweep(
    points: Sequence[Stop],
    options: Options,
    settings: Settings,
    judge: str,
    on_stop: Callable[[str], None] = lambda text: None,
    on_score: Callable[[int, int], None] = lambda done, of: None,
) -> list[Result]:
    """Evaluate all points, one after the other; what is there already is not done again.

    Args:
        points: of `stops`.
        options: of each run; `out` is the folder that the runs' folders are made in.
        settings: of each run; the adapter is the point's.
        judge: as for `clarify eval rescore`.
        on_stop: told what comes next.
        on_score: as for `rescore`.

    Returns:
        A result for each point, named by its ratio.

    Raises:
        UserError: an adapter, the model, the benchmark or the judge cannot be used; what was done stays.
    """
    results = []
    for stop in points:
        name = f"r={stop.ratio:g}"
        folder = stop.evaluation
        if folder is None:
            on_stop(f"{name}: {stop.place}")
            out = (options.out or Path("sweep")) / name
            chosen = settings.model_copy(update={"adapter": stop.adapter, "code_by": None})
            folder = run(replace(options, out=out), chosen).path
        if not options.p_ask_only:
            rescore(Request(folder, options.benchmark, judge=judge, bench=Bench(options.sandbox)), on_score)
        results.append(load(folder, Sources(judge, (options.benchmark,)), name))
    return results


def as_document(points: Sequence[Stop], results: Sequence[Result]) -> Sweep:
    """What the sweep found.

    Args:
        points: of `stops`.
        results: of `sweep`, in the same order.
    """
    highest = results[-1].document
    return Sweep(
        **dict(highest),
        points=tuple(
            Point(
                ratio=stop.ratio,
                name=result.name,
                benchmark=result.basis.benchmark,
                view=result.basis.view,
                document=result.document,
            )
            for stop, result in zip(points, results, strict=True)
        ),
    )


def at_ratios(found: Sweep) -> list[AtRatio]:
    """The points as figure 5 takes them."""
    return [
        AtRatio(
            point.ratio,
            point.name,
            Basis(point.benchmark, point.view, point.document.judge),
            point.document.overall,
        )
        for point in found.points
    ]
