"""One call to a model: within the rate limit, counted, kept, and repeated when nothing usable comes."""

from __future__ import annotations

import logging

from models.backends.base import Completion, Prompt, Sampling, TextBackend
from models.backends.failures import BlockedReply, EmptyReply, RetryPolicy, ServiceError
from models.errors import ContextOverflow, UserError
from synth.gate.reason import Reason
from synth.gate.tokens import estimate
from synth.modifications.llm.access import Access
from synth.modifications.llm.kept import KeptReplies, reply_key
from synth.modifications.llm.limits import RateLimit
from synth.modifications.llm.spending import Ledger
from synth.modifications.llm.stop import Stop

_log = logging.getLogger(__name__)

# The service understood, and will not do this one; the next request may be another matter.
_OF_THIS_REQUEST = frozenset({"refused-request", "too-large"})


class Caller:
    """Asks models; threads share it, each with a backend of its own.

    Args:
        access: limits and patience.
        attempts: most tries of a call whose reply is empty or blocked.
        ledger: what is spent is added there.
        stop: set by the first failure that is no single request's own.
        kept: replies of earlier runs; None keeps none.
    """

    def __init__(
        self, access: Access, attempts: int, ledger: Ledger, stop: Stop, kept: KeptReplies | None
    ) -> None:
        self._access = access
        self._attempts = attempts
        self._ledger = ledger
        self._stop = stop
        self._kept = kept
        self._limit = RateLimit(access.requests_per_minute, access.tokens_per_minute, sleep=stop.sleep)

    @property
    def retries(self) -> RetryPolicy:
        """For the backends: their own retries wait in the same line, and end with the run."""
        return RetryPolicy(
            attempts=self._access.attempts,
            patience=self._access.patience,
            first_pause=self._access.first_pause,
            sleep=self._before_retry,
        )

    def ask(self, backend: TextBackend, prompt: Prompt, sampling: Sampling) -> Completion | Reason:
        """Get a reply.

        Args:
            backend: this thread's.
            prompt: what to ask.
            sampling: how to decode.

        Returns:
            The reply, or why this prompt gets none.

        Raises:
            UserError: the service fails, not for this prompt alone; or the run is over.
        """
        if self._kept is None:
            return self._tried(backend, prompt, sampling)
        key = reply_key(backend.identity, self._access.base_url or "", prompt, sampling)
        if known := self._kept.get(key):
            self._ledger.kept()
            return known
        reply = self._tried(backend, prompt, sampling)
        if isinstance(reply, Completion):
            self._kept.put(key, reply)
        return reply

    def _tried(self, backend: TextBackend, prompt: Prompt, sampling: Sampling) -> Completion | Reason:
        reason = Reason("empty")
        for attempt in range(self._attempts):
            if attempt:
                self._stop.sleep(self._access.first_pause * 2 ** (attempt - 1))
            self._stop.check()
            try:
                return self._once(backend, prompt, sampling)
            except BlockedReply as error:
                reason = Reason("refusal", error.what)
            except EmptyReply as error:
                reason = Reason("empty", error.what)
            except ContextOverflow as error:
                return Reason("too long", error.what)
            except ServiceError as error:
                return self._given_up(error)
            self._ledger.unusable()
        return reason

    def _once(self, backend: TextBackend, prompt: Prompt, sampling: Sampling) -> Completion:
        ticket = self._limit.wait(self._expected(prompt))
        reply = backend.complete(prompt, sampling)
        self._limit.settle(ticket, reply.usage.prompt_tokens + reply.usage.generated_tokens)
        self._stop_if_interrupted(reply)
        self._ledger.called(reply.usage)
        return reply

    def _expected(self, prompt: Prompt) -> int:
        """Tokens of a prompt and its reply, which is about as long as the texts that it is about."""
        if self._access.tokens_per_minute is None:
            return 0
        return 2 * sum(estimate(message.content) for message in prompt.messages)

    def _stop_if_interrupted(self, reply: Completion) -> None:
        if reply.finish == "interrupted":  # by Ctrl-C, where a backend works in the main thread
            self._stop.set()
            raise KeyboardInterrupt

    def _given_up(self, error: ServiceError) -> Reason:
        """What a failure means that no retry has cured.

        Raises:
            UserError: it may be the service's, or the settings' fault, and would meet every request.
        """
        answered = self._ledger.spent.calls > 0
        own = error.name in _OF_THIS_REQUEST or (error.retry and self._access.give_up)
        if own and answered:
            _log.warning("one request is given up: %s", error)
            return Reason("failed", error.what)
        ended = UserError(
            error.what, where=error.where, do=f"{error.do or 'try again'}; run it again: it continues"
        )
        self._stop.set(ended)
        raise ended from None

    def _before_retry(self, seconds: float) -> None:
        self._stop.sleep(seconds)
        self._limit.wait(0)
