"""A build in a few lines, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from synth.output.balance import FLAWS
from synth.output.card import listed
from synth.output.places import Places
from synth.output.report import BuildReport


def asked(spent: Iterable[str]) -> list[str]:
    """Lines that tell what a run asked services for: calls, tokens, cost."""
    return [f"asked in this run: {one}" for one in spent]


def summary(report: BuildReport, where: Places, spent: Iterable[str] = ()) -> str:
    """What was built, what was dropped, what it took, and what kept it from being more.

    Args:
        report: of the build.
        where: its files.
        spent: what this run asked of services; no part of the report, which is the same for any run.
    """
    kinds = report.kinds
    read = sum(source.problems for source in report.sources.values())
    lines = [
        f"{report.samples} samples in {', '.join(str(path) for path in where.data.values())}",
        f"  {listed(dict(kinds))}",
        f"problems: {read} read, {report.problems_used} used",
        f"  dropped: {listed(report.problems_dropped) or 'none'}",
        f"samples: {report.samples_made} made, {sum(report.samples_kept.values())} passed the gate",
        *(f"  dropped: {sum(types.values())} {kind}" for kind, types in report.samples_dropped.items()),
        *asked(spent),
        f"card: {where.card}; reasons: {where.dropped}; sandbox: {report.sandbox}",
    ]
    if report.decontamination.behaviour is None:
        lines.append("not compared with the benchmark's tests: CLARIFY_HUMANEVAL is not set")
    if scarce := _scarce(report):
        lines.append(scarce)
    return "\n".join(lines)


def _scarce(report: BuildReport) -> str:
    """Says so when the balance, and not the limit, decided how many there are."""
    limit = report.recipe["limit"]
    balance = report.recipe["balance"]
    if balance["keep"] == "all" or report.samples == limit:
        return ""
    missing = [flaw for flaw in FLAWS if not report.kinds[flaw]]
    if missing:
        return f"there are no samples of: {', '.join(missing)}"
    rarest = min(FLAWS, key=lambda flaw: report.kinds[flaw])
    return f"more would not balance: {rarest} is the rarest (balance.uneven and balance.clear of the recipe)"
