"""The generator `llm`: for each type of flaw a model modifies a problem's text, then asks about it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from models.backends.base import Identity, TextBackend
from models.backends.failures import RetryPolicy
from models.errors import UserError
from models.reply import Question, render_code, render_questions
from synth.gate.leaks import leaks
from synth.gate.reason import Reason
from synth.gate.refusals import refusals
from synth.modifications.llm.access import Access, from_environment, is_local, open_backend
from synth.modifications.llm.caller import Caller
from synth.modifications.llm.kept import KeptReplies
from synth.modifications.llm.leases import Leases
from synth.modifications.llm.prices import price_of
from synth.modifications.llm.prompts import ask_prompt, modify_prompt, prompt_sha256
from synth.modifications.llm.replies import read_questions, read_request
from synth.modifications.llm.requests import Request, write_request
from synth.modifications.llm.settings import LlmSettings, read_settings
from synth.modifications.llm.spans import change_between
from synth.modifications.llm.spending import Ledger, Spent
from synth.modifications.llm.stop import Stop
from synth.output.entry import Dropped
from synth.schema import Flaw, Problem, Provenance, Sample, type_of

_log = logging.getLogger(__name__)

Opener = Callable[[RetryPolicy], TextBackend]


class LlmGenerator:
    """Makes samples with a model. Any number of threads may use it at a time; close it when done.

    The first failure that no single request is to blame for ends the work of all threads; a run after that
    goes on, and takes the replies that had come from where they are kept.

    Args:
        seed: of the sampler; it is recorded with each sample.
        access: addresses, keys and limits; None takes them from the environment.
        opener: opens a backend in place of the one that the options name.
        options: fields of `LlmSettings`.

    Raises:
        UserError: an option is wrong, or the kept replies cannot be read.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        access: Access | None = None,
        opener: Opener | None = None,
        **options: Any,
    ) -> None:
        self.settings: LlmSettings = read_settings(options)
        access = from_environment() if access is None else access
        self._seed = seed
        self._sampling = self.settings.sampling(seed)
        self._stop = Stop()
        self._ledger = Ledger(price_of(self.settings.model, access.base_url))
        kept = KeptReplies(_kept_file(access.replies, self.settings.model)) if access.replies else None
        self._caller = Caller(access, self.settings.attempts, self._ledger, self._stop, kept)
        self._opener = opener or partial(open_backend, self.settings, access)
        self._backends = Leases(self._open, 1 if is_local(self.settings, access) else None)

    @property
    def spent(self) -> Spent:
        """What it has taken so far."""
        return self._ledger.spent

    def samples(self, problem: Problem, rng: Random) -> Iterator[Sample | Dropped]:
        """Yield a problem's samples: the clear request, then an unclear one of each type.

        Args:
            problem: verified: its solution passes its examples and tests.
            rng: for the drawn look.

        Yields:
            Where the model's reply cannot be used, what was dropped and why.

        Raises:
            UserError: the service cannot be used; what was yielded before stays good.
        """
        request = write_request(problem, self.settings.look, rng)
        if self.settings.originals:
            yield self._clear(problem, request)
        for flaw in self.settings.flaws:
            self._stop.check()
            made = self._made(problem, request, flaw)
            if isinstance(made, Reason):
                yield Dropped(self._id(problem, flaw), type_of([flaw]), made)
            else:
                yield made

    def close(self) -> None:
        """End the work of all threads, and close what is open; safe to call twice."""
        if not self._stop.is_set:
            _log.info("%s: %s", self.settings.model, self.spent)
        self._stop.set()
        self._backends.close()

    def _open(self) -> TextBackend:
        self._stop.check()
        return self._opener(self._caller.retries)

    def _made(self, problem: Problem, request: Request, flaw: Flaw) -> Sample | Reason:
        try:
            with self._backends.one() as backend:
                reply = self._caller.ask(backend, modify_prompt(flaw, request.text), self._sampling)
                text = reply if isinstance(reply, Reason) else read_request(reply, request.text)
                if isinstance(text, Reason):
                    return text
                reply = self._caller.ask(backend, ask_prompt(flaw, request.text, text), self._sampling)
                asked = reply if isinstance(reply, Reason) else read_questions(reply)
                if isinstance(asked, Reason):
                    return asked
                identity = backend.identity
        except UserError as error:  # one that cannot be opened, too, ends the work of all
            self._stop.set(error)
            raise
        sample = self._unclear(problem, request, flaw, text, asked, identity)
        return leaks(sample, problem) or refusals(sample, problem) or sample

    def _clear(self, problem: Problem, request: Request) -> Sample:
        return self._sample(
            problem,
            request,
            id=self._id(problem, "clear"),
            problem=request.text,
            answer=render_code(request.problem.solution),
            type="Original",
            examples=request.examples,
            provenance=Provenance(generator="llm", seed=self._seed),
        )

    def _unclear(
        self,
        problem: Problem,
        request: Request,
        flaw: Flaw,
        text: str,
        asked: tuple[Question, ...],
        identity: Identity,
    ) -> Sample:
        return self._sample(
            problem,
            request,
            id=self._id(problem, flaw),
            problem=text,
            answer=render_questions(asked),
            type=type_of([flaw]),
            examples=request.examples_in(text),
            change=change_between(request.text, text, flaw),
            questions=asked,
            provenance=Provenance(
                generator="llm",
                model=identity.model,
                prompt_sha256=prompt_sha256(flaw),
                seed=self._seed,
            ),
        )

    def _sample(self, source: Problem, request: Request, **fields: object) -> Sample:
        return Sample.model_validate({
            "source_id": source.id,
            "group": source.group,
            "shape": request.problem.shape,
            "name": request.problem.name,
            "solution": request.problem.solution,
            "licence": source.licence,
            **fields,
        })

    def _id(self, problem: Problem, label: str) -> str:
        """Up to its last colon it is the same for all samples of a problem, which are each other's twins."""
        return f"llm:{self._seed}:{problem.id}:{label}"


def _kept_file(folder: Path, model: str) -> Path:
    """One file a model, so that none grows without end."""
    return folder / f"{hashlib.sha256(model.encode()).hexdigest()[:16]}.jsonl"
