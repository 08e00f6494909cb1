"""How fast the runtime reads and writes, and what its own choices cost, as ratios within one run.

Usage: python -m benchmarks.bench_runtime [MODEL.gguf] [--rounds N] [--busy]

Each variant is measured once a round, the variants in turn, and the best round counts, so that other load
on the machine disturbs the ratios little. `--busy` adds how two threads bear another busy process, with
different settings of the OpenMP library; each takes a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from models.backends.base import Prompt, Sampling
from models.backends.gguf import GgufBackend
from models.registry.resolve import resolve
from models.reply import FENCE_OPENER, LIST_OPENER, first_round
from models.runtime.batches import CHUNK, plan
from models.runtime.context import Context
from models.runtime.library import library
from models.runtime.machine import default_threads
from models.runtime.model import Model
from models.runtime.owner import AbortFlag
from models.runtime.session import Session

_READ, _WRITTEN = 512, 16  # tokens in a round
_TOGETHER = 64  # tokens of a reply
Rates = tuple[float, float]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, nargs="?", help="a GGUF file; by default the default model")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    path = options.model or resolve(None).path
    model = Model(library(), path, path.stem, AbortFlag())
    if options.one:
        print(*_rate(_session(model), CHUNK))
        return
    print(f"{model.info().description}; {default_threads()} threads, {CHUNK} tokens a batch by default\n")
    _chunks(model, options.rounds)
    _threads(model, options.rounds)
    _abort_callbacks(model, options.rounds)
    _decisions(path, options.rounds)
    _together(path, options.rounds)
    if options.busy:
        _busy(path, options.rounds)


def _session(model: Model, *, chunk: int = CHUNK, threads: int | None = None) -> Session:
    return Session(
        Context(
            library(),
            model,
            context_tokens=2048,
            threads=threads or default_threads(),
            abort=AbortFlag(),
            chunk=chunk,
        )
    )


def _rate(session: Session, chunk: int) -> Rates:
    """Tokens per second, read and written."""
    tokens = [1000 + 37 * index % 20_000 for index in range(_READ)]
    session.clear()
    started = time.perf_counter()
    session.evaluate(plan(tokens, lambda _: False, chunk=chunk))
    between = time.perf_counter()
    for index in range(_WRITTEN):
        session.append(int(session.row()[:1000].argmax()) + index)
    return _READ / (between - started), _WRITTEN / (time.perf_counter() - between)


def _measure(variants: Mapping[str, Callable[[], Rates]], rounds: int) -> dict[str, Rates]:
    best = dict.fromkeys(variants, (0.0, 0.0))
    for _ in range(rounds):
        for name, run in variants.items():
            read, written = run()
            best[name] = (max(best[name][0], read), max(best[name][1], written))
    return best


def _show(title: str, rates: Mapping[str, Rates], base: str) -> None:
    print(f"{title:<34}{'read t/s':>10}{'ratio':>8}{'write t/s':>11}{'ratio':>8}")
    for name, (read, written) in rates.items():
        ratios = read / rates[base][0], written / rates[base][1]
        print(f"  {name:<32}{read:>10.0f}{ratios[0]:>8.2f}{written:>11.1f}{ratios[1]:>8.2f}")
    print()


def _chunks(model: Model, rounds: int) -> None:
    sizes = (32, 64, 128, 256, 512)
    sessions = {size: _session(model, chunk=size) for size in sizes}
    variants = {str(size): partial(_rate, sessions[size], size) for size in sizes}
    _show("tokens a batch", _measure(variants, rounds), "256")
    for session in sessions.values():
        session.context.free()


def _threads(model: Model, rounds: int) -> None:
    counts = sorted({1, default_threads(), os.cpu_count() or 1})
    sessions = {count: _session(model, threads=count) for count in counts}
    variants = {str(count): partial(_rate, sessions[count], CHUNK) for count in counts}
    _show("threads", _measure(variants, rounds), str(default_threads()))
    for session in sessions.values():
        session.context.free()


def _abort_callbacks(model: Model, rounds: int) -> None:
    llama, session, flag = library(), _session(model), AbortFlag()
    prototype = llama.ggml_abort_callback
    callbacks = {
        "none": (prototype(), None),
        "C's strlen": flag.callback(prototype),
        "a Python function": flag.callback(prototype, native=False),
    }

    def run(name: str) -> Rates:
        llama.llama_set_abort_callback(session.context.handle, *callbacks[name])
        return _rate(session, CHUNK)

    variants = {name: partial(run, name) for name in callbacks}
    _show("what the abort flag is read by", _measure(variants, rounds), "none")
    session.context.free()


def _decisions(path: Path, rounds: int) -> None:
    """Seconds until p_ask is known, for a request of some 30 tokens."""
    seconds: dict[str, list[float]] = {}

    def timed(name: str, run: Callable[[], object]) -> None:
        started = time.perf_counter()
        run()
        seconds.setdefault(name, []).append(time.perf_counter() - started)

    openers = (LIST_OPENER, FENCE_OPENER)
    for number in range(rounds):
        one, other = (
            Prompt(first_round(f"def f{number}{i}(x):\n    '''Sort x, drop ...'''")) for i in (0, 1)
        )
        with tempfile.TemporaryDirectory() as home:
            os.environ["CLARIFY_HOME"] = home
            for name in ("first run on this machine", "any later run"):
                with GgufBackend(path, name="bench") as backend:
                    timed(name, partial(backend.opener_mass, one, openers))
            with GgufBackend(path, name="bench") as backend:
                backend.opener_mass(one, openers)
                timed("another request in the same run", partial(backend.opener_mass, other, openers))
                timed("the same request once more", partial(backend.opener_mass, other, openers))
    print(f"{'seconds to a decision':<34}{'best':>10}{'ratio':>8}")
    first = min(seconds["first run on this machine"])
    for name, values in seconds.items():
        print(f"  {name:<32}{min(values):>10.3f}{min(values) / first:>8.2f}")
    print()


def _together(path: Path, rounds: int) -> None:
    """Tokens a second over all replies, where several are written at a time; each to a prompt of its own."""
    sampling = Sampling(max_tokens=_TOGETHER)
    prompts = [first_round(f"def f{number}(rows): ...  # sort the rows") for number in range(16)]

    def rate(sequences: int) -> float:
        with GgufBackend(path, name="bench", context_tokens=1024, parallel=sequences) as backend:
            write = partial(backend.complete, sampling=sampling)
            with ThreadPoolExecutor(sequences) as pool:
                started = time.perf_counter()
                replies = list(pool.map(write, [Prompt(messages) for messages in prompts]))
            seconds = time.perf_counter() - started
        return sum(reply.usage.generated_tokens for reply in replies) / seconds

    best: dict[int, float] = {}
    for _ in range(rounds):
        for sequences in (1, 2, 4, 8, 16):
            best[sequences] = max(best.get(sequences, 0.0), rate(sequences))
    print(f"{'replies at a time':<34}{'write t/s':>10}{'ratio':>8}")
    for sequences, found in best.items():
        print(f"  {sequences:<32}{found:>10.1f}{found / best[1]:>8.2f}")
    print()


def _busy(path: Path, rounds: int) -> None:
    settings = {
        "the library's default": {"GOMP_SPINCOUNT": "300000"},
        "ours": {},
        "OMP_WAIT_POLICY=passive": {"OMP_WAIT_POLICY": "passive"},
    }

    def run(extra: dict[str, str]) -> Rates:
        command = [sys.executable, __file__, str(path), "--one"]
        done = subprocess.run(command, env=os.environ | extra, capture_output=True, text=True, check=True)
        read, written = done.stdout.split()
        return float(read), float(written)

    variants = {name: partial(run, extra) for name, extra in settings.items()}
    _show("threads that wait, quiet machine", _measure(variants, rounds), "ours")
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        _show("with one busy process beside", _measure(variants, rounds), "ours")
    finally:
        busy.kill()
        busy.wait()


if __name__ == "__main__":
    main()
