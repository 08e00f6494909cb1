"""What the gate is told: its limits. Part of a recipe."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class GateSettings(BaseModel):
    """The limits of the checks that have any; no check can be switched off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokenizer: Path | None = Field(
        default=None,
        description="Tokenizer of the model to be trained: a tokenizer.json, its folder, or a GGUF file; an "
        "estimate when not given.",
    )
    request_tokens: int = Field(default=1024, ge=16, description="Most tokens of a request.")
    sample_tokens: int = Field(
        default=2048, ge=64, description="Most tokens of a sample with its instruction and conversation."
    )
    near_duplicate: float = Field(
        default=0.8, gt=0.5, le=1, description="Similarity from which on two source problems count as one."
    )
