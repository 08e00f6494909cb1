"""The typed recipe of a training run; unknown fields are refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from models import recipe_file
from models.backends.base import CodeBy
from synth.schema import SampleType

FOLDER = Path(__file__).parent / "recipes"

Names = Annotated[
    tuple[str, ...], BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
]
Mode = Literal["baseline", "clarify-only", "combined"]
Sampling = Literal["uniform", "oversampling", "downsampling"]
Twins = Literal["batch", "half", "off"]
Supervise = Literal["answer", "all"]
Normalise = Literal["token", "sample"]
PairLoss = Literal["dpo", "orpo"]
Reference = Literal["start", "base"]
Dtype = Literal["bfloat16", "float32"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BaseSettings(_Section):
    """The model that is tuned."""

    model: str = Field(
        min_length=1,
        description="A name of `clarify models list`, a GGUF file, a folder of transformers, or a Hub id.",
    )
    revision: str = Field(default="main", description="Of a Hub id: branch, tag or commit.")
    dtype: Dtype = Field(
        default="bfloat16", description="Of the frozen weights and of what is computed; LoRA keeps float32."
    )
    licence: str = Field(
        default="Apache-2.0", description="Of the adapter, as its card and its GGUF file state it."
    )


class AdapterSettings(_Section):
    """The LoRA."""

    rank: int = Field(default=16, ge=1, le=1024, description="Of each update.")
    alpha: float = Field(default=32.0, gt=0, description="An update is scaled by alpha / rank.")
    dropout: float = Field(
        default=0.0, ge=0, lt=1, description="On an update's input; above 0 it costs time and memory."
    )
    targets: Names = Field(
        default=("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"),
        min_length=1,
        description="Names of the linear layers that are updated, in every block.",
    )
    code_by: CodeBy = Field(
        default="adapter",
        description="Who writes code when the adapter is used: `adapter`, or `base`, so that the adapter "
        "judges and asks alone. Nothing is learned otherwise for it.",
    )


class DataSettings(_Section):
    """What is learned from, and in which proportion (the paper's section 3, algorithm 1)."""

    mode: Mode = Field(
        default="combined",
        description="`baseline`: only samples that are answered by code; `clarify-only`: only those answered "
        "by questions; `combined`: both.",
    )
    ratio: float | None = Field(
        default=None, gt=0, lt=1,
        description="Share of samples answered by questions, for `combined`; as in the data when not given.",
    )  # fmt: skip
    sampling: Sampling = Field(
        default="downsampling",
        description="How the ratio is reached: `downsampling` drops samples of the side that has too many, "
        "`oversampling` repeats those of the other, `uniform` draws as many as there are in all, with each "
        "sample of a side drawn as often as any other, give or take one.",
    )
    twins: Twins = Field(
        default="batch",
        description="Samples of one problem are learned from in one step (`batch`), in one half of the epoch "
        "(`half`), or wherever they fall (`off`).",
    )
    weights: dict[SampleType, Annotated[float, Field(gt=0)]] = Field(
        default={}, description="How much a sample counts in the loss, by its type; 1 when not given."
    )
    whole_replies: dict[SampleType, Annotated[float, Field(ge=0, le=1)]] = Field(
        default={}, description="Share of the first rounds, by type, whose reply is learned whole; of the "
        "others only its first token is, which decides between asking and coding. 1 when not given.",
    )  # fmt: skip
    limit: int | None = Field(default=None, ge=1, description="Most samples; the ratio is kept.")
    held_out: float = Field(
        default=0.1, ge=0, lt=1,
        description="Share of the groups (packages, domains) that is kept aside for the evaluation loss and "
        "the calibration; 0 keeps none but the named ones.",
    )  # fmt: skip
    held_out_groups: Names = Field(default=(), description="Names of further groups to keep aside.")
    supervise: Supervise = Field(
        default="answer", description="`answer`: the loss is of the reply alone; `all`: of the request, too."
    )
    max_tokens: int = Field(
        default=1536, ge=16, description="Longest sample, instruction included; longer ones are dropped."
    )
    seed: int = Field(default=0, ge=0, description="Of the choice, the order and the held-out groups.")


class LossSettings(_Section):
    """How the losses of tokens become one number."""

    normalise: Normalise = Field(
        default="token",
        description="`token`: every supervised token of a step counts alike; `sample`: every sample does, "
        "however long its reply is.",
    )
    opener_weight: float = Field(
        default=1.0, gt=0,
        description="How much the reply's first token, which decides between asking and coding, counts "
        "against each of the others.",
    )  # fmt: skip

    twin_weight: float = Field(
        default=0.0, ge=0,
        description="How much a pair of twins counts against a token: the log-odds of asking have to be "
        "higher for an unclear first round than for a clear one of its problem in the same step. 0 leaves "
        "it out.",
    )  # fmt: skip


class PreferenceSettings(_Section):
    """The second stage, over pairs of a chosen and a rejected reply; without pairs it is not used."""

    loss: PairLoss = Field(
        default="dpo",
        description="`dpo`: against a frozen reference (arXiv 2305.18290); `orpo`: without one, the chosen "
        "reply being learned as well (arXiv 2403.07691).",
    )
    beta: float = Field(
        default=0.1, gt=0,
        description="DPO: how strongly the model is held to the reference; ORPO: weight of the odds ratio.",
    )  # fmt: skip
    reference: Reference = Field(
        default="start",
        description="Of DPO. `start`: the model as the stage finds it; `base`: the base without adapter.",
    )
    decision_only: bool = Field(
        default=False,
        description="Compare only how the replies open, which decides between asking and coding; what "
        "follows is left as it was learned.",
    )


class ScheduleSettings(_Section):
    """The optimiser's steps."""

    samples_per_step: int = Field(default=16, ge=1, description="Samples of one step, over all devices.")
    epochs: int = Field(default=1, ge=1, description="Passes over the mix.")
    steps: int | None = Field(
        default=None, ge=1, description="Most steps; takes further passes if need be, instead of `epochs`."
    )
    learning_rate: float = Field(default=3e-4, gt=0, description="Of AdamW, at its highest.")
    decay: Literal["cosine", "linear", "constant"] = Field(
        default="cosine", description="How the rate falls after the warm-up."
    )
    warmup_steps: int = Field(default=10, ge=0, description="Steps in which the rate rises from 0.")
    weight_decay: float = Field(default=0.0, ge=0, description="Of AdamW.")
    max_grad_norm: float = Field(default=1.0, gt=0, description="Longer gradients are cut to this length.")
    seed: int = Field(default=0, ge=0, description="Of the LoRA's start and of dropout.")


class MemorySettings(_Section):
    """What time is paid for memory."""

    tokens_per_batch: int = Field(
        default=1024, ge=16,
        description="Tokens that are computed at once on a device; a longer sample goes alone.",
    )  # fmt: skip
    share_prefix: bool = Field(
        default=True,
        description="Compute once what samples have in common at their beginning: the instruction, and the "
        "request up to where twins differ. Same gradients.",
    )
    checkpointing: bool = Field(
        default=False, description="Compute activations again instead of keeping them: a third slower."
    )
    four_bit: bool = Field(
        default=False, description="Hold the frozen weights in 4 bits (bitsandbytes); needs CUDA."
    )
    threads: int | None = Field(
        default=None, ge=1, description="Of the processor; its physical cores when not given."
    )


class CheckpointSettings(_Section):
    """What is written on the way."""

    every: int = Field(default=25, ge=1, description="Steps between checkpoints: the most a kill can cost.")
    keep: int = Field(default=2, ge=1, description="Newest checkpoints that stay.")
    evaluate_every: int = Field(
        default=100, ge=0, description="Steps between losses on held-out samples; 0 for the end only."
    )
    evaluation_samples: int = Field(default=128, ge=1, description="Most held-out samples for that.")
    calibration_samples: int = Field(
        default=256, ge=2, description="Most held-out samples that the calibration of p_ask is fitted on."
    )


class Recipe(_Section):
    """All that decides what a run learns; the same recipe and data give the same adapter on one machine."""

    name: str = Field(default="", description="What the recipe is called.")
    base: BaseSettings
    adapter: AdapterSettings = AdapterSettings()
    data: DataSettings = DataSettings()
    loss: LossSettings = LossSettings()
    preference: PreferenceSettings = PreferenceSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    memory: MemorySettings = MemorySettings()
    checkpoints: CheckpointSettings = CheckpointSettings()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.data.ratio is not None and self.data.mode != "combined":
            raise ValueError(f"a ratio does not go with the mode `{self.data.mode}`")
        if self.loss.twin_weight > 0 and not (self.data.twins == "batch" and self.memory.share_prefix):
            raise ValueError(
                'loss.twin_weight needs data.twins = "batch" and memory.share_prefix = true; 0 leaves it out'
            )
        if self.adapter.dropout > 0 and self.memory.share_prefix:
            raise ValueError("dropout needs memory.share_prefix = false: a shared prefix is dropped once")
        return self

    def to_toml(self) -> str:
        """The recipe as a file that `load` reads back."""
        lines = [f"name = {_toml(self.name)}"]
        for section, fields in self.model_dump(mode="json", exclude={"name"}).items():
            lines += ["", f"[{section}]"]
            lines += [f"{name} = {_toml(value)}" for name, value in fields.items() if value is not None]
        return "\n".join(lines) + "\n"


def load(given: str, changes: Sequence[str] = ()) -> Recipe:
    """Read a recipe.

    Args:
        given: the name of one that comes with this package, or a TOML file.
        changes: fields to set otherwise, each as `section.field=value`, the value as TOML has it; what is
            no TOML is taken as a text, and no value as the field's default.

    Raises:
        UserError: there is none, or it is not one; names the field.
    """
    return recipe_file.load(Recipe, given, FOLDER, changes)


def _toml(value: object) -> str:
    """A value as TOML has it."""
    import json

    match value:
        case bool():
            return str(value).lower()
        case str():
            # JSON's escapes are TOML's, but for DEL and for the halves of what has no room in 16 bits.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            inner = ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            return repr(value)
