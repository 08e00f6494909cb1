"""Measures what the rows of a study need: each finding once, on the disk before the next is looked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.decision.decider import build_decider
from assistant.decision.request import DecisionSettings, Request
from assistant.setup import backend_choice, decision_settings
from eval.protocol.progress import on_stderr
from eval.requests.reading import Labelled
from eval.rivals.base import Tools
from eval.rivals.catalogue import make
from eval.run import hashes
from eval.study.findings import FindingLog, Measured, Subject
from eval.study.material import cut, in_turn
from eval.study.no_model import NoModel
from eval.study.recipe import RowSettings, StudyRecipe
from eval.study.witnesses import Means, OneSystem, Witness, evidence_witnesses
from models.backends.base import CodeBy, TextBackend
from models.backends.select import open_backend
from models.sandbox.policy import Choice
from models.sandbox.runner import Sandbox, open_sandbox

if TYPE_CHECKING:
    from assistant.config import Settings
    from models.calibration import Calibration

_DIGITS = 4  # of seconds

_Model = tuple[str | None, str | None, CodeBy | None, bool]
"""Model, adapter, who writes code, and whether no model is needed."""


@dataclass(frozen=True, slots=True)
class RowFindings:
    """What was found for a row.

    Args:
        row: as the recipe has it.
        requests: that it was measured on, in the study's order.
        subject: the model.
        calibration: of the adapter's p_ask; None where it has none.
        found: for each request, in the same order, one for each piece of evidence or the system.
        drafts: most that were written for a request; None where none are.
    """

    row: RowSettings
    requests: tuple[Labelled, ...]
    subject: Subject
    calibration: Calibration | None
    found: tuple[tuple[Measured, ...], ...]
    drafts: int | None = None


@dataclass(frozen=True, slots=True)
class _Ask:
    """What a row needs: who looks, at what, and under which names what is found counts for the row."""

    row: RowSettings
    requests: tuple[Labelled, ...]
    witnesses: tuple[tuple[Witness, tuple[str, ...]], ...]


def measure(
    recipe: StudyRecipe,
    requests: Sequence[Labelled],
    settings: Settings,
    log: FindingLog,
    *,
    sandbox: Choice = "auto",
    on_model: Callable[[str], None] = lambda name: None,
) -> list[RowFindings]:
    """Measure what is not in the log yet, one model after the other.

    Args:
        recipe: of the study; rows that it leaves out are not measured.
        requests: of the study.
        settings: how models are opened and decide; model and adapter are the rows'.
        log: of the findings; what is found is added.
        sandbox: for evidence and systems that run code.
        on_model: told the name of each model when it is its turn.

    Returns:
        What was found for each row, in the recipe's order.

    Raises:
        UserError: a model cannot be used, or failed; what was found stays.
    """
    opened = functools.cache(lambda: open_sandbox(sandbox))
    decision = decision_settings(settings.model_copy(update={"ask": "auto", "effort": "low"}))
    done: dict[str, RowFindings] = {}
    for (model, adapter, code_by, alone), rows in _by_model(recipe).items():
        # The recipe alone says which model it is, whatever server the environment names.
        of_row = {"model": model, "adapter": adapter, "code_by": code_by, "base_url": None}
        chosen = settings.model_copy(update=of_row)
        with closing(NoModel() if alone else open_backend(backend_choice(chosen))) as backend:
            subject = Subject("") if alone else _subject(chosen, backend)
            on_model(_named(subject))
            asks = [
                _Ask(
                    row,
                    cut(requests, recipe.limit_of(row), recipe.seed),
                    _witnesses(row, backend, decision, opened),
                )
                for row in rows
            ]
            _fill(asks, subject, log, recipe.seed)
            for ask in asks:
                found = tuple(_of_row(ask, request, subject, log) for request in ask.requests)
                calibration = backend.capabilities.calibration
                drafts = ask.row.plan.drafts or None
                done[ask.row.name] = RowFindings(ask.row, ask.requests, subject, calibration, found, drafts)
    return [done[row.name] for row in recipe.rows if row.name in done]


def _by_model(recipe: StudyRecipe) -> dict[_Model, list[RowSettings]]:
    """The rows of each model with its adapter, so that it is loaded once; systems without a model apart."""
    groups: dict[_Model, list[RowSettings]] = {}
    for row in recipe.rows:
        if recipe.left_out(row) is None:
            alone = row.system is not None and row.model is None
            key = (recipe.model_of(row), recipe.adapter_of(row), row.code_by, alone)
            groups.setdefault(key, []).append(row)
    return groups


def _subject(settings: Settings, backend: TextBackend) -> Subject:
    model_sha256, adapter_sha256 = hashes(backend_choice(settings), backend.identity)
    identity = backend.identity
    return Subject(identity.model, model_sha256, identity.adapter, adapter_sha256, identity.code_by or "")


def _named(subject: Subject) -> str:
    if not subject.model:
        return "without a model"
    return f"{subject.model}@{subject.adapter}" if subject.adapter else subject.model


def _witnesses(
    row: RowSettings, backend: TextBackend, decision: DecisionSettings, sandbox: Callable[[], Sandbox]
) -> tuple[tuple[Witness, tuple[str, ...]], ...]:
    if row.system is not None:
        tools = Tools(backend, build_decider(backend, sandbox), None, sandbox)
        system = OneSystem(row.system, make(row.system, tools).decider, decision)
        return ((system, system.names),)
    means = Means(row.plan, sandbox, decision.sampling)
    return tuple(evidence_witnesses(row.evidence, means, backend))


def _fill(asks: Sequence[_Ask], subject: Subject, log: FindingLog, seed: int) -> None:
    """Look where the log has nothing yet."""
    left: dict[tuple[str, ...], tuple[Witness, Labelled]] = {}
    every = set()
    for ask in asks:
        for witness, _ in ask.witnesses:
            for request in in_turn(ask.requests, seed):
                keys = _keys(witness, request, subject)
                every.add(keys)
                if any(key not in log for key in keys):
                    left.setdefault(keys, (witness, request))
    with on_stderr(len(every), len(every) - len(left)) as advance:
        for keys, (witness, request) in left.items():
            sightings = witness.look(Request(text=request.request))
            log.add(
                Measured(
                    of=key,
                    id=request.id,
                    by=one.by,
                    value=one.value,
                    seconds=round(one.seconds, _DIGITS),
                    shared_seconds=round(one.shared_seconds, _DIGITS),
                    reason=one.reason,
                )
                for key, one in zip(keys, sightings, strict=True)
            )
            advance()


def _of_row(ask: _Ask, request: Labelled, subject: Subject, log: FindingLog) -> tuple[Measured, ...]:
    found = []
    for witness, wanted in ask.witnesses:
        for name, key in zip(witness.names, _keys(witness, request, subject), strict=True):
            if name in wanted:
                # One finding serves all requests of one text; who it was first looked for does not matter.
                found.append(log[key].model_copy(update={"id": request.id}))
    return tuple(found)


def _keys(witness: Witness, request: Labelled, subject: Subject) -> tuple[str, ...]:
    return tuple(subject.key(name, witness.settings, request.request) for name in witness.names)
