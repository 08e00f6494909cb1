"""The document that `clarify ask --json` prints. `clarify ask --json-schema` prints its schema.

The version grows when a field changes its meaning or goes; new fields may come at any time.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.decision.outcome import Finding
from models.reply import Answer, Question


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Timings(_Part):
    """What a spec cost: wall seconds and tokens, over all its model calls."""

    decide_seconds: float = Field(
        default=0.0, description="Gathering the evidence; the first prefill is in here."
    )
    prefill_seconds: float = Field(default=0.0, description="Reading prompts before generating.")
    decode_seconds: float = Field(default=0.0, description="Generating.")
    prompt_tokens: int = Field(default=0, description="Tokens of the prompts generated from.")
    cached_tokens: int = Field(default=0, description="Of these, tokens that the KV cache held already.")
    generated_tokens: int = 0
    total_seconds: float = 0.0


class SpecReport(_Part):
    """One spec and what was decided about it."""

    file: str | None = Field(description="As it was given; null for text and stdin.")
    line: int = Field(description="1-based line of the `def` or the TODO; 1 for text.")
    name: str = Field(description="Qualified name; the key to use in an --answers file.")
    decision: Literal["ask", "code"] | None = Field(description="Null when `error` says why there is none.")
    error: str | None = Field(default=None, description="What went wrong with this spec, in one line.")
    p_ask: float | None = Field(description="Probability of asking; null where the model gives none.")
    questions: tuple[Question, ...] = Field(
        default=(), description="Open questions, when the decision is ask."
    )
    answers: tuple[Answer, ...] = Field(default=(), description="Questions that were answered for this code.")
    code: str | None = Field(default=None, description="Null when asking, and under --decide.")
    language: str = Field(default="", description="Of the code, as the model named it.")
    assumptions: tuple[str, ...] = Field(default=(), description="What was left open.")
    evidence: tuple[Finding, ...] = Field(default=(), description="What p_ask rests on, strongest first.")
    model: str
    adapter: str | None = None
    code_by: Literal["base"] | None = Field(
        default=None, description="`base`: code is left to the model without its adapter."
    )
    timings: Timings = Timings()


class Report(_Part):
    """All specs of one call."""

    version: Literal[1] = 1
    specs: tuple[SpecReport, ...]
