"""What can be proven by reading: edits, shapes, questions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from models.reply import Question, QuestionList, parse, render_questions
from synth.corpus.format import CODE_SHAPES, CorpusProblem, NotApplicable, Point
from synth.corpus.proof.fault import Claim, Fault
from synth.corpus.spans import change
from synth.gate.questions import touches

LONGEST_QUESTION = 60
"""Words."""


def wording_faults(place: str, problem: CorpusProblem) -> Iterator[Fault]:
    """Faults of one problem's texts and questions.

    Args:
        place: for reports: `strings/squeeze-runs`.
        problem: to be read.
    """
    for which in problem.wordings:
        if why := _not_its_shape(problem, problem.clear(which)):
            yield Fault(place, None, "shape", f"`{which}` {why}")
    for point in problem.points:
        for claim, detail in _of_point(problem, point):
            yield Fault(place, point.key, claim, detail)


def _of_point(problem: CorpusProblem, point: Point) -> Iterator[tuple[Claim, str]]:
    try:
        unclear = problem.unclear(point)
        for reading in point.readings:
            reading.follow(problem.solution)
    except NotApplicable as error:
        yield "edit", str(error)
        return
    if unclear.split() == problem.clear(point.of).split():
        yield "edit", "nothing is changed"
    if why := _not_its_shape(problem, unclear):
        yield "shape", f"after the change it {why}"
    for question in point.questions:
        if why := _no_question(question):
            yield "question", why
        elif not mentions(question, problem, point):
            yield "beside the point", f"`{question[:60]}` mentions nothing of what changed"
    if why := _not_kept(point):
        yield "question", why
    if len({question.casefold() for question in point.questions}) < len(point.questions):
        yield "question", "one is there twice"


def _not_its_shape(problem: CorpusProblem, text: str) -> str | None:
    if problem.shape not in CODE_SHAPES:
        return None
    try:
        ast.parse(text)
    except SyntaxError as error:
        return f"is not Python: {error.msg}"
    return None


def _no_question(text: str) -> str | None:
    if "\n" in text or text != text.strip():
        return "it is not one line"
    if not text.endswith("?"):
        return f"`{text[-40:]}` does not end in a question mark"
    if len(text.split()) > LONGEST_QUESTION:
        return f"it has {len(text.split())} words"
    return None


def _not_kept(point: Point) -> str | None:
    """A question or an option that a reply cannot hold as it is: runs of blanks, bold marks."""
    options = tuple(reading.option for reading in point.readings)
    for text in point.questions:
        asked = (Question(text=text, options=options),)
        if parse(render_questions(asked)) != QuestionList(asked):
            return f"`{text[:60]}` or an option does not come out of a reply as it went in"
    return None


def mentions(question: str, problem: CorpusProblem, point: Point) -> bool:
    """Whether a question has a telling word in common with the sentence or example that was changed."""
    return touches(question, change(problem, point))
