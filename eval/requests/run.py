"""Decides about every request of some files, with the assistant's own decision; nothing is generated."""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.decision.decider import build_decider
from assistant.decision.request import Request
from assistant.setup import backend_choice, decision_settings
from eval.protocol.progress import on_stderr
from eval.requests.figures import Decided, RequestFigures, kind_figures
from eval.requests.reading import Labelled, digest, read_requests
from eval.run import hashes
from eval.store import append, read
from models.backends.select import open_backend
from models.errors import UserError

if TYPE_CHECKING:
    from assistant.config import Settings


def decide(files: Sequence[Path], settings: Settings, *, out: Path | None, command: str) -> RequestFigures:
    """Decide about every request, or go on where an earlier call with the same log stopped.

    Args:
        files: of requests.
        settings: which model, and how it decides.
        out: log of the decisions, whoever made them; None keeps none.
        command: the command line, for the record.

    Raises:
        UserError: a file or the model cannot be used.
    """
    requests = read_requests(files)
    choice = backend_choice(settings)
    decision = decision_settings(settings.model_copy(update={"ask": "auto"}))
    with closing(open_backend(choice)) as backend:
        decider = build_decider(backend)
        model_sha256, adapter_sha256 = hashes(choice, backend.identity)
        by = f"{model_sha256} {adapter_sha256} {decision.threshold}"
        if decision.effort != "low":
            by += f" {decision.effort} {backend.identity.code_by or 'adapter'}"  # who writes the drafts
        known = _known(out, requests, by) if out else {}
        left = [one for one in requests if one.id not in known]
        with on_stderr(len(requests), len(requests) - len(left)) as advance:
            for one in left:
                started = time.perf_counter()
                verdict = decider.verdict(Request(text=one.request), decision)
                if verdict.p_ask is None:
                    raise UserError("this model gives no p_ask", do="use a local model")
                known[one.id] = Decided(
                    id=one.id,
                    of=_of(one, by),
                    p_ask=verdict.p_ask,
                    asked=verdict.decision == "ask",
                    seconds=round(time.perf_counter() - started, 4),
                )
                if out:
                    append(out, [known[one.id]])
                advance()
    kinds, false_asks, ece = kind_figures(requests, known)
    return RequestFigures(
        model=backend.identity.model,
        model_sha256=model_sha256,
        adapter=backend.identity.adapter,
        adapter_sha256=adapter_sha256,
        requests_sha256=digest(requests),
        threshold=decision.threshold,
        effort=decision.effort,
        command=command,
        clear=sum(not one.unclear for one in requests),
        pairs=len({one.pair for one in requests}),
        false_asks=false_asks,
        kinds=kinds,
        ece=ece,
        seconds_per_decision=statistics.median(known[one.id].seconds for one in requests),
    )


def _known(log: Path, requests: Sequence[Labelled], by: str) -> dict[str, Decided]:
    """What the log says of these very requests, by id."""
    if not log.exists():
        return {}
    wanted = {one.id: _of(one, by) for one in requests}
    return {one.id: one for one in read(log, Decided)[0] if one.of == wanted.get(one.id)}


def _of(request: Labelled, by: str) -> str:
    return hashlib.sha256(f"{by}\n{request.request}".encode()).hexdigest()[:16]
