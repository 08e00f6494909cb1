from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.backends.base import Sampling
from models.errors import ContextOverflow, UserError
from models.runtime.engine import Engine
from models.runtime.generation import Generated
from models.runtime.parallel import ParallelEngine

SEQUENCES = 3


@pytest.fixture
def parallel(tiny_model: Path) -> Iterator[ParallelEngine]:
    engine = ParallelEngine.load(tiny_model, sequences=SEQUENCES, context_tokens=256, threads=1)
    yield engine
    engine.close()


def _prompts(engine: Engine | ParallelEngine, count: int) -> list[list[int]]:
    common = "abcdefghij" * 9
    return [engine.encode(common + chr(65 + number) * (5 + 7 * number)) for number in range(count)]


def _together(engine: ParallelEngine, prompts: list[list[int]], sampling: Sampling) -> list[Generated]:
    with ThreadPoolExecutor(len(prompts)) as pool:
        return list(pool.map(lambda prompt: engine.generate(prompt, sampling), prompts))


@pytest.mark.parametrize("sampling", [Sampling(max_tokens=40), Sampling(max_tokens=25, stop=("e",))])
def test_each_gets_the_reply_that_it_gets_alone(
    tiny_model: Path, engine: Engine, parallel: ParallelEngine, sampling: Sampling
) -> None:
    prompts = _prompts(engine, 8)
    alone = [engine.generate(prompt, sampling) for prompt in prompts]
    assert len({reply.text for reply in alone}) > 4
    for expected, found in zip(alone, _together(parallel, prompts, sampling), strict=True):
        assert (found.text, found.finish) == (expected.text, expected.finish)
        assert found.usage.generated_tokens == expected.usage.generated_tokens
        assert found.usage.prompt_tokens == expected.usage.prompt_tokens


def test_a_draw_depends_on_its_own_seed_alone(engine: Engine, parallel: ParallelEngine) -> None:
    prompt = _prompts(engine, 1)[0]
    seeds = [Sampling(max_tokens=12, temperature=1.0, seed=seed) for seed in range(6)]
    alone = [engine.generate(prompt, sampling).text for sampling in seeds]
    with ThreadPoolExecutor(len(seeds)) as pool:
        found = list(pool.map(lambda sampling: parallel.generate(prompt, sampling).text, seeds))
    assert len(set(alone)) > 3
    assert found == alone


def test_scores_are_those_of_one_sequence_to_the_bit_while_others_write(
    engine: Engine, parallel: ParallelEngine
) -> None:
    prompts = _prompts(engine, 6)
    openers = [[49, 46], [96, 96, 96]]
    expected = [engine.opener_mass(prompt, openers).mass for prompt in prompts]
    with ThreadPoolExecutor(12) as pool:
        writing = [pool.submit(parallel.generate, prompt, Sampling(max_tokens=60)) for prompt in prompts]
        scored = [pool.submit(parallel.opener_mass, prompt, openers) for prompt in prompts]
        assert [one.result().mass for one in scored] == expected
        assert all(one.result().finish for one in writing)


def test_a_reply_takes_up_what_its_decision_has_read(engine: Engine, parallel: ParallelEngine) -> None:
    prompts = _prompts(engine, SEQUENCES)
    for prompt in prompts:
        parallel.opener_mass(prompt, [[49, 46], [96]])
    for prompt in reversed(prompts):
        reply = parallel.generate(prompt, Sampling(max_tokens=2), prefix=[96])
        assert reply.usage.cached_tokens == len(prompt)


def test_pieces_come_in_the_caller_thread(engine: Engine, parallel: ParallelEngine) -> None:
    pieces: list[str] = []
    threads: set[str] = set()

    def on_text(piece: str) -> None:
        pieces.append(piece)
        threads.add(threading.current_thread().name)

    reply = parallel.generate(_prompts(engine, 1)[0], Sampling(max_tokens=20), on_text)
    assert "".join(pieces) == reply.text
    assert threads == {threading.current_thread().name}


def test_what_does_not_fit_is_refused_and_the_others_go_on(engine: Engine, parallel: ParallelEngine) -> None:
    with pytest.raises(ContextOverflow):
        parallel.generate(engine.encode("a" * 257), Sampling(max_tokens=1))
    full = parallel.generate(engine.encode("a" * 250), Sampling(max_tokens=100))
    assert (full.finish, full.usage.generated_tokens) == ("length", 7)


def test_an_error_is_of_its_own_request(engine: Engine, parallel: ParallelEngine) -> None:
    with pytest.raises(ValueError, match="at least one token"):
        parallel.opener_mass([], [[1]])
    with pytest.raises(ValueError, match="no tokens"):
        parallel.opener_mass([1, 2], [[]])
    assert parallel.generate(_prompts(engine, 1)[0], Sampling(max_tokens=3)).text


def test_an_interruption_ends_what_is_written_and_waits_and_no_more(
    engine: Engine, parallel: ParallelEngine
) -> None:
    prompts = 12 * _prompts(engine, 5)  # many times what can be done until the interruption
    with ThreadPoolExecutor(len(prompts)) as pool:
        running = [
            pool.submit(parallel.generate, prompt, Sampling(max_tokens=10_000, temperature=1.0, seed=number))
            for number, prompt in enumerate(prompts)
        ]
        time.sleep(0.02)
        parallel.interrupt()
        ends = [one.result(timeout=30).finish for one in running]
    assert "interrupted" in ends
    assert set(ends) <= {"interrupted", "stop", "length"}
    assert parallel.generate(prompts[0], Sampling(max_tokens=3)).finish in {"length", "stop"}


def test_closing_ends_those_who_wait(tiny_model: Path, engine: Engine) -> None:
    parallel = ParallelEngine.load(tiny_model, sequences=1, context_tokens=1024, threads=1)
    prompts = _prompts(engine, 4)
    with ThreadPoolExecutor(len(prompts)) as pool:
        running = [pool.submit(parallel.generate, prompt, Sampling(max_tokens=900)) for prompt in prompts]
        time.sleep(0.02)
        parallel.close()
        errors = [one.exception(timeout=30) for one in running]
    # Those that came after the end were refused, all others have what there was.
    assert all(error is None or "closed" in str(error) for error in errors)
    parallel.close()
    with pytest.raises(RuntimeError, match="closed"):
        parallel.encode("a")


def test_closing_after_an_interruption_leaves_nobody_waiting(tiny_model: Path, engine: Engine) -> None:
    parallel = ParallelEngine.load(tiny_model, sequences=1, context_tokens=1024, threads=1)
    prompt, busy, go = _prompts(engine, 1)[0], threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        go.wait(20)

    with ThreadPoolExecutor(3) as pool:
        held = pool.submit(parallel._worker.call, hold)
        assert busy.wait(20)
        parallel.interrupt()
        late = pool.submit(parallel.generate, prompt, Sampling(max_tokens=900))
        while parallel._worker._inbox.qsize() < 2:
            time.sleep(0.001)
        closed = pool.submit(parallel.close)
        while not parallel._worker._closed:
            time.sleep(0.001)
        go.set()
        held.result(timeout=20)
        closed.result(timeout=20)
        assert late.result(timeout=5).finish == "interrupted"


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "none.gguf"
    file.write_bytes(b"nothing")
    with pytest.raises(UserError):
        ParallelEngine.load(file, sequences=2)
