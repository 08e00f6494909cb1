"""The generator `corpus`: from a problem of the corpus to clear and unclear requests and second rounds.

What is unclear, what to ask and what follows from each answer is written down in the corpus; nothing is made
up and nothing is run here. Chance decides only how a question is worded and whether it offers its options.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from models.reply import Answer, Question, render_code, render_questions
from synth.corpus.combinations import together
from synth.corpus.files import find
from synth.corpus.format import CorpusProblem, Point, Reading
from synth.corpus.problem import examples_of
from synth.corpus.spans import change
from synth.schema import Problem, Provenance, Sample, type_of

_OPTION_WORDS = 12
"""Longer answers are not offered as options."""

_GROUP_WORDINGS = 2
"""In how many ways the questions of points that stand in one text are worded."""


@dataclass(frozen=True, slots=True)
class CorpusGenerator:
    """Makes samples of what the corpus says.

    Args:
        seed: recorded with each sample; the caller derives the generator of random numbers from it.
        offered: share of the questions that offer their options, where these are short.
        in_answers: share of the answers of second rounds that are a whole sentence, not an option.
    """

    seed: int = 0
    offered: float = 0.4
    in_answers: float = 0.5

    def samples(self, problem: Problem, rng: Random) -> Iterator[Sample]:
        """Yield a problem's samples.

        Args:
            problem: from the source `corpus`.
            rng: the same state gives the same samples.

        Yields:
            both clear wordings; each point alone, asked about in each wording of its questions, then the
            second rounds that follow from each of its readings of which the code is known; two or three
            points that go together, asked about in two wordings, with a second round.

        Raises:
            KeyError: the corpus has no such problem.
        """
        source = find(problem.id)
        for which in source.wordings:
            yield self._clear(problem, which, source.clear(which))
        for point in source.points:
            yield from self._alone(problem, source, point, rng)
        for group in together(source):
            yield from self._combined(problem, source, group, rng)

    def _alone(self, problem: Problem, source: CorpusProblem, point: Point, rng: Random) -> Iterator[Sample]:
        worded = self._worded((point,), len(point.questions), rng)
        yield from self._asked(problem, source, (point,), worded)
        for number, reading in enumerate(point.readings):
            code = reading.follow(source.solution)
            if code is not None:
                (question,) = rng.choice(worded)
                said = Answer(question=question, text=self._answer(point, reading, rng))
                yield self._answered(problem, source, (point,), (said,), code, f"answered-{number}")

    def _combined(
        self, problem: Problem, source: CorpusProblem, group: Sequence[Point], rng: Random
    ) -> Iterator[Sample]:
        points = tuple(sorted(group, key=lambda point: source.clear(point.of).find(point.edits[0].before)))
        worded = self._worded(points, _GROUP_WORDINGS, rng)
        yield from self._asked(problem, source, points, worded)
        said = tuple(
            Answer(question=question, text=self._answer(point, point.meant, rng))
            for point, question in zip(points, rng.choice(worded), strict=True)
        )
        yield self._answered(problem, source, points, said, source.solution, "answered")

    def _worded(self, points: Sequence[Point], most: int, rng: Random) -> list[tuple[Question, ...]]:
        """So many lists of a question for each point, no point worded alike in two that follow each other."""
        firsts = [rng.randrange(len(point.questions)) for point in points]
        return [
            tuple(
                self._question(point, point.questions[(first + turn) % len(point.questions)], rng)
                for point, first in zip(points, firsts, strict=True)
            )
            for turn in range(most)
        ]

    def _question(self, point: Point, text: str, rng: Random) -> Question:
        options = [reading.option for reading in point.readings]
        rng.shuffle(options)
        short = all(len(option.split()) <= _OPTION_WORDS for option in options)
        offer = rng.random() < self.offered and short
        return Question(text=text, options=tuple(options) if offer else ())

    def _answer(self, point: Point, reading: Reading, rng: Random) -> str:
        whole = rng.random() < self.in_answers
        return point.answer if reading.meant and whole else reading.option

    def _clear(self, problem: Problem, label: str, text: str) -> Sample:
        return self._sample(
            problem, f"clear-{label}", text, type="Original", answer=render_code(problem.solution)
        )

    def _asked(
        self,
        problem: Problem,
        source: CorpusProblem,
        points: tuple[Point, ...],
        worded: Sequence[tuple[Question, ...]],
    ) -> Iterator[Sample]:
        for number, questions in enumerate(worded):
            yield self._sample(
                problem,
                f"{_label(points)}:asked-{number}",
                source.unclear(*points),
                answer=render_questions(questions),
                questions=questions,
                **_flaws(source, points),
            )

    def _answered(
        self,
        problem: Problem,
        source: CorpusProblem,
        points: tuple[Point, ...],
        answers: tuple[Answer, ...],
        code: str,
        label: str,
    ) -> Sample:
        return self._sample(
            problem,
            f"{_label(points)}:{label}",
            source.unclear(*points),
            answer=render_code(code),
            solution=code,
            questions=tuple(answer.question for answer in answers),
            answers=answers,
            **_flaws(source, points),
        )

    def _sample(self, problem: Problem, label: str, text: str, **fields: object) -> Sample:
        return Sample.model_validate({
            "id": f"{problem.id}:{self.seed}:{label}",
            "problem": text.strip("\n"),
            "source_id": problem.id,
            "group": problem.group,
            "shape": problem.shape,
            "name": problem.name,
            "solution": problem.solution,
            "examples": examples_of(text, problem.name),
            "licence": problem.licence,
            "provenance": Provenance(generator="corpus", seed=self.seed),
            **fields,
        })


def _label(points: Sequence[Point]) -> str:
    return "+".join(point.key for point in points)


def _flaws(source: CorpusProblem, points: Sequence[Point]) -> dict[str, object]:
    unclear = source.unclear(*points)
    first, *further = (change(source, point, unclear) for point in points)
    return {
        "type": type_of(point.kind for point in points),
        "change": first,
        "further_changes": tuple(further),
    }
