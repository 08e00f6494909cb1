"""The weights that a study fitted, as assistant.decision.weights reads them: a row for each of an effort."""

from __future__ import annotations

import json
from collections.abc import Iterator

from assistant.decision.weights import BARE
from eval.study.document import RowFigures, StudyDocument


def as_toml(document: StudyDocument) -> str:
    """The file; without entries where no row is of an effort.

    Args:
        document: of a study.
    """
    head = (
        "# Weights of evidence by effort and adapter, fitted by `clarify eval study`: log-odds of asking are",
        "# bias + the sum of scale * input. Link `logit`: the input is the value's log-odds; else the value.",
    )
    entries = [line for row in document.rows for line in _entry(row, document)]
    return "\n".join([*head, *entries]) + "\n"


def _entry(row: RowFigures, document: StudyDocument) -> Iterator[str]:
    if row.effort is None or row.weights is None:
        return
    yield from ("", "[[weights]]", f"effort = {_text(row.effort)}")
    yield f"model = {_text(row.model)}"
    yield f"adapter = {_text(row.adapter_sha256 or BARE)}"
    yield f"bias = {row.weights.bias!r}"
    yield f"command = {_text(document.command)}"
    yield f"data_sha256 = {_text(row.requests_sha256)}"
    for name, one in row.weights.of.items():
        yield f"of.{name} = {{ scale = {one.scale!r}, link = {_text(one.link)} }}"


def _text(value: str) -> str:
    # JSON's escapes are TOML's, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
