"""What an attached adapter costs against the same adapter merged, and what merging loses in quality.

Usage: python -m benchmarks.bench_adapter [ADAPTER.gguf] [--base MODEL] [--rounds N] [--conversations N]

Speed: tokens per second read and written by the base alone, with the adapter attached, and merged in several
types; the variants in turn, the best round counts, as ratios to the base alone. Quality: over conversations
made from the corpus, the attached form is the reference (see models/export/compare.py).

Without an adapter a random one is made, of rank 16 on all projections, whose updates have 3% of the size of
the matrices they change, as trained ones have; its decisions mean nothing, their shift does.
"""

from __future__ import annotations

import argparse
import itertools
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np

from models.backends.base import Message
from models.export.compare import Form, compare
from models.export.gguf_file import GgufFile
from models.export.targets import build
from models.registry.resolve import resolve
from models.registry.sizes import readable
from models.reply import Question, first_round, render_code, render_questions
from models.runtime.adapter import Adapter
from models.runtime.batches import plan
from models.runtime.context import Context
from models.runtime.library import library
from models.runtime.machine import default_threads
from models.runtime.model import Model
from models.runtime.owner import AbortFlag
from models.runtime.session import Session
from synth.corpus.files import everything

_READ, _WRITTEN = 512, 24  # tokens in a round
_REPLY = 200  # characters of a reply that are compared
_RANK, _SIZE = 16, 0.03


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("adapter", type=Path, nargs="?", help="a GGUF LoRA; by default a random one")
    parser.add_argument("--base", help="a model's name or file; by default the default model")
    parser.add_argument("--rounds", type=int, default=3, help="of the speed; 0 leaves it out")
    parser.add_argument("--conversations", type=int, default=24, help="of the quality; 0 leaves it out")
    parser.add_argument("--targets", nargs="*", default=["fast", "q4_k_m", "q5_k_m", "q6_k", "q8_0", "f16"])
    options = parser.parse_args()
    base = resolve(options.base).path
    with tempfile.TemporaryDirectory() as folder:
        adapter = options.adapter or _random_adapter(base, Path(folder) / "random.gguf")
        attached = Form(base, adapter)
        forms = {"base alone": Form(base), "attached": attached}
        for target in options.targets:
            started = time.perf_counter()
            path = Path(folder) / f"{target}.gguf"
            build(base, adapter, path, target)
            size = readable(path.stat().st_size)
            print(f"merged to {target} in {time.perf_counter() - started:.0f} s: {size}")
            forms[f"merged, {target}"] = Form(path)
        if options.rounds:
            _speed(forms, options.rounds)
        if options.conversations:
            _quality(attached, forms, list(itertools.islice(conversations(), options.conversations)))


def _speed(forms: dict[str, Form], rounds: int) -> None:
    sessions = {name: _open(form) for name, form in forms.items()}
    best: dict[str, tuple[float, float]] = {name: (0.0, 0.0) for name in forms}
    for _ in range(rounds):
        for name, session in sessions.items():
            read, written = _rate(session)
            best[name] = (max(best[name][0], read), max(best[name][1], written))
    of_read, of_written = best["base alone"]
    print(f"\n{default_threads()} threads{'':<13}{'read/s':>10}{'ratio':>8}{'written/s':>12}{'ratio':>8}")
    for name, (read, written) in best.items():
        print(f"  {name:<20}{read:>10.1f}{read / of_read:>8.2f}{written:>12.1f}{written / of_written:>8.2f}")


def _open(form: Form) -> Session:
    """A session that stays open to the end of the process."""
    module = library()
    model = Model(module, form.path, form.path.stem, AbortFlag())
    session = Session(
        Context(module, model, context_tokens=1024, threads=default_threads(), abort=AbortFlag())
    )
    if form.adapter is not None:
        session.use_adapter(Adapter(module, model, form.adapter).handle)
    return session


def _rate(session: Session) -> tuple[float, float]:
    """Tokens per second, read and written."""
    tokens = [1000 + 37 * index % 20_000 for index in range(_READ)]
    session.clear()
    started = time.perf_counter()
    session.evaluate(plan(tokens, lambda _: False))
    between = time.perf_counter()
    for index in range(_WRITTEN):
        session.append(int(session.row()[:1000].argmax()) + index)
    return _READ / (between - started), _WRITTEN / (time.perf_counter() - between)


def _quality(reference: Form, forms: dict[str, Form], conversations: list[tuple[Message, ...]]) -> None:
    print(
        f"\nagainst attached{'':<6}{'agreement':>10}{'mean KL':>10}{'worst KL':>10}"
        f"{'ask shift':>11}{'scatter':>9}{'flips':>7}"
    )
    for name, form in forms.items():
        if form == reference:
            continue
        found = compare(reference, form, conversations)
        print(
            f"  {name:<20}{found.agreement:>10.4f}{found.mean_kl:>10.5f}{found.worst_kl:>10.4f}"
            f"{found.ask_shift:>11.3f}{found.ask_scatter:>9.3f}{found.flips:>7.3f}",
            flush=True,
        )


def conversations() -> Iterator[tuple[Message, ...]]:
    """Requests of the corpus with their replies, unclear and clear in turn, in a fixed order."""
    problems = list(everything())
    random.Random(0).shuffle(problems)
    for number, (_, problem) in enumerate(problems):
        point = problem.points[0]
        if number % 2:
            request, reply = problem.unclear(point), render_questions((Question(text=point.questions[0]),))
        else:
            request, reply = problem.text, render_code(problem.solution)
        yield (*first_round(request), Message("assistant", reply[:_REPLY]))


def _random_adapter(base: Path, path: Path) -> Path:
    """A LoRA of every projection, with normal values."""
    model = GgufFile(base)
    numbers = np.random.default_rng(0)
    writer = gguf.GGUFWriter(path, model.header.architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(_RANK))
    for name, tensor in model.tensors.items():
        if not name.startswith("blk.") or len(tensor.shape) != 2:
            continue
        outputs, inputs = tensor.shape
        spread = _SIZE * float(model.matrix(name).std()) / _RANK**0.5
        a, b = numbers.standard_normal((_RANK, inputs)), numbers.standard_normal((outputs, _RANK)) * spread
        writer.add_tensor(f"{name}.lora_a", a.astype(np.float16))
        writer.add_tensor(f"{name}.lora_b", b.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


if __name__ == "__main__":
    main()
