from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from models.backends.base import Sampling
from models.errors import ContextOverflow, UserError
from models.runtime.engine import Engine
from tests.stubs.tiny_gguf import write_tiny_model

REPOSITORY = Path(__file__, "../../../..").resolve()


def _prompt(engine: Engine, length: int, letter: str = "a") -> list[int]:
    return engine.encode("".join(chr(ord(letter) + index * 7 % 20) for index in range(length)))


def test_what_a_file_says_about_itself(engine: Engine) -> None:
    assert engine.info.architecture == "qwen2"
    assert engine.info.trained_context == engine.context_tokens == 1024
    assert engine.info.vocabulary_size == 259
    assert engine.info.token_bytes == 2 * 2 * 2 * 2 * 16  # keys and values, bytes, layers, heads, width
    assert (engine.info.bos, engine.info.eos) == ("<|endoftext|>", "<|im_end|>")
    assert engine.info.chat_template is not None
    assert set(engine.controls) == {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}


def test_log_probabilities_are_a_distribution(engine: Engine) -> None:
    found = engine.log_probabilities(_prompt(engine, 5))
    assert found.shape == (259,)
    assert float(np.exp(found).sum()) == pytest.approx(1.0, abs=1e-12)


def test_warm_equals_cold_to_the_bit(tiny_model: Path, engine: Engine) -> None:
    shared = _prompt(engine, 300)
    prompts = [[*shared[:length], *_prompt(engine, 40, "b")] for length in (300, 280, 100, 300, 130, 257)]
    sampling = Sampling(max_tokens=20)
    warm = []
    for prompt in prompts:
        score = engine.opener_mass(prompt, [[49, 46], [96, 96, 96], [49, 50]])
        reply = engine.generate(prompt, sampling)
        warm.append((score.mass, reply.text, engine.log_probabilities(prompt).tobytes()))
    assert engine.generate(prompts[-1], sampling).usage.cached_tokens >= 256
    for prompt, expected in zip(prompts, warm, strict=True):
        with Engine.load(tiny_model, threads=1) as cold:
            score = cold.opener_mass(prompt, [[49, 46], [96, 96, 96], [49, 50]])
            assert score.mass == expected[0]
        with Engine.load(tiny_model, threads=1) as cold:
            reply = cold.generate(prompt, sampling)
            assert (reply.text, reply.usage.cached_tokens) == (expected[1], 0)
        with Engine.load(tiny_model, threads=1) as cold:
            assert cold.log_probabilities(prompt).tobytes() == expected[2]


def test_opener_mass_is_the_product_along_the_opener(engine: Engine) -> None:
    prompt = _prompt(engine, 50)
    found = engine.opener_mass(prompt, [[49, 46], [96]])
    first = engine.log_probabilities(prompt)
    second = engine.log_probabilities([*prompt, 49])  # another split into batches, so not to the bit
    assert found.mass == pytest.approx((np.exp(first[49] + second[46]), np.exp(first[96])), rel=1e-4)
    assert found.exact
    assert found.usage.prompt_tokens == 50


def test_a_decision_and_the_reply_share_one_prefill(engine: Engine) -> None:
    prompt = _prompt(engine, 200, "c")
    assert engine.opener_mass(prompt, [[49, 46], [96]]).usage.cached_tokens == 0
    reply = engine.generate(prompt, Sampling(max_tokens=4), prefix=[96, 96])
    assert reply.usage.cached_tokens == 200
    assert reply.usage.prompt_tokens == 202
    assert reply.usage.generated_tokens == 4
    assert reply.usage.prefill_seconds > 0
    assert reply.usage.decode_seconds > 0


def test_a_prefix_is_continued_and_not_repeated(engine: Engine) -> None:
    # A prompt whose reply starts with a whole character.
    prompts = [_prompt(engine, length) for length in range(1, 60)]
    prompt = next(prompt for prompt in prompts if engine.log_probabilities(prompt).argmax() < 128)
    whole = engine.generate(prompt, Sampling(max_tokens=8))
    assert whole.finish == "length"
    first = int(engine.log_probabilities(prompt).argmax())
    rest = engine.generate(prompt, Sampling(max_tokens=7), prefix=[first])
    assert chr(first) + rest.text == whole.text


def test_sampling_is_seeded(engine: Engine) -> None:
    prompt = _prompt(engine, 30)

    def draw(seed: int, top_k: int = 0, top_p: float = 1.0) -> str:
        sampling = Sampling(max_tokens=20, temperature=2.0, top_k=top_k, top_p=top_p, seed=seed)
        return engine.generate(prompt, sampling).text

    assert draw(1) == draw(1)
    assert draw(1) != draw(2)
    assert draw(0xFFFFFFFF) == draw(0xFFFFFFFF)  # llama.cpp's own word for "draw a seed"
    assert draw(-1) == draw(-1)
    greedy = engine.generate(prompt, Sampling(max_tokens=20)).text
    assert draw(1, top_k=1) == draw(2, top_p=1e-9) == greedy


