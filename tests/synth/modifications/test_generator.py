"""What holds of every sample: twins, answers, changes, questions, code; checked on all fixture problems."""

import ast
import re
from collections import Counter, defaultdict
from itertools import chain

import pytest

from models.reply import CodeBlock, QuestionList, parse
from synth.modifications.generator import RulesGenerator, random_for
from synth.modifications.recorded import literal
from synth.schema import Example, Sample
from tests.synth.problems import problem, problems, samples

ALL = tuple(chain.from_iterable(samples(seed) for seed in (0, 1)))
UNCLEAR = tuple(sample for sample in ALL if sample.unclear)
CLEAR = tuple(sample for sample in ALL if sample.change is None)
SECOND = tuple(sample for sample in ALL if sample.answers)
_LEAK = re.compile(
    r"\b(?:original|modified|previous version|earlier version|was changed|removed from|altered)\b",
    re.IGNORECASE,
)


def _flat(text: str) -> str:
    return " ".join(text.replace("#", " ").split()).casefold()


def _namespace(code: str) -> dict[str, object]:
    space: dict[str, object] = {"__name__": "fixture"}
    exec(code, space)  # our own code
    return space


def _failed(code: str, examples: tuple[Example, ...]) -> list[Example]:
    space = _namespace(code)
    return [example for example in examples if repr(eval(example.call, dict(space))) != example.result]


def test_ids_are_unique_and_the_same_seed_gives_the_same_samples() -> None:
    assert len({sample.id for sample in ALL}) == len(ALL)
    one = problem("overdue")
    again = [list(RulesGenerator(seed=0).samples(one, random_for(0, one.id))) for _ in range(2)]
    assert again[0] == again[1]
    assert again[0] == [sample for sample in samples(0) if sample.source_id == one.id]
    assert list(RulesGenerator(seed=0).samples(one, random_for(1, one.id))) != again[0]


def test_every_problem_yields_all_three_types_or_nearly() -> None:
    types = defaultdict(set)
    for sample in UNCLEAR:
        types[sample.source_id].add(sample.type)
    assert len(types) == len(problems())
    full = [source for source, found in types.items() if {"Ambiguous", "Incomplete", "Inconsistent"} <= found]
    assert len(full) >= 0.7 * len(problems())
    assert len(CLEAR) >= 0.35 * (len(CLEAR) + len(UNCLEAR))


def test_all_combinations_and_nearly_all_rules_occur() -> None:
    kinds = Counter(
        change.kind
        for sample in UNCLEAR
        if sample.change
        for change in (sample.change, *sample.further_changes)
    )
    assert len(kinds) >= 16
    assert {sample.type for sample in UNCLEAR if "+" in sample.type} == {
        "Ambiguous+Inconsistent",
        "Ambiguous+Incomplete",
        "Inconsistent+Incomplete",
    }


def test_an_unclear_request_has_a_clear_twin_that_looks_like_it() -> None:
    by_id = {sample.id: sample for sample in ALL}
    for sample in UNCLEAR:
        twin = by_id[sample.id.removesuffix("unclear") + "clear"]
        assert (twin.shape, twin.name, len(twin.examples)) == (
            sample.shape,
            sample.name,
            len(sample.examples),
        )
        assert [e.call for e in twin.examples] == [e.call for e in sample.examples]
        assert twin.problem != sample.problem
        assert twin.problem.count("'''") == sample.problem.count("'''")


@pytest.mark.parametrize("sample", CLEAR[:220], ids=lambda sample: sample.id)
def test_a_clear_sample_is_answered_with_code_that_meets_its_examples(sample: Sample) -> None:
    reply = parse(sample.answer)
    assert isinstance(reply, CodeBlock)
    assert reply.code.strip() == sample.solution.strip()
    assert not _failed(sample.solution, sample.examples)


def test_the_examples_of_unclear_samples_hold_unless_one_was_changed() -> None:
    for sample in UNCLEAR:
        kinds = {change.kind for change in (sample.change, *sample.further_changes) if change}
        failed = _failed(sample.solution, sample.examples)
        assert len(failed) == len(kinds & {"contradict-example", "contradict-pair"}), sample.id
        for example in failed:
            right = repr(eval(example.call, _namespace(sample.solution)))
            assert type(literal(example.result)) is type(literal(right))


def test_an_unclear_sample_asks_and_the_reply_reads_back() -> None:
    for sample in UNCLEAR:
        reply = parse(sample.answer)
        assert isinstance(reply, QuestionList), sample.id
        assert reply.questions == sample.questions, sample.id


def test_questions_are_one_line_end_in_a_question_mark_and_leak_nothing() -> None:
    for sample in (*UNCLEAR, *SECOND):
        assert 1 <= len(sample.questions) <= 4
        for question in sample.questions:
            assert question.text.endswith("?"), question.text
            assert "\n" not in question.text, question.text
            assert not _LEAK.search(question.text), question.text
            assert not re.search(r"\{\w+\}", question.text.replace("{}", "")) or "{" in sample.problem
            assert len(question.options) != 1


def test_what_a_change_left_stands_in_the_request_and_what_it_took_does_not() -> None:
    for sample in UNCLEAR:
        text = _flat(sample.problem)
        for change in filter(None, (sample.change, *sample.further_changes)):
            assert _flat(change.after) in text, (sample.id, change)
            if change.kind in {
                "missing-value",
                "vague-term",
                "drop-definition",
                "drop-parameter",
                "drop-return-value",
            }:
                assert _flat(change.before) not in text or len(change.before) < 4, (sample.id, change)


def test_second_rounds_answer_each_question_with_code() -> None:
    for sample in SECOND:
        assert [answer.question for answer in sample.answers] == list(sample.questions)
        assert all(answer.text for answer in sample.answers)
        assert isinstance(parse(sample.answer), CodeBlock)
        ast.parse(sample.solution)


def test_another_reading_fits_the_examples_that_are_shown_and_is_another_program() -> None:
    meant = {(sample.source_id, sample.name): sample.solution for sample in CLEAR}
    others = [
        s
        for s in SECOND
        if s.type in {"Ambiguous", "Incomplete"}
        and s.solution != meant.get((s.source_id, s.name), s.solution)
    ]
    assert len(others) >= 5
    for sample in others:
        assert not _failed(sample.solution, sample.examples), sample.id


def test_requests_that_are_code_compile() -> None:
    for sample in ALL:
        if sample.shape in {"stub", "class", "module", "todo"}:
            ast.parse(sample.problem)


def test_provenance_and_group_are_kept() -> None:
    groups = {one.id: one.group for one in problems()}
    for sample in ALL:
        assert sample.group == groups[sample.source_id]
        assert sample.provenance.generator == "rules"
        assert sample.id.startswith(f"rules:{sample.provenance.seed}:{sample.source_id}:")


def test_a_problem_that_a_stranger_could_not_solve_yields_nothing() -> None:
    leaning = problem("overdue").model_copy(
        update={"description": "This method is like `late` except that it sorts."}
    )
    assert not list(RulesGenerator().samples(leaning, random_for(0, "x")))
