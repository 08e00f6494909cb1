"""A problem and samples of it, to be varied by tests."""

from __future__ import annotations

from typing import Any

from models.reply import Answer, Question, render_code, render_questions
from synth.schema import Change, Example, Problem, Provenance, Sample

DESCRIPTION = (
    "Make the label for a jar of jam. The fruit's name is put in capitals, a dash follows, then the year. "
    "Names longer than 12 letters are cut to 12 letters. If the year is missing, raise ValueError."
)
CODE = (
    "def jar_label(fruit, year):\n"
    "    if year is None:\n"
    "        raise ValueError('no year')\n"
    "    return f'{fruit.upper()[:12]}-{year}'\n"
)
CHANGE = Change(
    kind="drop-error-behaviour",
    flaw="incomplete",
    before="If the year is missing, raise ValueError.",
    after="If the year is missing, do what is usual in the pantry.",
)
QUESTION = Question(text="What should happen if the year is missing?")


def a_problem(**fields: Any) -> Problem:
    """A problem, with some fields as a test wants them."""
    usual: dict[str, Any] = {
        "id": "test:pantry:jar_label",
        "name": "jar_label",
        "signature": "def jar_label(fruit: str, year: int) -> str:",
        "description": DESCRIPTION,
        "examples": (Example(call="jar_label('plum', 1987)", result="'PLUM-1987'"),),
        "solution": CODE,
        "source": "test:pantry",
        "group": "pantry",
        "licence": "MIT",
    }
    return Problem.model_validate({**usual, **fields})


def clear(**fields: Any) -> Sample:
    """A clear sample."""
    usual: dict[str, Any] = {
        "id": "rules:0:test:pantry:jar_label:incomplete-0:clear",
        "problem": request(DESCRIPTION),
        "answer": render_code(CODE),
        "type": "Original",
        "source_id": "test:pantry:jar_label",
        "group": "pantry",
        "name": "jar_label",
        "solution": CODE,
        "licence": "MIT",
        "provenance": Provenance(generator="rules"),
    }
    return Sample.model_validate({**usual, **fields})


def unclear(**fields: Any) -> Sample:
    """An unclear sample; its answer follows from its questions unless it is given."""
    change: Change = fields.get("change", CHANGE)
    questions = fields.get("questions", (QUESTION,))
    usual: dict[str, Any] = {
        "id": "rules:0:test:pantry:jar_label:incomplete-0:unclear",
        "problem": request(DESCRIPTION.replace(change.before, change.after)),
        "type": "Incomplete",
        "change": change,
        "questions": questions,
        "answer": render_questions(questions),
    }
    return clear(**{**usual, **fields})


def answered(**fields: Any) -> Sample:
    """A sample of the second round."""
    usual: dict[str, Any] = {
        "id": "rules:0:test:pantry:jar_label:incomplete-0:answered",
        "answers": (Answer(question=QUESTION, text="Raise ValueError."),),
        "answer": render_code(CODE),
    }
    return unclear(**{**usual, **fields})


def request(description: str) -> str:
    """A stub with this docstring, wrapped."""
    import textwrap

    text = textwrap.fill(description, 70, initial_indent="    ", subsequent_indent="    ")
    return f'def jar_label(fruit: str, year: int) -> str:\n    """\n{text}\n    """\n'