def test_a_stop_text_ends_the_reply_and_is_not_shown(engine: Engine) -> None:
    prompt = _prompt(engine, 30)
    whole = engine.generate(prompt, Sampling(max_tokens=40)).text
    stop = whole[11:14]
    at = whole.index(stop)
    shown: list[str] = []
    reply = engine.generate(prompt, Sampling(max_tokens=40, stop=(stop,)), shown.append)
    assert reply.finish == "stop"
    assert reply.text == "".join(shown) == whole[:at]
    assert reply.usage.generated_tokens < 40


def test_the_models_own_end_of_text_ends_the_reply(engine: Engine) -> None:
    prompt = _prompt(engine, 30)
    for seed in range(200):
        reply = engine.generate(prompt, Sampling(max_tokens=100, temperature=8.0, seed=seed))
        if reply.finish == "stop":
            break
    assert reply.finish == "stop"
    assert reply.usage.generated_tokens < 100
    assert "<|" not in reply.text


def test_streamed_pieces_are_the_text(engine: Engine) -> None:
    for length in (1, 2, 3, 20):
        shown: list[str] = []
        reply = engine.generate(_prompt(engine, length), Sampling(max_tokens=60), shown.append)
        assert "".join(shown) == reply.text


def test_no_tokens_wanted(engine: Engine) -> None:
    reply = engine.generate(_prompt(engine, 3), Sampling(max_tokens=0))
    assert (reply.text, reply.finish, reply.usage.generated_tokens) == ("", "length", 0)


def test_a_prompt_that_does_not_fit_names_both_sizes(engine: Engine) -> None:
    with pytest.raises(ContextOverflow) as error:
        engine.generate([97] * 1020, Sampling(), prefix=[97] * 5)
    assert (error.value.prompt_tokens, error.value.context_tokens) == (1025, 1024)
    with pytest.raises(ContextOverflow):
        engine.opener_mass([97] * 1024, [[49, 46], [96]])
    with pytest.raises(ContextOverflow):
        engine.log_probabilities([97] * 1025)
    with pytest.raises(ValueError, match="at least one token"):
        engine.generate([], Sampling())


@pytest.mark.parametrize(("room", "written"), [(0, 1), (1, 2), (10, 11)])
def test_a_full_context_ends_the_reply(engine: Engine, room: int, written: int) -> None:
    reply = engine.generate([97] * (1024 - room), Sampling(max_tokens=100))
    # The last token needs no cell, since nothing is chosen after it.
    assert (reply.finish, reply.usage.generated_tokens) == ("length", written)
    assert engine.opener_mass([97] * 1023, [[49, 46], [96]]).exact


def test_a_smaller_context_is_kept_to(tiny_model: Path) -> None:
    with Engine.load(tiny_model, context_tokens=100, threads=1) as small:
        assert small.context_tokens == 100
        with pytest.raises(ContextOverflow):
            small.generate([97] * 101, Sampling())
        assert small.generate([97] * 99, Sampling(max_tokens=9)).usage.generated_tokens == 2


@pytest.mark.parametrize("tokens", [0, -1, 1025])
def test_an_impossible_context_is_refused(tiny_model: Path, tokens: int) -> None:
    with pytest.raises(UserError, match="trained for 1024"):
        Engine.load(tiny_model, context_tokens=tokens)


def test_ctrl_c_while_a_piece_is_shown_keeps_the_text(tiny_model: Path, engine: Engine) -> None:
    prompt = _prompt(engine, 200)
    shown: list[str] = []

    def show(piece: str) -> None:
        shown.append(piece)
        if len(shown) == 3:
            raise KeyboardInterrupt

    whole = engine.generate(prompt, Sampling(max_tokens=800))
    reply = engine.generate(prompt, Sampling(max_tokens=800), show)
    assert reply.finish == "interrupted"
    assert reply.text.startswith("".join(shown))
    assert whole.text.startswith(reply.text)
    assert engine.generate(prompt, Sampling(max_tokens=800)).text == whole.text


def test_a_signal_in_any_phase_leaves_a_sound_engine(engine: Engine) -> None:
    prompt = _prompt(engine, 900)
    expected = engine.generate(prompt, Sampling(max_tokens=60)).text
    for delay in (0.0, 0.002, 0.005, 0.01, 0.02, 0.03):
        timer = threading.Timer(delay, signal.raise_signal, (signal.SIGINT,))
        engine.log_probabilities([98])  # a cold cache, so that there is something to interrupt
        try:
            timer.start()
            reply = engine.generate(prompt, Sampling(max_tokens=100_000))
            assert reply.finish in {"interrupted", "length", "stop"}
            timer.join()
        except KeyboardInterrupt:  # it came before the call or after it
            pass
        assert engine.generate(prompt, Sampling(max_tokens=60)).text == expected


