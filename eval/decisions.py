"""The figures of a run of decisions alone (`--p-ask-only`): who decided to ask, and how p_ask ranks."""

from __future__ import annotations

from pathlib import Path

from eval.figures import document
from eval.schema import Document, Judgement, Response
from eval.store import read_log

JUDGE = "decision"
"""In the place of a judge's name: there is no reply to be judged, so these figures rest on the decision."""


def decided(folder: Path) -> Document:
    """The figures of a run's folder.

    Raises:
        UserError: there are no responses in it.
    """
    log = read_log(folder)
    judgements = {response.key: _judgement(response) for response in log.responses}
    notes = (f"benchmark: {log.info.benchmark}" if log.info else "", "nothing was generated", *log.notes)
    return document(log.responses, {}, judgements, log.info, tuple(filter(None, notes)))


def _judgement(response: Response) -> Judgement:
    asked = int(response.decision == "ask")
    return Judgement(key=response.key, judge=JUDGE, asked=asked, quality=None if asked else 0)
