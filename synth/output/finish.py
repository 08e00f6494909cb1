"""From finished logs to data files, report and card: all of them the same bytes for the same samples."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from models.files import write_atomic
from synth.gate.ngrams import committed
from synth.gate.split import Side
from synth.output.balance import Item, choose
from synth.output.card import card
from synth.output.entry import json_line
from synth.output.formats import open_data_file
from synth.output.index import Index, index
from synth.output.leading import lead
from synth.output.places import Places
from synth.output.report import BuildReport, Decontamination, FileReport, SourceReport, ordered
from synth.output.staging import Staged
from synth.output.worklog import LogReader
from synth.recipes.recipe import Recipe


def finish(logs: Sequence[LogReader], recipe: Recipe, where: Places) -> BuildReport:
    """Choose the samples and write all files.

    Args:
        logs: finished; of one build or of all its shards.
        recipe: what they were made by.
        where: the files go.

    Raises:
        UserError: a file cannot be written.
    """
    found = index(logs, recipe)
    chosen = choose(found.items, recipe.balance, recipe.seed, recipe.limit)
    files = {
        side: _write(path, [item for item in chosen if item.side == side], logs)
        for side, path in where.data.items()
    }
    report = _report(logs, recipe, found, files)
    with Staged(where.dropped) as dropped:
        for one in found.dropped:
            dropped.write(json_line(one))
    write_atomic(where.report, report.model_dump_json(indent=2) + "\n")
    write_atomic(where.card, card(report, where))
    return report


def _write(path: Path, items: Sequence[Item], logs: Sequence[LogReader]) -> FileReport:
    with open_data_file(path) as file:
        for item in lead(items):
            file.write(logs[item.log].row(item.problem).samples[item.place])
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    kinds = Counter(str(item.kind) for item in items)
    return FileReport(
        name=path.name, samples=len(items), bytes=path.stat().st_size, sha256=digest, kinds=ordered(kinds)
    )


def _report(
    logs: Sequence[LogReader], recipe: Recipe, found: Index, files: dict[Side, FileReport]
) -> BuildReport:
    build, end = logs[0].contents.build, logs[0].contents.end or {}
    benchmarks = committed()
    return BuildReport(
        command=recipe.command(),
        package=build["package"],
        recipe=recipe.portable(),
        sandbox=end["sandbox"],
        sources={spec: SourceReport(**source) for spec, source in end["sources"].items()},
        problems_used=found.tally.problems_used,
        problems_dropped=ordered(found.tally.problems_dropped),
        licences={name: count for name, count in ordered(found.tally.licences).items() if count},
        samples_made=found.tally.made,
        samples_kept=ordered(found.tally.kept),
        samples_dropped={kind: ordered(types) for kind, types in sorted(found.tally.dropped.items())},
        decontamination=Decontamination(
            runs=len(benchmarks.runs), names=len(benchmarks.names), behaviour=build["benchmark"]
        ),
        files=files,
    )
