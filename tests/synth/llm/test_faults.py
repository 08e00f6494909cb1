"""The generator on real servers that fail: nothing is lost, nothing is made or paid twice."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import UserError
from synth.modifications.generator import random_for
from synth.modifications.llm import LlmGenerator
from synth.modifications.llm.access import Access
from synth.output.entry import Dropped
from synth.schema import Problem, Sample
from tests.stubs.gemini import NO_CANDIDATES, GeminiStub, blocked_prompt
from tests.stubs.http import Cut, Fault, Item, Reply, Seen, StubServer
from tests.stubs.openai import OpenAIStub
from tests.synth.llm.model import answer, asked_of
from tests.synth.problems import problems

SOME = problems()[:12]
MODELS = {OpenAIStub: "a-model", GeminiStub: "gemini:a-model"}
FAULTS: dict[type[StubServer], tuple[Item, ...]] = {
    OpenAIStub: (
        Fault(429, "slow down", headers={"retry-after": "0"}),
        Fault(500),
        Fault(503),
        Reply(""),
        Reply("", finish="content_filter"),
        Cut("half a re"),
    ),
    GeminiStub: (
        Fault(429, "slow down"),
        Fault(500),
        NO_CANDIDATES,
        blocked_prompt(),
        Reply("half", finish="SAFETY"),
        Cut("half a re"),
    ),
}
both = pytest.mark.parametrize("kind", [OpenAIStub, GeminiStub])


class Script:
    """Replies by what is asked, each prompt with so many faults before; how often each was asked."""

    def __init__(self, faults: Callable[[int], tuple[Item, ...]]) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.answered: Counter[tuple[str, str]] = Counter()
        self._faults = faults
        self._left: dict[tuple[str, str], list[Item]] = {}

    def __call__(self, seen: Seen) -> Item | str:
        prompt = asked_of(seen)
        left = self._left.setdefault(prompt, list(self._faults(len(self._left))))
        self.asked[prompt] += 1
        if left:
            return left.pop(0)
        self.answered[prompt] += 1
        return answer(seen)


def _access(server: StubServer, replies: Path | None = None) -> Access:
    return Access(base_url=server.url, server_key="k", replies=replies, first_pause=0.001)


def _generator(server: StubServer, access: Access | None = None, **options: object) -> LlmGenerator:
    return LlmGenerator(
        seed=1, access=access or _access(server), **({"model": MODELS[type(server)]} | options)
    )


def _all(generator: LlmGenerator, sources: tuple[Problem, ...] = SOME) -> list[Sample | Dropped]:
    """Everything, made by many threads, in the order of the problems."""

    def one(problem: Problem) -> list[Sample | Dropped]:
        return list(generator.samples(problem, random_for(1, problem.id)))

    try:
        with ThreadPoolExecutor(8) as pool:
            return [made for part in pool.map(one, sources) for made in part]
    finally:
        generator.close()


def _undisturbed(kind: type[StubServer]) -> list[Sample | Dropped]:
    with kind(Script(lambda _: ())) as server:
        return _all(_generator(server))


@both
def test_faults_change_nothing_in_what_is_made(kind: type[StubServer]) -> None:
    faults = FAULTS[kind]
    script = Script(lambda number: (faults[number % len(faults)],) if number % 7 else faults[:2])
    with kind(script) as server:
        generator = _generator(server)
        made = _all(generator)
    assert made == _undisturbed(kind)
    assert len({one.id for one in made}) == len(made) == 4 * len(SOME)
    assert set(script.answered.values()) == {1}
    assert len(script.answered) == 6 * len(SOME)
    assert sum(script.asked.values()) > 6 * len(SOME)
    assert generator.spent.calls == 6 * len(SOME)
    assert generator.spent.prompt_tokens > 0
    assert generator.spent.reply_tokens > 0
    assert generator.spent.unusable > 0


@both
@pytest.mark.parametrize(("place", "reason"), [(3, "empty"), (4, "refusal")])
def test_a_call_that_stays_unusable_costs_one_sample(kind: type[StubServer], place: int, reason: str) -> None:
    fault = FAULTS[kind][place if kind is OpenAIStub else place - 1]
    first: list[tuple[str, str]] = []

    def reply(seen: Seen) -> Item | str:
        prompt = asked_of(seen)
        first[:] = first or [prompt]
        return fault if prompt == first[0] else answer(seen)

    with kind(reply) as server:
        made = _all(_generator(server, attempts=2), SOME[:3])
    lost = [one for one in made if isinstance(one, Dropped)]
    assert [one.reason.kind for one in lost] == [reason]
    assert len(made) == 12
    assert sum(asked_of(seen) == first[0] for seen in server.requests) == 2


@both
def test_a_stopped_run_goes_on_and_pays_nothing_twice(kind: type[StubServer], tmp_path: Path) -> None:
    down = threading.Event()
    answered: Counter[tuple[str, str]] = Counter()

    def reply(seen: Seen) -> Item | str:
        if down.is_set():
            return Fault(500)
        answered[asked_of(seen)] += 1
        if len(answered) == 20:
            down.set()
        return answer(seen)

    with kind(reply) as server:
        access = replace(_access(server, tmp_path), attempts=2)
        with pytest.raises(UserError, match="run it again: it continues"):
            _all(_generator(server, access))
        assert 20 <= len(answered) < 72
        down.clear()
        again = _generator(server, access)
        made = _all(again)
        assert again.spent.kept >= 20
        assert again.spent.kept + again.spent.calls == 72
        asked = len(server.requests)
        third = _generator(server, access)
        assert _all(third) == made
        assert len(server.requests) == asked
        assert third.spent.calls == 0
    assert made == _undisturbed(kind)
    assert set(answered.values()) == {1}


@both
def test_a_refused_key_ends_the_work_of_all_threads(kind: type[StubServer]) -> None:
    with kind(lambda _: Fault(401, "no such key")) as server:
        with pytest.raises(UserError, match="refuses the key"):
            _all(_generator(server))
        assert len(server.requests) <= 8


def test_the_service_s_own_failure_is_not_taken_for_the_request_s(tmp_path: Path) -> None:
    with OpenAIStub(lambda _: Fault(400, "unknown field")) as server:
        with pytest.raises(UserError, match="refuses the request"):
            _all(_generator(server))


@pytest.mark.parametrize(("status", "give_up"), [(400, False), (500, True)])
def test_one_request_that_is_refused_for_good_is_dropped(status: int, give_up: bool) -> None:
    marks = SOME[2].description.split()[:4]

    def reply(seen: Seen) -> Item | str:
        poison = " ".join(marks) in " ".join(asked_of(seen)[1].split())
        return Fault(status, "not this one") if poison else answer(seen)

    with OpenAIStub(reply) as server:
        access = replace(_access(server), attempts=2, give_up=give_up)
        generator = _generator(server, access)
        made = [one for p in SOME[:4] for one in generator.samples(p, random_for(1, p.id))]
        generator.close()
    lost = [one for one in made if isinstance(one, Dropped)]
    assert [one.reason.kind for one in lost] == ["failed"] * 3
    assert len(made) == 16


def test_no_two_threads_share_a_connection() -> None:
    busy: defaultdict[int, int] = defaultdict(int)
    together = threading.Barrier(4, timeout=60)
    opened: list[object] = []

    class Recording(LlmGenerator):
        def _open(self):  # type: ignore[no-untyped-def]
            backend = super()._open()
            opened.append(backend)
            return backend

    def reply(seen: Seen) -> str:
        return answer(seen)

    with OpenAIStub(reply) as server:
        generator = Recording(seed=1, access=_access(server), model="m")

        def one(problem: Problem) -> int:
            together.wait()
            with generator._backends.one() as backend:
                together.wait()
                busy[id(backend)] += 1
                together.wait()
            return len(list(generator.samples(problem, random_for(1, problem.id))))

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(one, SOME[:4])) == [4] * 4
        generator.close()
    assert sorted(busy.values()) == [1, 1, 1, 1]
    assert len(opened) == 4  # and none was opened anew for the problems after


def test_gemini_gets_the_paper_s_settings() -> None:
    with GeminiStub(answer) as server:
        _all(_generator(server), SOME[:1])
        config = server.requests[0].json["generationConfig"]
        filters = server.requests[0].json["safetySettings"]
    assert config["temperature"] == 0.1
    assert (config["topP"], config["topK"], config["maxOutputTokens"]) == (1, 1, 2048)
    assert {one["threshold"] for one in filters} == {"BLOCK_NONE"}
