"""What a decision yields: `Ask` or `Code`, and the findings it rests on; also the JSON of `--json`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.reply import Question


class Finding(BaseModel):
    """One piece of evidence about a request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="Which evidence: `opening`, …")
    value: float = Field(description="Its own measure; for `opening` a probability in [0, 1].")
    cost_seconds: float = Field(ge=0, description="Wall time it took.")
    reason: str = Field(description="One sentence for people.")
    p_other: float | None = Field(
        default=None, description="For `opening`: the probability that the reply opens neither way."
    )


class Verdict(BaseModel):
    """The choice, before anything is generated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: Literal["ask", "code"]
    p_ask: float | None = Field(description="Probability of asking; None without log-probabilities.")
    findings: tuple[Finding, ...] = Field(default=(), description="Strongest first.")


class Ask(BaseModel):
    """The request is unclear: these questions come first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: Literal["ask"] = "ask"
    questions: tuple[Question, ...] = Field(min_length=1)
    p_ask: float | None = None
    findings: tuple[Finding, ...] = ()


class Code(BaseModel):
    """The request is clear enough, or was made so: this is the code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: Literal["code"] = "code"
    code: str
    language: str = ""
    p_ask: float | None = None
    assumptions: tuple[str, ...] = Field(default=(), description="What was left open and how it was taken.")
    findings: tuple[Finding, ...] = ()


Outcome = Annotated[Ask | Code, Field(discriminator="decision")]
