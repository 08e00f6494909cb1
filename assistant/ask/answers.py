"""The file of `--answers`: answers given earlier, replayed in the order of the questions."""

from __future__ import annotations

from pathlib import Path

from models.errors import UserError, nearest
from models.faults import first_fault
from models.reply import Answer, Question

Answers = dict[str, list[str | None]]


def load_answers(path: Path, names: list[str]) -> Answers:
    """Read `{"spec name": ["answer", null, …]}`; null leaves a point to the model.

    Args:
        path: the JSON file.
        names: of the specs at hand; an answer to anything else is a mistake worth stopping for.

    Raises:
        UserError: missing, not such JSON, or a name that no spec has.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        answers = TypeAdapter(Answers).validate_json(path.read_bytes())
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except ValidationError as error:
        raise UserError(
            f"not an answers file: {first_fault(error).said}",
            where=str(path),
            do='write {"spec name": ["answer", null]}',
        ) from error
    for name in answers:
        if name not in names:
            raise UserError(f"no spec is named `{name}`; {nearest(name, names)}", where=str(path))
    return answers


def pair(questions: tuple[Question, ...], answers: list[str | None]) -> tuple[Answer, ...] | None:
    """Each question with its answer; None when a question has none, so that it stays open.

    An answer too many is left unused: the questions of a run are what counts. A number takes an option.
    """
    if len(answers) < len(questions):
        return None
    return tuple(
        Answer(question=question, text=_option(question, text) if text else None)
        for question, text in zip(questions, answers, strict=False)
    )


def _option(question: Question, text: str) -> str:
    number = int(text) if text.strip().isdecimal() else 0
    return question.options[number - 1] if 1 <= number <= len(question.options) else text
