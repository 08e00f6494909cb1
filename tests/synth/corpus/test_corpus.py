"""The corpus as it is: everything that it claims is proven, what is measured stays within its bars."""

from collections import Counter
from pathlib import Path

import pytest

from synth.corpus.files import FOLDER, domain, domains, everything, read_file
from synth.corpus.format import CODE_SHAPES
from synth.corpus.measures import statistics
from synth.corpus.proof import faults
from synth.corpus.split import split
from synth.sources.base import SourceOptions
from synth.sources.recording.recorder import Recorder

ROOT = Path(__file__).parents[3]


def test_every_claim_of_the_corpus_holds(request: pytest.FixtureRequest):
    # What was run before is kept by its hash with pytest's cache; all of it is about 1,100 small programs.
    assert request.config.cache is not None
    work = Path(request.config.cache.mkdir("corpus-recordings"))
    found = [str(fault) for fault in faults(everything(), Recorder(SourceOptions(work=work)))]
    assert found == []


def test_what_is_measured_stays_within_its_bars():
    measured = statistics(everything())
    assert measured.problems == sum(measured.by_domain.values()) == sum(measured.by_shape.values())
    assert measured.points == sum(measured.by_kind.values()) == sum(measured.by_part.values())
    assert len(measured.by_domain) >= 20
    assert measured.by_shape["stub"] <= measured.problems / 2
    assert measured.distinct_questions >= 0.85
    assert measured.repeated_phrases <= 0.15
    assert measured.surface_auroc <= 0.6


def test_the_docs_tell_how_many_there_are():
    told = (ROOT / "docs" / "corpus.md").read_text(encoding="utf-8")
    for name in domains():
        kinds = Counter(point.kind for problem in domain(name) for point in problem.points)
        row = (
            f"| {split().part_of(name)} | {len(domain(name))} | {kinds['ambiguous']} | {kinds['incomplete']} "
        )
        assert (
            f"| {name} | {read_file(FOLDER / f'{name}.toml').about} {row}| {kinds['inconsistent']} |" in told
        )


def test_problems_have_the_size_of_a_request():
    lengths = sorted(len(problem.text.split()) for _, problem in everything())
    assert lengths[len(lengths) // 2] <= 120
    assert all(problem.solution.count("\n") <= 60 for _, problem in everything())


def test_only_code_shapes_are_held_to_be_python():
    assert {problem.shape for _, problem in everything()} > CODE_SHAPES
