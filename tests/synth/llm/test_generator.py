"""What the generator makes of replies, on a scripted model."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from random import Random

import pytest

from models.backends.scripted import ScriptedBackend
from models.errors import UserError
from models.reply import CodeBlock, parse, render_questions
from synth.gate.gate import Gate
from synth.gate.settings import GateSettings
from synth.modifications.llm import LlmGenerator
from synth.modifications.llm.access import Access
from synth.modifications.llm.prompts import prompt_sha256
from synth.output.entry import Dropped
from synth.schema import Problem, Sample
from tests.synth.llm.model import VAGUE, reply_to
from tests.synth.problems import problem, problems

ONE = problem("overdue")


class _Model(ScriptedBackend):
    """Answers what it is asked, in place of a script."""

    def complete(self, prompt, sampling, on_text=None):  # type: ignore[no-untyped-def]
        self._replies.append(reply_to(prompt.messages[0].content, prompt.messages[1].content))
        return super().complete(prompt, sampling, on_text)


def _made(
    source: Problem, replies: Iterable[str] | None = None, **options: object
) -> tuple[list[Sample | Dropped], ScriptedBackend]:
    backend = _Model(()) if replies is None else ScriptedBackend(replies)
    generator = LlmGenerator(
        seed=3, access=Access(first_pause=0), opener=lambda _: backend, model="scripted", **options
    )
    made = list(generator.samples(source, Random(0)))
    generator.close()
    return made, backend


def _request(text: str) -> str:
    return f"<request>\n{text}\n</request>"


def _question(*texts: str) -> str:
    numbered = "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
    return f"<questions>\n{numbered}\n</questions>"


def test_a_problem_gives_itself_and_one_of_each_type() -> None:
    made, backend = _made(ONE)
    assert all(isinstance(one, Sample) for one in made)
    samples = [one for one in made if isinstance(one, Sample)]
    assert [sample.type for sample in samples] == ["Original", "Ambiguous", "Incomplete", "Inconsistent"]
    clear, *unclear = samples
    assert clear.change is None
    assert isinstance(parse(clear.answer), CodeBlock)
    assert ONE.solution.strip() in clear.answer
    for sample in unclear:
        assert sample.unclear
        assert sample.change is not None
        assert sample.change.flaw == sample.type.lower()
        assert VAGUE in sample.change.after
        assert sample.change.after in sample.problem
        assert sample.change.before in clear.problem
        assert sample.answer == render_questions(sample.questions)
        assert sample.provenance.model == "scripted"
        assert sample.provenance.prompt_sha256 == prompt_sha256(sample.change.flaw)
        assert sample.provenance.seed == 3
        assert sample.examples == ONE.examples
    assert len({sample.id for sample in samples}) == 4
    assert len({sample.id.rpartition(":")[0] for sample in samples}) == 1
    assert len(backend.prompts) == 6


def test_the_second_step_sees_both_texts_and_the_paper_s_settings_hold() -> None:
    made, backend = _made(ONE)
    clear, unclear = made[0], made[1]
    assert isinstance(clear, Sample)
    assert isinstance(unclear, Sample)
    second = backend.prompts[1].messages[1].content
    assert clear.problem.strip() in second
    assert unclear.problem.strip() in second
    sampling = backend.samplings[0]
    assert (sampling.temperature, sampling.top_p, sampling.top_k, sampling.max_tokens) == (0.1, 1.0, 1, 2048)


@pytest.mark.parametrize("look", ["plain", "drawn"])
def test_every_problem_can_be_put_and_the_gate_takes_what_a_good_model_makes(look: str) -> None:
    gate = Gate(GateSettings())
    for source in problems():
        made, _ = _made(source, look=look)
        assert len(made) == 4
        for one in made:
            assert isinstance(one, Sample)
            assert gate.sample(one, source) is None, (one.problem, gate.sample(one, source))


def test_a_plain_request_shows_all_the_problem_says() -> None:
    made, _ = _made(ONE)
    assert isinstance(made[0], Sample)
    flat = " ".join(made[0].problem.split())
    assert " ".join(ONE.description.split()) in flat
    assert all(example.call in made[0].problem for example in ONE.examples)


def test_a_task_for_a_program_keeps_its_samples_as_input_and_output() -> None:
    task = ONE.model_copy(
        update={
            "shape": "script",
            "signature": "",
            "prelude": "",
            "description": "Read numbers.\n\nInput:\nn, then n numbers.",
            "examples": (ONE.examples[0].model_copy(update={"call": "2\n1 2\n", "result": "3\n"}),),
        }
    )
    made, _ = _made(task, types="ambiguous")
    assert isinstance(made[0], Sample)
    assert made[0].problem == "Read numbers.\n\nInput:\nn, then n numbers.\n\nInput:\n2\n1 2\n\nOutput:\n3\n"
    assert isinstance(made[1], Sample)
    assert made[1].examples == task.examples


def test_only_the_wanted_types_are_made() -> None:
    made, backend = _made(ONE, types="inconsistent, ambiguous", originals=False)
    assert [one.type for one in made] == ["Inconsistent", "Ambiguous"]
    assert len(backend.prompts) == 4


def _replies(first: str, second: str = _question("Which way is suitable?")) -> list[str]:
    return list(chain([first], [second]))


@pytest.mark.parametrize(
    ("first", "second", "kind", "calls"),
    [
        ("I would rather not.", "", "form", 1),
        (_request(""), "", "empty", 1),
        (_request("Sort them somehow."), "1. How?", "form", 2),
        (_request("Sort them somehow."), _question("Please say how."), "no question", 2),
        (
            _request("Sort them somehow."),
            _question("In the original problem the order is given; which one holds?"),
            "leak",
            2,
        ),
        (_request("The modified problem: sort them."), _question("How?"), "leak", 2),
        (_request("I'm sorry, but I cannot do that."), _question("How?"), "refusal", 2),
    ],
)
def test_what_cannot_be_used_is_dropped_with_its_reason(
    first: str, second: str, kind: str, calls: int
) -> None:
    made, backend = _made(ONE, _replies(first, second), types="ambiguous", originals=False)
    assert len(made) == 1
    assert isinstance(made[0], Dropped)
    assert made[0].reason.kind == kind
    assert made[0].type == "Ambiguous"
    assert len(backend.prompts) == calls


def test_a_text_given_back_is_no_modification() -> None:
    clear, _ = _made(ONE)
    assert isinstance(clear[0], Sample)
    made, backend = _made(ONE, [_request(clear[0].problem)], types="incomplete", originals=False)
    assert isinstance(made[0], Dropped)
    assert made[0].reason.kind == "unchanged"
    assert len(backend.prompts) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "generator.options.model"),
        ({"model": "m", "temprature": 1}, "did you mean `temperature`"),
        ({"model": "m", "types": "ambiguous,vague"}, "name some of ambiguous, incomplete, inconsistent"),
        ({"model": "m", "types": "ambiguous,ambiguous"}, "each once"),
        ({"model": "m", "attempts": 0}, "generator.options.attempts"),
    ],
)
def test_wrong_options_are_named(options: dict[str, object], said: str) -> None:
    with pytest.raises(UserError) as caught:
        LlmGenerator(access=Access(), **options)
    assert said in str(caught.value)


def test_a_closed_generator_makes_no_call() -> None:
    backend = ScriptedBackend(())
    generator = LlmGenerator(access=Access(), opener=lambda _: backend, model="scripted")
    generator.close()
    with pytest.raises(UserError, match="run it again"):
        list(generator.samples(ONE, Random(0)))
    assert backend.prompts == []
