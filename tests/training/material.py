"""Samples, recipes and tiny models for the tests of training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.recipe_file import checked
from models.reply import Answer, Question, render_code, render_questions
from synth.schema import Change, Provenance, Sample, SampleType
from training.recipe import Recipe

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
DEEPSEEK = (
    "{% for message in messages %}"
    "{% if message.role == 'system' %}{{ message.content }}"
    "{% elif message.role == 'user' %}### Instruction:\n{{ message.content }}\n"
    "{% else %}### Response:\n{{ message.content }}\n<|EOT|>\n{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}### Response:\n{% endif %}"
)
"""In the form of DeepSeek-Coder's: a reply ends in a newline and a token."""

_QUESTION = Question(text="In which order?", options=("ascending", "descending"))


def sample(
    problem: int = 0,
    *,
    type: SampleType = "Original",
    answered: bool = False,
    group: str | None = None,
    text: str | None = None,
    code: str | None = None,
) -> Sample:
    """A sample: clear, unclear, or unclear and answered by the user."""
    clear = type == "Original"
    change = Change(kind="drop", flaw="incomplete", before="ascending", after="")
    solution = code or f"def f{problem}(xs):\n    return sorted(xs)\n"
    asks = not clear and not answered
    return Sample(
        id=f"{problem}:{type}:{answered}:{text}",
        problem=text or f"Write f{problem}(xs) that sorts xs{' ascending' if clear else ''}.",
        answer=render_questions((_QUESTION,)) if asks else render_code(solution),
        type=type,
        source_id=f"problem-{problem}",
        group=group or f"group-{problem % 7}",
        name=f"f{problem}",
        solution=solution,
        change=None if clear else change,
        questions=() if clear else (_QUESTION,),
        answers=(Answer(question=_QUESTION, text="ascending"),) if answered else (),
        licence="MIT",
        provenance=Provenance(generator="rules"),
    )


def samples(problems: int) -> list[Sample]:
    """Twins of each problem: clear, incomplete, ambiguous, and of every third a second round."""
    made: list[Sample] = []
    for number in range(problems):
        made += [sample(number), sample(number, type="Incomplete"), sample(number, type="Ambiguous")]
        if number % 3 == 0:
            made.append(sample(number, type="Incomplete", answered=True))
    return made


def write_samples(path: Path, made: list[Sample]) -> Path:
    """As a data file."""
    path.write_text("".join(f"{one.model_dump_json()}\n" for one in made), encoding="utf-8")
    return path


def recipe(model: str | Path = "none", **sections: dict[str, Any]) -> Recipe:
    """A recipe for tiny models, in float32 so that comparisons are sharp."""
    fields: dict[str, dict[str, Any]] = {
        "base": {"model": str(model), "dtype": "float32"},
        "adapter": {"rank": 4, "alpha": 8},
        "data": {"held_out": 0.2},
        "schedule": {"samples_per_step": 4, "learning_rate": 1e-2, "warmup_steps": 1},
        "memory": {"tokens_per_batch": 2048, "threads": 1},
        "checkpoints": {"every": 2, "evaluate_every": 2, "evaluation_samples": 8},
    }
    merged = {name: {**fields.get(name, {}), **sections.get(name, {})} for name in {*fields, *sections}}
    return checked(Recipe, {"name": "tiny", **merged})


def write_tiny_folder(path: Path, *, architecture: str = "qwen2", template: str | None = CHATML) -> Path:
    """A two-layer random model as transformers saves it, with a byte-level tokenizer.

    Args:
        path: folder to make.
        architecture: `qwen2`, or `llama` as DeepSeek-Coder has it.
        template: the chat template; None leaves it out.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

    tokenizer = byte_tokenizer(template)
    shape: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 2048,
        "tie_word_embeddings": False,
    }
    torch.manual_seed(0)
    model: Any = (
        Qwen2ForCausalLM(Qwen2Config(**shape))
        if architecture == "qwen2"
        else LlamaForCausalLM(LlamaConfig(**shape))
    )
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def byte_tokenizer(template: str | None = CHATML) -> Any:
    """A tokenizer of bytes with a few control tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    plain = Tokenizer(models.BPE(vocab={letter: place for place, letter in enumerate(alphabet)}, merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    plain.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    return with_controls(plain, template)


def with_controls(plain: Any, template: str | None = CHATML, *, unknown: str | None = None) -> Any:
    """A tokenizer of transformers around one of `tokenizers`, with the control tokens of the templates."""
    from transformers import PreTrainedTokenizerFast

    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=plain,
        eos_token="<|im_end|>",
        bos_token="<|endoftext|>",
        unk_token=unknown,
        additional_special_tokens=["<|im_start|>", "<|EOT|>"],
    )
    wrapped.chat_template = template
    return wrapped
