"""How fast training is, and what each part of that is worth, against a plain Trainer run on the same data.

Usage: python -m benchmarks.bench_training DATA [--recipe NAME] [--steps N] [--set FIELD=VALUE]
       [--variant NAME]

The plain run is transformers' Trainer with peft on the same base in float32, full logits, each micro-batch of
four padded to its longest sample. It and one variant at a time, each a process of its own, take turns step by
step on the same samples, so that other load on the machine disturbs the ratio little. Tokens are those of the
samples: padding does not count, and what is computed once for several samples counts for each. The first step
warms up and is left out. Memory is the peak of the process over all steps, loading left out (Linux).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from training import launch

_MICRO_BATCH = 4
PLAIN = "plain Trainer, float32"
VARIANTS = {
    "float32": ["base.dtype=float32", "memory.share_prefix=false"],
    "bfloat16": ["memory.share_prefix=false"],
    "bfloat16, beginnings shared": [],
    "the same, twins in a step": ["data.twins=batch"],
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="a data file of `clarify synth build`")
    parser.add_argument("--recipe", default="qwen2.5-coder-0.5b")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--set", dest="changes", action="append", default=[])
    parser.add_argument("--variant", action="append", choices=VARIANTS, help="only this one")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        _child(options)
        return
    print(f"{'':<32}{'tokens/s':>10}{'plain':>8}{'ratio':>8}{'peak MB':>10}{'plain':>8}")
    for name in options.variant or VARIANTS:
        _compare(options, name)


def _compare(options: argparse.Namespace, name: str) -> None:
    """Run a variant and the plain run together, a step each in turn."""
    data = [change for change in VARIANTS[name] if change.startswith("data.")]
    children = {PLAIN: _start(options, PLAIN, data), name: _start(options, name, VARIANTS[name])}
    seconds, tokens = dict.fromkeys(children, 0.0), dict.fromkeys(children, 0.0)
    for number in range(options.steps + 1):
        for one, child in children.items():
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
            told = _told(child)
            if number:
                seconds[one] += told["seconds"]
                tokens[one] += told["tokens"]
        print(f"{name}: step {number} of {options.steps}", file=sys.stderr)
    memory = {one: _told(child)["peak_mb"] for one, child in children.items()}
    for child in children.values():
        child.wait()
    ours, plain = (tokens[one] / seconds[one] for one in (name, PLAIN))
    print(
        f"{name:<32}{ours:>10.0f}{plain:>8.0f}{ours / plain:>8.2f}{memory[name]:>10.0f}{memory[PLAIN]:>8.0f}",
        flush=True,
    )


def _told(child: subprocess.Popen[str]) -> dict[str, float]:
    assert child.stdout is not None
    told: dict[str, float] = json.loads(child.stdout.readline())
    return told


def _start(options: argparse.Namespace, name: str, changes: list[str]) -> subprocess.Popen[str]:
    words = [sys.executable, __file__, str(options.data), "--recipe", options.recipe, "--child", name]
    words += ["--steps", str(options.steps), *(f"--set={change}" for change in [*options.changes, *changes])]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _child(options: argparse.Namespace) -> None:
    """Take a step for each line on stdin, tell its time, and at the end the memory."""
    launch.prepare(None)
    from training.recipe import load
    from training.run import prepare

    is_plain = options.child == PLAIN
    changes = [
        f"schedule.steps={options.steps + 2}",
        "data.twins=off",
        "loss.twin_weight=0",
        *options.changes,
    ]
    changes += ["base.dtype=float32"] if is_plain else []
    prepared = prepare(load(options.recipe, changes), [options.data])
    with tempfile.TemporaryDirectory() as folder:
        trainer = (_plain if is_plain else _ours)(prepared, Path(folder))
        trainer.args.max_steps = options.steps + 1
        _forget_peak()
        trainer.train()
    print(json.dumps({"peak_mb": _peak_mb()}), flush=True)


def _gate(tokens: list[int]) -> Any:
    from transformers import TrainerCallback

    class Gate(TrainerCallback):
        """Waits for its turn before each step."""

        def on_step_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            sys.stdin.readline()
            self.since = time.perf_counter()

        def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            seconds = time.perf_counter() - self.since
            told = {"seconds": seconds, "tokens": tokens[state.global_step - 1]}
            print(json.dumps(told), flush=True)
            control.should_save = False

    return Gate()


def _ours(prepared: Any, folder: Path) -> Any:
    from training.engine.trainer import StepTrainer
    from training.run import fresh_model

    plan = prepared.plan
    gate = _gate([plan.tokens(places) for places in plan.steps])
    return StepTrainer(fresh_model(prepared), plan, prepared.recipe, folder, [gate])


def _plain(prepared: Any, folder: Path) -> Any:
    """As a tutorial has it."""
    from peft import LoraConfig, get_peft_model
    from transformers import PrinterCallback, Trainer, TrainingArguments

    from training.engine.base import load_model

    recipe, plan = prepared.recipe, prepared.plan
    model = load_model(prepared.base, recipe.base, recipe.memory)
    targets = list(recipe.adapter.targets)
    config = LoraConfig(r=recipe.adapter.rank, lora_alpha=32, target_modules=targets, task_type="CAUSAL_LM")
    per_step = recipe.schedule.samples_per_step
    rows = []
    for place in (place for places in plan.steps for place in places):
        one = plan.data.encoded[place]
        rows.append({"ids": one.ids, "labels": [-100] * one.learned_from + list(one.supervised)})
    # Steps with twins may have a sample fewer; here every step takes as many.
    steps = len(rows) // per_step
    lengths = [len(row["ids"]) for row in rows]
    tokens = [sum(lengths[step * per_step : (step + 1) * per_step]) for step in range(steps)]
    arguments = TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=_MICRO_BATCH,
        gradient_accumulation_steps=per_step // _MICRO_BATCH,
        max_steps=steps,
        train_sampling_strategy="sequential",
        learning_rate=recipe.schedule.learning_rate,
        report_to="none",
        disable_tqdm=True,
        save_strategy="no",
        logging_steps=1,
        use_cpu=True,
        remove_unused_columns=False,
    )
    trainer = Trainer(
        model=get_peft_model(model, config),
        args=arguments,
        train_dataset=rows,
        data_collator=_padded,
        callbacks=[_gate(tokens)],
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _padded(rows: list[dict[str, Any]]) -> dict[str, Any]:
    import torch

    longest = max(len(row["ids"]) for row in rows)

    def fill(name: str, value: int) -> torch.Tensor:
        return torch.tensor([[*row[name], *[value] * (longest - len(row[name]))] for row in rows])

    mask = torch.tensor([[1] * len(row["ids"]) + [0] * (longest - len(row["ids"])) for row in rows])
    return {"input_ids": fill("ids", 0), "labels": fill("labels", -100), "attention_mask": mask}


def _forget_peak() -> None:
    """Begin the peak anew, where the system lets us."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _peak_mb() -> float:
    import resource

    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
