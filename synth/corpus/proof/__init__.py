"""Proves the corpus: each claim that a file makes about its problems is checked, by reading or by running."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from synth.corpus.format import CorpusProblem
from synth.corpus.proof.fault import Fault
from synth.corpus.proof.likeness import alike_faults, benchmark_faults
from synth.corpus.proof.running import running_faults
from synth.corpus.proof.wording import wording_faults
from synth.sources.recording.recorder import Recorder


def faults(problems: Iterable[tuple[str, CorpusProblem]], recorder: Recorder) -> Iterator[Fault]:
    """All faults: those of wording first, then those of running, of likeness, of decontamination.

    Args:
        problems: with their domain.
        recorder: runs their code. What does not even apply is not run.

    Raises:
        SandboxUnavailable: nothing here isolates code.
    """
    every = [(domain, f"{domain}/{problem.id}", problem) for domain, problem in problems]
    sound = []
    for _, place, problem in every:
        found = list(wording_faults(place, problem))
        yield from found
        if not any(fault.claim == "edit" for fault in found):
            sound.append((place, problem))
    yield from running_faults(sound, recorder)
    yield from alike_faults((place, problem) for _, place, problem in every)
    yield from benchmark_faults(
        (domain, problem) for domain, place, problem in every if (place, problem) in sound
    )
