from collections import Counter
from functools import cache

import pytest

from models.reply import CodeBlock, QuestionList, parse, second_round
from synth.corpus.files import everything, find
from synth.corpus.generator import CorpusGenerator
from synth.corpus.problem import problem_of
from synth.gate.contamination import CleanSample
from synth.gate.leaks import leaks
from synth.gate.ngrams import committed
from synth.gate.questions import questions
from synth.gate.truncated import truncated
from synth.gate.unchanged import unchanged, unrelated
from synth.modifications.generator import random_for
from synth.schema import Problem, Sample


@cache
def problems() -> tuple[Problem, ...]:
    return tuple(problem_of(domain, problem) for domain, problem in everything())


@cache
def samples(seed: int = 1) -> tuple[Sample, ...]:
    generator = CorpusGenerator(seed=seed)
    return tuple(s for p in problems() for s in generator.samples(p, random_for(seed, p.id)))


def test_every_point_is_asked_about_alone_in_each_wording_and_every_clear_wording_is_answered():
    alone = {
        (s.source_id, s.change.kind, s.questions[0].text)
        for s in samples()
        if s.unclear and s.change is not None and not s.further_changes
    }
    clear = Counter(s.source_id for s in samples() if s.change is None)
    assert alone == {
        (id, point.key, text) for id in clear for point in find(id).points for text in point.questions
    }
    for problem in problems():
        source = find(problem.id)
        assert clear[problem.id] == len(source.wordings)


def test_replies_keep_to_the_protocol():
    for sample in samples():
        reply = parse(sample.answer)
        if sample.unclear:
            assert isinstance(reply, QuestionList)
            assert reply.questions == sample.questions
            assert len(sample.questions) == 1 + len(sample.further_changes)
        else:
            assert reply == CodeBlock(sample.solution, "python")


def test_second_rounds_answer_what_was_asked_and_follow_the_reading_that_was_picked():
    seen = 0
    for sample in samples():
        if not sample.answers:
            continue
        source = find(sample.source_id)
        assert tuple(answer.question for answer in sample.answers) == sample.questions
        assert second_round(sample.problem, sample.answers)[-1].content.count("Answer:") == len(
            sample.answers
        )
        if sample.further_changes or sample.change is None:
            assert sample.solution == source.solution
            continue
        point = next(point for point in source.points if point.key == sample.change.kind)
        picked = next(
            (one for one in point.readings if one.option == sample.answers[0].text and not one.meant),
            point.meant,
        )
        assert picked.meant or sample.answers[0].text != point.answer
        assert sample.solution == picked.follow(source.solution)
        seen += not picked.meant
    assert seen > 300  # other readings than the meant one, with their own code


@pytest.mark.parametrize(
    "check", [truncated, unchanged, unrelated, questions, leaks, CleanSample(committed())]
)
def test_samples_pass_the_gate(check):
    by_id = {problem.id: problem for problem in problems()}
    refused = [f"{s.id}: {why}" for s in samples() if (why := check(s, by_id[s.source_id]))]
    assert refused == []


def test_ids_are_unique_and_the_same_seed_gives_the_same_samples():
    assert len({sample.id for sample in samples()}) == len(samples())
    again = CorpusGenerator(seed=1)
    problem = problems()[7]
    expected = tuple(sample for sample in samples() if sample.source_id == problem.id)
    assert tuple(again.samples(problem, random_for(1, problem.id))) == expected


def test_pairs_say_both_flaws_and_ask_about_each():
    pairs = [sample for sample in samples() if sample.unclear and sample.further_changes]
    assert len(pairs) > 100
    assert any("+" in sample.type for sample in pairs)
    for sample in pairs:
        assert {change.flaw for change in (sample.change, *sample.further_changes) if change} == {
            kind.casefold() for kind in sample.type.split("+")
        }


def test_a_problem_that_the_corpus_does_not_have_is_told():
    with pytest.raises(KeyError):
        next(
            CorpusGenerator().samples(
                problems()[0].model_copy(update={"id": "corpus:strings/none"}), random_for(0, "")
            )
        )


def test_points_that_stand_together_are_asked_about_in_two_wordings():
    asked: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples():
        if sample.unclear and sample.further_changes:
            asked.setdefault((sample.source_id, sample.problem), []).append(sample)
    assert len(asked) > 500
    for one, other in asked.values():
        pairs = zip(one.questions, other.questions, strict=True)
        assert all(first.text != second.text for first, second in pairs)
