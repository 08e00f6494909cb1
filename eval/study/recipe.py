"""The typed recipe of a study: which requests, and a row for each way to decide about them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from assistant.decision.effort import PLANS, Effort, Plan
from assistant.decision.evidence.catalogue import DRAFTING, EVIDENCE
from models import recipe_file
from models.backends.base import CodeBy
from models.errors import nearest

FOLDER = Path(__file__).parents[1] / "recipes"


def _as_tuple(value: object) -> object:
    """TOML has lists, and one name may stand alone."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RowSettings(_Section):
    """One way to decide; a row of the table."""

    name: str = Field(min_length=1, description="Of the row, unique.")
    model: str | None = Field(
        default=None,
        description="As --model takes it, or a name of [models]; the default model when not given. A system "
        "without it runs without any model.",
    )
    adapter: str | None = Field(
        default=None,
        description="As --adapter takes it, or a name of [adapters]; the model's own when not given.",
    )
    code_by: CodeBy | None = Field(
        default=None,
        description="Who writes drafts, as --code-by takes it; as the adapter says when not given.",
    )
    threshold: float = Field(default=0.5, ge=0, le=1, description="Asks where p_ask is at least this.")
    evidence: Names = Field(default=(), description="What is looked at, by name; several are weighed.")
    system: str | None = Field(
        default=None, description="In place of evidence: a system of `clarify eval run`, by its measure."
    )
    limit: str | None = Field(
        default=None, description="A name of [limits]: how many of the study's pairs it is measured on."
    )
    budget_seconds: float | None = Field(
        default=None, gt=0, description="Longest that a decision should take; drafting ends there."
    )
    drafts: int | None = Field(
        default=None, ge=1, le=64,
        description="Most drafts that `examples` and `drafts` write; as many as an effort of this budget "
        "writes when not given.",
    )  # fmt: skip
    fit: bool | None = Field(
        default=None,
        description="Whether weights are fitted, and judged across domains; when not given, for all evidence "
        "but `opening` alone, whose p_ask is as the adapter calibrates it.",
    )
    effort: Effort | None = Field(
        default=None, description="Of `--effort`: weights.toml gets this row's weights under that name."
    )
    curve: str | None = Field(default=None, description="Rows of one curve are joined over their x.")
    x: float | None = Field(default=None, gt=0, description="The row's place on its curve.")
    axis: str = Field(
        default="problems", description="What x counts; curves over the same are drawn in one panel."
    )

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if bool(self.evidence) == (self.system is not None):
            raise ValueError(f"`{self.name}` needs evidence or a system, and not both")
        for one in self.evidence:
            if one not in EVIDENCE:
                raise ValueError(f"there is no evidence `{one}`; {nearest(one, list(EVIDENCE))}")
        if len(set(self.evidence)) < len(self.evidence):
            raise ValueError(f"`{self.name}` names evidence twice")
        if (self.curve is None) != (self.x is None):
            raise ValueError(f"`{self.name}` needs both a curve and an x, or neither")
        if self.drafts is not None and not DRAFTING & set(self.evidence):
            raise ValueError(f"`{self.name}` writes no drafts")
        if self.fit and self.system is not None:
            raise ValueError(f"`{self.name}` is a system, which is taken as it is")
        return self

    @model_validator(mode="after")
    def _effort_can_use_it(self) -> Self:
        if self.effort is None:
            return self
        if not self.fitted:
            raise ValueError(f"an effort goes with weights, and none are fitted for `{self.name}`")
        of_effort = PLANS[self.effort].evidence
        if not {"opening"} <= set(self.evidence) <= set(of_effort):
            raise ValueError(
                f"the effort `{self.effort}` looks at {', '.join(of_effort)}, and `opening` is a must"
            )
        return self

    @property
    def plan(self) -> Plan:
        """What the row buys, as an effort states it."""
        drafts = self.drafts or _drafts_within(self.budget_seconds) if DRAFTING & set(self.evidence) else 0
        return Plan(self.evidence, drafts, self.budget_seconds)

    @property
    def fitted(self) -> bool:
        """Whether its weights are fitted here."""
        if self.fit is not None:
            return self.fit
        return self.system is None and self.evidence != ("opening",)


def _drafts_within(seconds: float | None) -> int:
    """As many as the dearest effort within a budget writes; where none is, as the cheapest that drafts."""
    drafting = [plan for plan in PLANS.values() if plan.drafts]
    within = [plan.drafts for plan in drafting if seconds is None or (plan.seconds or 0.0) <= seconds]
    return max(within, default=min(plan.drafts for plan in drafting))


class StudyRecipe(_Section):
    """All that decides what a study finds, but for the machine."""

    name: str = Field(default="", description="What the study is called.")
    requests: Names = Field(
        default=("corpus:dev",), min_length=1,
        description="Files as `clarify eval requests` reads them, or `corpus:dev`, `corpus:DOMAIN`: each "
        "clear text of the project's own problems with its unclear twins.",
    )  # fmt: skip
    limit: int | None = Field(default=None, ge=2, description="Most pairs, drawn by the seed; all else.")
    seed: int = Field(default=0, ge=0, description="Of the cut, the order of measuring and the folds.")
    models: dict[str, str] = Field(
        default={}, description="Names for models; rows whose model has an empty place are left out."
    )
    adapters: dict[str, str] = Field(
        default={}, description="Names for adapters; rows whose adapter has an empty place are left out."
    )
    limits: dict[str, Annotated[int, Field(ge=2)]] = Field(
        default={}, description="Names for numbers of pairs, which dear rows are measured on."
    )
    rows: tuple[RowSettings, ...] = Field(min_length=1, description="The ways to decide.")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [row.name for row in self.rows]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two rows are called `{twice[0]}`")
        of_effort = [(row.effort, row.model, row.adapter) for row in self.rows if row.effort]
        if twice := sorted({one[0] for one in of_effort if of_effort.count(one) > 1 and one[0]}):
            raise ValueError(f"two rows of one model are of the effort `{twice[0]}`")
        return self

    @model_validator(mode="after")
    def _limits_are_known(self) -> Self:
        for row in self.rows:
            if row.limit is not None and row.limit not in self.limits:
                known = nearest(row.limit, list(self.limits))
                raise ValueError(f"`{row.name}`: [limits] has no `{row.limit}`; {known}")
        return self

    def limit_of(self, row: RowSettings) -> int | None:
        """Most pairs that a row is measured on; None for all of the study's."""
        return None if row.limit is None else self.limits[row.limit]

    def model_of(self, row: RowSettings) -> str | None:
        """What --model would be given for a row; empty where the recipe leaves it open."""
        return self.models.get(row.model or "", row.model)

    def adapter_of(self, row: RowSettings) -> str | None:
        """What --adapter would be given for a row; empty where the recipe leaves it open."""
        return self.adapters.get(row.adapter or "", row.adapter)

    def left_out(self, row: RowSettings) -> str | None:
        """Why a row is not measured; None where it is."""
        if self.model_of(row) == "":
            return f"no model is given: --set models.{row.model}=NAME"
        if self.adapter_of(row) == "":
            return f"no adapter is given: --set adapters.{row.adapter}=FILE"
        return None


def load(given: str, changes: Sequence[str] = ()) -> StudyRecipe:
    """Read a recipe.

    Args:
        given: the name of one that comes with this package, or a TOML file.
        changes: fields to set otherwise, each as `field=value` or `section.field=value`.

    Raises:
        UserError: there is none, or it is not one; names the field.
    """
    return recipe_file.load(StudyRecipe, given, FOLDER, changes)
