"""Table 6, perplexity and entropy of training data, from what `clarify synth stats --json` printed."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from eval.reports.grid import Block, Row, Table, number
from eval.reports.paper_tables import SOURCE, published
from models.errors import UserError
from synth.stats.report import Stats

_COLUMNS = ("problems: perplexity", "problems: entropy", "answers: perplexity", "answers: entropy")
_OF = ("perplexity", "entropy")


def table_6(file: Path) -> Table:
    """The table beside the paper's.

    Args:
        file: what `clarify synth stats --json` printed.

    Raises:
        UserError: it cannot be read, or is something else.
    """
    try:
        stats = Stats.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise UserError("this is not what `clarify synth stats --json` prints", where=str(file)) from error
    ours = []
    for name, row in stats.table6.items():
        values = (row.problems.perplexity, row.problems.entropy, row.answers.perplexity, row.answers.entropy)
        ours.append(Row(name, None, tuple(map(number, values))))
    paper = [published()["table6"][part][of] for part in ("problems", "answers") for of in _OF]
    heading = f"{stats.samples} samples; perplexity under {stats.model or 'no model'}"
    return Table(
        "Table 6: training data",
        (
            Block(heading, _COLUMNS, tuple(ours)),
            Block(
                f"published ({SOURCE}, table 6): perplexity under GPT-2",
                _COLUMNS,
                (Row("clarify-aware samples", None, tuple(map(number, paper))),),
            ),
        ),
        ("Means over texts; entropy in nats, of each text's own words.",),
        "table-6",
    )
