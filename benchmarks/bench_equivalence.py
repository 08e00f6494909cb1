"""Whether the forms of a trained adapter are one model: PEFT as it was trained, attached in GGUF, merged.

Usage: python -m benchmarks.bench_equivalence RUN [--base MODEL] [--conversations N] [--targets TYPE...]

RUN is the folder of a training run. The reference is the base dequantised, with the LoRA of PEFT, computed
by torch in float32. What is compared with it: the same adapter as GGUF attached to the base's own file, whose
matrices llama.cpp multiplies with activations in 8 bits, and merged files. Over the tokens of replies to
requests of the corpus: whether both would go on with the same token, and the Kullback-Leibler divergence.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.bench_adapter import conversations
from models.export.compare import CONTEXT, Form, tokens_of
from models.export.targets import build
from models.registry.resolve import resolve
from models.runtime.scoring import Scorer
from training import launch

Rows = list[NDArray[np.float64]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path, help="the folder of a training run")
    parser.add_argument("--base", help="a model's name or file; by default the default model")
    parser.add_argument("--conversations", type=int, default=24)
    parser.add_argument("--targets", nargs="*", default=["f16", "q8_0", "fast", "q4_k_m"])
    options = parser.parse_args()
    base, adapter = resolve(options.base).path, options.run / "adapter.gguf"
    chosen = list(itertools.islice(conversations(), options.conversations))
    with Scorer.load(base, context_tokens=CONTEXT) as scorer:
        texts = [tokens_of(scorer, base, conversation) for conversation in chosen]
    expected = _by_peft(options.run, str(base), texts)
    print(f"{'against PEFT, float32':<28}{'tokens':>8}{'agreement':>11}{'mean KL':>10}{'worst KL':>10}")
    _compare("base alone", _by_llama(Form(base), texts), expected)
    _compare("attached to the base", _by_llama(Form(base, adapter), texts), expected)
    with tempfile.TemporaryDirectory() as folder:
        for target in options.targets:
            file = Path(folder) / f"{target}.gguf"
            build(base, adapter, file, target)
            _compare(f"merged, {target}", _by_llama(Form(file), texts), expected)
            file.unlink()


def _by_peft(run: Path, base: str, texts: Sequence[tuple[list[int], int]]) -> Rows:
    launch.prepare(None)
    import torch

    from training.engine.adapter import add_adapter, read_adapter
    from training.engine.base import find_base, load_model
    from training.recipe import load

    recipe = load(str(run / "recipe.toml"), [f"base.model={base}", "base.dtype=float32"])
    found = find_base(recipe.base)
    model = add_adapter(
        load_model(found, recipe.base, recipe.memory), recipe.adapter, base_name=found.origin, seed=0
    )
    read_adapter(model, run / "adapter")
    model.eval()
    rows: Rows = []
    with torch.no_grad():
        for tokens, reply in texts:
            logits = model(input_ids=torch.tensor([tokens])).logits[0, reply - 1 :].double()
            rows.extend(torch.log_softmax(logits, dim=-1).numpy())
    return rows


def _by_llama(form: Form, texts: Sequence[tuple[list[int], int]]) -> Rows:
    with Scorer.load(form.path, context_tokens=CONTEXT, adapter=form.adapter) as scorer:
        return [row for tokens, reply in texts for row in scorer.log_probabilities(tokens, reply - 1)]


def _compare(name: str, found: Rows, expected: Rows) -> None:
    pairs = list(zip(expected, found, strict=True))
    same = np.mean([ours.argmax() == theirs[: len(ours)].argmax() for ours, theirs in pairs])
    divergences = [max(0.0, float(np.exp(ours) @ (ours - theirs[: len(ours)]))) for ours, theirs in pairs]
    print(
        f"  {name:<26}{len(pairs):>8}{same:>11.4f}{np.mean(divergences):>10.5f}{max(divergences):>10.4f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
