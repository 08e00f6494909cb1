"""Points that go together: any order of their changes gives one text, and undoing them all the clear one."""

from __future__ import annotations

from functools import cache
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.reply import QuestionList, parse
from synth.corpus.combinations import pairs, together, triples
from synth.corpus.files import everything
from synth.corpus.format import CorpusProblem, Point, applied
from synth.corpus.generator import CorpusGenerator
from synth.corpus.problem import problem_of
from synth.gate.words import words
from synth.modifications.generator import random_for
from synth.schema import Sample, type_of
from tests.synth.corpus.made import AMBIGUOUS, INCOMPLETE, INCONSISTENT, made, point

MATTERS = ("kettles", "ladders", "mirrors", "needles", "orchards")
VERBS = ("boiled", "climbed", "polished", "threaded", "harvested")


@cache
def grouped() -> tuple[tuple[CorpusProblem, tuple[Point, ...]], ...]:
    return tuple((problem, group) for _, problem in everything() for group in together(problem))


def undone(problem: CorpusProblem, group: tuple[Point, ...], order: tuple[Point, ...]) -> str:
    """The text after the points of `order` have been undone one by one, each checked to be one change."""
    left, text = list(group), problem.unclear(*group)
    for one in order:
        left.remove(one)
        before = problem.unclear(*left) if left else problem.clear(one.of)
        assert applied(one.edits, before) == text
        text = before
    return text


@settings(deadline=None)
@given(st.data())
def test_undoing_all_changes_in_any_order_gives_the_clear_text(data: st.DataObject) -> None:
    problem, group = grouped()[data.draw(st.integers(0, len(grouped()) - 1))]
    order = data.draw(st.permutations(group))
    assert undone(problem, group, tuple(order)) == problem.clear(group[0].of)


@st.composite
def scenes(draw: st.DrawFn) -> CorpusProblem:
    """A chat of a few sentences, most with a point that rewrites it, some points in the same sentence."""
    sentences = [f"The {m} are {v} by nine." for m, v in zip(MATTERS, VERBS, strict=True)]
    points = []
    for base, at in draw(
        st.lists(
            st.tuples(st.sampled_from([AMBIGUOUS, INCOMPLETE, INCONSISTENT]), st.integers(0, 4)),
            min_size=2,
            max_size=6,
            unique_by=lambda pair: (pair[0]["kind"], pair[1]),
        )
    ):
        part = draw(st.sampled_from(["by nine", VERBS[at], sentences[at]]))
        from_ = sentences[at] if part == "by nine" else part
        to = draw(st.sampled_from(["", f"{base['kind']} {MATTERS[at]}", sentences[at - 1]]))
        points.append(
            point(
                base,
                edits=[{"from": from_, "to": to}],
                answer=f"{MATTERS[at]} {VERBS[at]}",
                readings=[
                    {"option": f"{MATTERS[at]} first", "meant": True},
                    {"option": f"{VERBS[at]} last", "code": "def tidy(words, most):\n    return []\n"},
                ],
            )
        )
    keys = {(one["kind"], one["edits"][0]["from"], one["edits"][0]["to"]) for one in points}
    if len(keys) < len(points):
        points = points[:1]
    return made(shape="chat", text=" ".join(sentences), points=points)


@settings(deadline=None)
@given(scenes())
def test_threes_are_those_of_which_any_two_go_together(problem: CorpusProblem) -> None:
    allowed = {frozenset(one.key for one in pair) for pair in pairs(problem)}
    found = list(triples(problem))
    for three in found:
        assert {frozenset((a.key, b.key)) for a, b in combinations(three, 2)} <= allowed
        assert len({problem.unclear(*order) for order in permutations(three)}) == 1
    for group in together(problem):
        for order in permutations(group):
            assert undone(problem, group, order) == problem.clear("text")
    assert len(found) == len({frozenset(one.key for one in three) for three in found})


def test_points_kept_apart_are_in_no_three() -> None:
    problem, three = next((problem, group) for problem, group in grouped() if len(group) == 3)
    apart = problem.model_copy(update={"apart": ((three[0].key, three[2].key),)})
    assert three in list(triples(problem))
    assert three not in list(triples(apart))


@cache
def of_three() -> tuple[tuple[CorpusProblem, Sample], ...]:
    generator = CorpusGenerator(seed=3)
    return tuple(
        (problem, sample)
        for domain, problem in everything()
        if any(triples(problem))
        for sample in generator.samples(problem_of(domain, problem), random_for(3, problem.id))
        if len(sample.further_changes) == 2
    )


def test_there_is_a_first_and_a_second_round_of_each_three() -> None:
    first = [sample for _, sample in of_three() if sample.unclear]
    assert len(first) == 2 * sum(len(group) == 3 for _, group in grouped()) > 0
    assert {sample.type for sample in first} > {"Ambiguous+Inconsistent+Incomplete"}
    for sample in first:
        changes = [sample.change, *sample.further_changes]
        assert sample.type == type_of(change.flaw for change in changes if change)
    labels = {sample.id.rpartition(":")[0] for sample in first}
    assert {s.id for _, s in of_three() if not s.unclear} == {f"{label}:answered" for label in labels}


def test_each_point_of_three_is_asked_about_once_and_answered() -> None:
    for problem, sample in of_three():
        points = {one.key: one for one in problem.points}
        changes = [change for change in (sample.change, *sample.further_changes) if change]
        assert len({change.kind for change in changes}) == 3
        for change, question in zip(changes, sample.questions, strict=True):
            assert question.text in points[change.kind].questions
        if sample.unclear:
            assert parse(sample.answer) == QuestionList(sample.questions)
            assert [line[:2] for line in sample.answer.splitlines() if line[:1].isdigit()] == [
                "1.",
                "2.",
                "3.",
            ]
        else:
            assert sample.solution == problem.solution
            assert [answer.question for answer in sample.answers] == list(sample.questions)
        assert words(sample.problem) != words(problem.text)


@pytest.mark.parametrize(
    ("flaws", "type_"),
    [
        ([], "Original"),
        (["incomplete", "incomplete"], "Incomplete"),
        (["incomplete", "ambiguous", "incomplete"], "Ambiguous+Incomplete"),
        (["incomplete", "inconsistent", "ambiguous"], "Ambiguous+Inconsistent+Incomplete"),
    ],
)
def test_a_type_names_each_kind_once(flaws: list[str], type_: str) -> None:
    assert type_of(flaws) == type_  # type: ignore[arg-type]