def test_an_error_of_the_listener_passes_through(engine: Engine) -> None:
    def broken(_: str) -> None:
        raise BrokenPipeError

    prompt = _prompt(engine, 20)
    with pytest.raises(BrokenPipeError):
        engine.generate(prompt, Sampling(max_tokens=500), broken)
    assert engine.generate(prompt, Sampling(max_tokens=3)).finish == "length"


def test_several_threads_take_turns(engine: Engine) -> None:
    prompts = [_prompt(engine, 50 + 10 * index) for index in range(6)]
    expected = [engine.generate(prompt, Sampling(max_tokens=10)).text for prompt in prompts]
    found: dict[int, str] = {}

    def run(index: int) -> None:
        found[index] = engine.generate(prompts[index], Sampling(max_tokens=10)).text

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(prompts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[index] for index in range(len(prompts))] == expected


def _resident_kib() -> int:
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("the system does not say how much memory a process holds")
    return int(status.read_text("ascii").split("VmRSS:")[1].split()[0])


def test_many_calls_take_no_memory(engine: Engine) -> None:
    prompts = [_prompt(engine, 40 + index) for index in range(10)]

    def run(times: int) -> None:
        for index in range(times):
            engine.opener_mass(prompts[index % 10], [[49, 46], [96]])
            engine.generate(prompts[index % 10], Sampling(max_tokens=3, temperature=1.0, seed=index))

    run(50)
    before = _resident_kib()
    run(300)
    assert _resident_kib() - before < 4096


def test_loading_and_closing_takes_no_memory(tiny_model: Path) -> None:
    def run(times: int) -> None:
        for _ in range(times):
            with Engine.load(tiny_model, threads=1) as loaded:
                loaded.generate([97], Sampling(max_tokens=1))

    run(5)
    before = _resident_kib()
    run(20)
    assert _resident_kib() - before < 8192


def test_a_closed_engine_is_closed(tiny_model: Path) -> None:
    loaded = Engine.load(tiny_model)
    loaded.close()
    loaded.close()
    with pytest.raises(RuntimeError, match="closed"):
        loaded.generate([97], Sampling())


_BAD_FILES = {
    "truncated in its weights": (lambda data: data[:-1000], "not within the file bounds"),
    "truncated in its header": (lambda data: data[:3000], "failed to read"),
    "cut to its magic": (lambda data: data[:9], "cut off"),
    "empty": (lambda _: b"", "not a GGUF file"),
    "a web page": (lambda _: b"<html>not found</html>", "not a GGUF file"),
    "of the future": (lambda data: data[:4] + b"\x09" + data[5:], "version 9"),
}


@pytest.mark.parametrize("kind", _BAD_FILES)
def test_a_bad_file_is_an_error_of_one_line(
    tiny_model: Path, tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    change, reason = _BAD_FILES[kind]
    file = tmp_path / "bad.gguf"
    file.write_bytes(change(tiny_model.read_bytes()))
    with pytest.raises(UserError, match=reason) as error:
        Engine.load(file, name="my-model")
    assert "run `clarify models verify my-model`, or pull it again" in str(error.value)
    assert "\n" not in str(error.value)
    assert capfd.readouterr() == ("", "")


def test_an_unknown_architecture_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unknown model architecture: 'nonsense'"):
        Engine.load(write_tiny_model(tmp_path / "new.gguf", architecture="nonsense"))


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such model file") as error:
        Engine.load(tmp_path / "none.gguf", name="m")
    assert "clarify models pull m" in error.value.do
    with pytest.raises(UserError, match="cannot read"):
        Engine.load(tmp_path)


_ENDINGS = {
    "closed": "engine.generate([97] * 300, Sampling(max_tokens=5)); engine.close()",
    "not closed": "engine.generate([97] * 300, Sampling(max_tokens=5))",
    "forgotten": "del engine; import gc; gc.collect()",
    "in a cycle": "box = [engine]; box.append(box); del engine, box",
    "while it generates": (
        "import threading\n"
        "go = threading.Event()\n"
        "work = lambda: engine.generate([97], Sampling(max_tokens=10**6), lambda _: go.set())\n"
        "threading.Thread(target=work, daemon=True).start(); go.wait()"
    ),
    "by sys.exit": "raise SystemExit(0)",
}


@pytest.mark.parametrize("ending", _ENDINGS)
def test_a_process_ends_without_a_word(tiny_model: Path, ending: str) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from models.backends.base import Sampling\nfrom models.runtime.engine import Engine\n"
        f"engine = Engine.load(Path(sys.argv[1]), threads=1)\n{_ENDINGS[ending]}\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", program, str(tiny_model)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
