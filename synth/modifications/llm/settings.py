"""What the generator is told: its options in a recipe, which decide the data, and no more than that."""

from __future__ import annotations

from typing import Any, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from models.backends.base import Sampling
from models.errors import UserError, nearest
from models.faults import first_fault
from synth.schema import Flaw

FLAWS: tuple[Flaw, ...] = get_args(Flaw)


class LlmSettings(BaseModel):
    """The options; as usual they are the paper's, but for the model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(
        min_length=1,
        description="`gemini:NAME`, `openai:NAME`, a name at CLARIFY_BASE_URL, or a local model.",
    )
    temperature: float = Field(default=0.1, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1, description="Nucleus mass.")
    top_k: int = Field(default=1, ge=0, description="Likeliest tokens to choose from; 0 for all.")
    max_tokens: int = Field(default=2048, ge=16, description="Most tokens of a reply.")
    attempts: int = Field(
        default=3, ge=1, description="Most tries of a call whose reply is empty or blocked."
    )
    types: str = Field(default=",".join(FLAWS), description="Flaws to make, with commas between.")
    originals: bool = Field(default=True, description="Also give each problem as it is, with its solution.")
    look: Literal["plain", "drawn"] = Field(
        default="plain", description="Layout of a request: the source's own, or one drawn as for `rules`."
    )

    @field_validator("types")
    @classmethod
    def _known(cls, value: str) -> str:
        named = [name.strip() for name in value.split(",")]
        unknown = [name for name in named if name not in FLAWS]
        if unknown or len(set(named)) < len(named):
            raise ValueError(f"name some of {', '.join(FLAWS)}, each once")
        return ",".join(named)

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """The flaws to make, in this order."""
        return tuple(cast(Flaw, name) for name in self.types.split(","))

    def sampling(self, seed: int) -> Sampling:
        """How replies are decoded."""
        return Sampling(
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=self.top_k,
            seed=seed,
        )


def read_settings(options: dict[str, Any]) -> LlmSettings:
    """The options of a recipe, checked.

    Raises:
        UserError: one is unknown, missing or wrong; names it.
    """
    try:
        return LlmSettings.model_validate(options)
    except ValidationError as error:
        fault = first_fault(error)
        raise UserError(
            f"generator.options.{fault}",
            do=nearest(fault.place, sorted(LlmSettings.model_fields)) if fault.is_unknown else "",
        ) from error
