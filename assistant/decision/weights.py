"""The weights of an effort: those for the adapter in use, else for any, else `opening` as calibrated."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.decision.effort import Effort
from assistant.decision.weigh import Weight, Weights
from models.backends.base import Identity
from models.calibration import Calibration
from models.errors import UserError
from models.faults import first_fault

FILE = Path(__file__).with_name("weights.toml")
ANY, BARE = "any", "none"
"""In place of an adapter's hash: for any model, and for one without an adapter."""

_OPENING = "opening"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Scale(_Record):
    """How the value of a piece of evidence becomes log-odds."""

    scale: float = Field(ge=0, description="Log-odds per unit of the input; more never lowers p_ask.")
    link: Literal["logit", "linear"] = Field(
        default="linear", description="`logit`: the input is the value's own log-odds, else the value."
    )


class WeightsRow(_Record):
    """The weights of one effort with one adapter."""

    effort: Effort = Field(description="That they are for.")
    model: str = Field(default="", description="That they were fitted with; empty for any.")
    adapter: str = Field(
        pattern=r"^(any|none|[0-9a-f]{64})$",
        description="SHA-256 of the adapter's file; `none` for the bare model, `any` for whatever is in use.",
    )
    bias: float | None = Field(
        default=None, description="Log-odds of asking; none with `opening` as the adapter was calibrated."
    )
    of: dict[str, Scale] = Field(description="By evidence.")
    command: str = Field(default="", description="That fitted them; empty when nobody did.")
    data_sha256: str = Field(default="", description="Of the requests that they were fitted on.")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if (self.bias is None) != (_OPENING not in self.of):
            raise ValueError(f"bias and the scale of `{_OPENING}` come together")
        return self

    @property
    def fitted(self) -> bool:
        """Whether they come from data."""
        return bool(self.command)

    def weights(self, calibration: Calibration | None) -> Weights:
        """For `weigh`.

        Args:
            calibration: of the adapter in use; taken for `opening` where the row leaves it open.
        """
        own = Weights.of_opening(calibration)
        of = {name: Weight(one.scale, one.link) for name, one in self.of.items()}
        return Weights(own.bias if self.bias is None else self.bias, {**own.of, **of})


class _File(_Record):
    weights: tuple[WeightsRow, ...] = ()


def read(file: Path = FILE) -> tuple[WeightsRow, ...]:
    """All rows of a file.

    Raises:
        UserError: it cannot be read, has another form, or two rows are for the same.
    """
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        rows = _File.model_validate(content).weights
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"cannot be read: {error}", where=str(file)) from error
    except ValidationError as error:
        raise UserError(str(first_fault(error)), where=str(file)) from error
    keys = [(row.effort, row.model, row.adapter) for row in rows]
    if len(set(keys)) < len(keys):
        raise UserError("two rows are for the same effort, model and adapter", where=str(file))
    return rows


@functools.cache
def _shipped() -> tuple[WeightsRow, ...]:
    return read()


def weights_of(effort: Effort, identity: Identity, calibration: Calibration | None) -> Weights:
    """The weights to decide by: the row of model and adapter, else of the adapter, else of any.

    Args:
        effort: of the decision.
        identity: which model decides.
        calibration: of its adapter.
    """
    adapter = identity.adapter_sha256 or BARE
    # A bare model goes by its name alone; an adapter is the same on all files of its base.
    wanted = [(identity.model, adapter), ("", adapter), ("", ANY)]
    rows = [row for row in _shipped() if row.effort == effort]
    known = {(row.model, row.adapter): row for row in rows}
    if adapter != BARE:
        known |= {("", row.adapter): row for row in rows if row.adapter == adapter}
    row = next((known[key] for key in wanted if key in known), None)
    return row.weights(calibration) if row else Weights.of_opening(calibration)
