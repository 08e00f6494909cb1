"""The document of a study: what `--json` prints and study.json holds."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.decision.effort import Effort
from eval.requests.figures import KindFigures, in_order
from eval.schema import Estimate


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FittedWeight(_Record):
    """How the value of a piece of evidence becomes log-odds."""

    scale: float = Field(ge=0, description="Log-odds per unit of the input.")
    link: Literal["logit", "linear"] = Field(description="`logit`: the input is the value's own log-odds.")


class FittedWeights(_Record):
    """Weights fitted on all requests; those of a row's figures are fitted fold by fold."""

    bias: float
    of: dict[str, FittedWeight] = Field(description="By evidence.")


class Seconds(_Record):
    """Wall time of a decision: of the row's evidence, work that several share counted once."""

    median: float
    p90: float = Field(description="The 90th percentile.")
    in_budget: float | None = Field(description="Share of decisions within the budget; None without one.")
    all: float = Field(description="Of all requests together.")


class RowFigures(_Record):
    """A row of the table."""

    name: str
    pairs: int = Field(description="That it was measured on: all of the study's, or a cut of them.")
    requests_sha256: str = Field(description="Of their requests.")
    model: str = Field(description="Empty where the row needs none.")
    model_sha256: str | None
    adapter: str | None
    adapter_sha256: str | None
    code_by: str = Field(description="`base` where drafts are written by the model without its adapter.")
    evidence: tuple[str, ...]
    system: str | None
    drafts: int | None = Field(description="Most drafts; None where none are written.")
    budget_seconds: float | None
    threshold: float
    weighed: Literal["as it is", "as calibrated", "cross-validated"] = Field(
        description="Whence p_ask: the system's own measure; the adapter's calibration; weights that were "
        "fitted on other domains than the request's."
    )
    folds: int | None = Field(description="Of the cross-validation.")
    weights: FittedWeights | None = Field(description="Fitted on all requests; None where none are fitted.")
    spoke: dict[str, float] = Field(
        description="By evidence or system: share of the requests that it could say anything about."
    )
    kinds: dict[str, KindFigures] = Field(description="By kind; `all` holds every unclear request.")
    false_asks: Estimate | None = Field(description="Share of clear requests that is asked about.")
    ece: Estimate | None = Field(description="Calibration error, both classes weighted alike.")
    seconds: Seconds
    effort: Effort | None = Field(description="Under which weights.toml has the weights.")
    curve: str | None
    x: float | None
    axis: str | None = Field(description="What x counts; None where the row is of no curve.")

    def auroc(self, kind: str) -> Estimate | None:
        """Of one kind, or of all; None where there is no such request among the row's."""
        return self.kinds[kind].auroc if kind in self.kinds else None


class LeftOut(_Record):
    """A row of the recipe that was not measured."""

    name: str
    reason: str


class StudyDocument(_Record):
    """What a study found. Intervals are of 95%, by bootstrap over pairs."""

    schema_version: Literal[1] = 1
    name: str
    command: str
    version: str = Field(description="Of ClarifyCoder.")
    seed: int
    draws: int = Field(description="Resamples of the bootstrap.")
    recipe_sha256: str = Field(description="Of the recipe, as it was changed by --set.")
    requests: tuple[str, ...] = Field(description="Files, or parts of the corpus.")
    requests_sha256: str
    clear: int = Field(description="Clear requests.")
    unclear: int = Field(description="Unclear ones.")
    pairs: int
    domains: int
    rows: tuple[RowFigures, ...] = Field(description="In the order of the recipe, bad ones too.")
    left_out: tuple[LeftOut, ...]

    @property
    def kinds(self) -> list[str]:
        """Those of all rows, as they are shown; all kinds together last."""
        return in_order({kind: figures for row in self.rows for kind, figures in row.kinds.items()})
