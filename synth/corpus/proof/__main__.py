"""`python -m synth.corpus.proof [DOMAIN …]`: proves domains of the corpus, or all, and prints each fault."""

from __future__ import annotations

import sys

from models.errors import UserError
from synth.corpus.files import domain, domains
from synth.corpus.proof import faults
from synth.sources.base import SourceOptions
from synth.sources.recording.recorder import Recorder


def main(names: list[str]) -> int:
    """Prove the named domains.

    Returns:
        1 when there is a fault or a file cannot be read, else 0.
    """
    try:
        problems = [(name, problem) for name in names or domains() for problem in domain(name)]
        found = list(faults(problems, Recorder(SourceOptions())))
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    sys.stderr.write(f"{len(problems)} problems, {len(found)} faults\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
