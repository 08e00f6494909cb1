"""What a model decides on held-out samples, and the calibration of p_ask that is fitted on them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from models.calibration import Calibration, fit
from models.ranking import auroc
from training.evaluation import ask_log_odds, held_out_loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.engine.loss import ReplyModel
    from training.plan import Plan
    from training.run import Prepared


class Fitted(BaseModel):
    """A calibration, and what it was fitted on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calibration: Calibration = Field(description="What the log-odds are turned into p_ask with.")
    samples: int = Field(description="Held-out first-round samples, as many clear as unclear.")
    auroc: float = Field(description="How often an unclear sample has higher log-odds than a clear one.")
    log_odds: tuple[float, ...] = Field(description="Of asking, in nats, for each sample.")
    unclear: tuple[bool, ...] = Field(description="Whether asking was right, in the same order.")


class Look(BaseModel):
    """What a model makes of held-out samples while it is trained."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int = Field(description="That the loss is of.")
    loss: float = Field(description="Weighted as in training, in nats.")
    auroc: float | None = Field(
        description="How often an unclear one of two first rounds has higher log-odds; null without both."
    )
    asked_unclear: float | None = Field(description="Share of unclear first rounds with log-odds above 0.")
    asked_clear: float | None = Field(description="The same of clear ones: false asks.")

    def __str__(self) -> str:
        """In a line, for people."""
        said = f"held-out loss {self.loss:.4f}"
        if self.auroc is None:
            return said
        asks = f"asks {self.asked_unclear:.0%} unclear, {self.asked_clear:.0%} clear"
        return f"{said}, AUROC {self.auroc:.3f}, {asks}"


def look(model: ReplyModel, prepared: Prepared, places: Sequence[int]) -> Look:
    """Measure a model on held-out samples: its loss, and on as many first rounds what it would decide.

    Args:
        model: as it is now.
        prepared: the run.
        places: of the samples that the loss is of.
    """
    plan = prepared.plan
    chosen = balanced(plan, len(places), prepared.recipe.data.seed)
    unclear = [plan.data.samples[place].unclear for place in chosen]
    log_odds = ask_log_odds(model, [plan.data.encoded[place] for place in chosen], prepared.openers)
    asked: dict[bool, list[bool]] = {True: [], False: []}
    for score, is_unclear in zip(log_odds, unclear, strict=True):
        asked[is_unclear].append(score > 0)
    return Look(
        samples=len(places),
        loss=held_out_loss(model, plan, places),
        auroc=auroc(log_odds, unclear) if chosen else None,
        asked_unclear=sum(asked[True]) / len(asked[True]) if chosen else None,
        asked_clear=sum(asked[False]) / len(asked[False]) if chosen else None,
    )


def calibrate(model: ReplyModel, prepared: Prepared) -> Fitted | None:
    """Fit the calibration on held-out first rounds, both classes alike.

    Returns:
        None when there are no held-out samples of one of the classes.
    """
    recipe = prepared.recipe
    chosen = balanced(prepared.plan, recipe.checkpoints.calibration_samples, recipe.data.seed)
    if not chosen:
        return None
    unclear = tuple(prepared.plan.data.samples[place].unclear for place in chosen)
    encoded = [prepared.plan.data.encoded[place] for place in chosen]
    log_odds = ask_log_odds(model, encoded, prepared.openers)
    return Fitted(
        calibration=fit(log_odds, unclear),
        samples=len(chosen),
        auroc=auroc(log_odds, unclear),
        log_odds=tuple(log_odds),
        unclear=unclear,
    )


def balanced(plan: Plan, most: int, seed: int) -> tuple[int, ...]:
    """Places of held-out first rounds, as many clear as unclear; empty where one class has none."""
    sides: tuple[list[int], list[int]] = ([], [])
    for place in plan.held_out:
        sample = plan.data.samples[place]
        if not sample.answers:
            sides[sample.unclear].append(place)
    each = min(len(sides[0]), len(sides[1]), most // 2)
    chance = random.Random(f"calibration:{seed}")
    return tuple(sorted(chance.sample(sides[0], each) + chance.sample(sides[1], each)))
