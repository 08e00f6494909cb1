"""Measures a file, with a model where one is named."""

from __future__ import annotations

from pathlib import Path

from synth.output.reading import data_files, read_samples
from synth.stats.perplexity import model_losses
from synth.stats.report import Scoring, Stats, Table, measure


def measured(file: Path, model: str | None, texts: int) -> tuple[Stats, Table]:
    """The statistics of a data file or a build's folder.

    Args:
        file: the data.
        model: name or file of a local model for perplexities; None leaves them out.
        texts: most samples of a type that perplexity is measured on.

    Raises:
        UserError: the file or the model cannot be used.
    """
    data_files(file)  # before a model is loaded for nothing
    if model is None:
        return measure(read_samples(file))
    from models.console import err
    from models.registry.resolve import resolve

    known = resolve(model)
    done = 0
    with model_losses(known.path) as losses, err().status("measuring perplexity") as status:

        def count() -> None:
            nonlocal done
            done += 1
            status.update(f"measuring perplexity: {done} texts")

        return measure(read_samples(file), Scoring(losses, known.entry.name, texts, count))
