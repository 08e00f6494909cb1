"""What can go wrong with a remote service: whether to try again, and one sentence for people.

Each backend reads its own client's exceptions into a `Refusal` or names the row itself; the table, the
wording and the retries are the same for all. No client is imported here. Whatever a service says is cleaned,
cut and freed of the key before anyone sees it, and the client's own exception is left out of the chain,
since its text may repeat the key.
"""

from __future__ import annotations

import errno
import logging
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from models.backends.base import Finish
from models.backends.refusals import FailureName, Refusal, failure_name, overflows, retry_after, sizes
from models.console import clean
from models.errors import ContextOverflow, UserError

if TYPE_CHECKING:
    from tenacity import RetryCallState

log = logging.getLogger(__name__)

T = TypeVar("T")

_DETAIL_LENGTH = 240
_KEY_SHAPES = re.compile(r"\b(?:sk-|AIza|Bearer )[\w.-]{8,}")


@dataclass(frozen=True, slots=True)
class Failure:
    """One row of the table.

    Args:
        name: what others know it by.
        retry: whether trying again the same way may help.
        what: the sentence; `{model}` is filled in.
        do: what the reader can do; `{model}` and `{key}`, the name of the key's setting, are filled in.
    """

    name: FailureName
    retry: bool
    what: str
    do: str = ""


_CHECK_ADDRESS = "check the model's name and the address (most servers want it to end in /v1)"
_ROWS = (
    Failure("key-refused", False, "the service refuses the key", "check {key}"),
    Failure("forbidden", False, "the key may not use the model {model}", "check the account of {key}"),
    Failure("not-found", False, "there is no model {model} at this address", _CHECK_ADDRESS),
    Failure("redirected", False, "the service has moved", "use the new address as the base URL"),
    Failure("too-large", False, "the request is too large for the service", "shorten the request"),
    Failure("refused-request", False, "the service refuses the request"),
    Failure("rate-limited", True, "the service gets too many requests", "wait a little and try again"),
    Failure("out-of-quota", False, "the account has no quota left", "check the account of {key}"),
    Failure("overloaded", True, "the service is overloaded", "try again later"),
    Failure("server-error", True, "the service failed", "try again later"),
    Failure("timeout", True, "the service did not answer in time", "try again, or check that it is up"),
    # A person has to start the server or join the network: waiting would only hide that.
    Failure("connection-refused", False, "nothing answers there", "start the server or check the address"),
    Failure("no-network", False, "the host cannot be reached", "check the network and the address"),
    Failure("certificate", False, "no safe connection can be made", "check the address and its certificate"),
    Failure("connection-lost", True, "the connection was lost", "try again"),
    Failure("malformed", True, "the answer cannot be read", "try again, or check the address"),
    Failure("other-protocol", False, "this is not a server of the chat protocol", "check the address"),
    # The same request is likely to be answered the same way; who samples again may ask again.
    Failure("blocked", False, "the service blocked the reply", "word the request differently"),
    Failure("empty", False, "the reply of {model} is empty", "word the request differently"),
)
_TABLE: dict[FailureName, Failure] = {row.name: row for row in _ROWS}


class ServiceError(UserError):
    """A remote service failed.

    Args:
        failure: the row of the table.
        where: the service's address.
        what: the row's sentence, filled in.
        do: the row's advice, filled in.
        retry_after: seconds that the service asks to wait; None when it does not say.
    """

    def __init__(
        self, failure: Failure, *, where: str, what: str, do: str, retry_after: float | None = None
    ) -> None:
        self.name = failure.name
        self.retry = failure.retry
        self.retry_after = retry_after
        self.partial = ""
        """The text of the reply that had arrived before the failure."""
        super().__init__(what, do=do, where=where)


class BlockedReply(ServiceError):
    """The service withheld the reply, or the rest of it, for its content."""


class EmptyReply(ServiceError):
    """The service answered, and there is no text in it."""


class RemoteContextOverflow(ContextOverflow):
    """A prompt does not fit the context of a service's model.

    Args:
        prompt_tokens: tokens of the prompt, 0 when the service does not say.
        context_tokens: size of the context, 0 when the service does not say.
        where: the service's address.
    """

    def __init__(self, prompt_tokens: int, context_tokens: int, *, where: str = "") -> None:
        ContextOverflow.__init__(self, prompt_tokens, context_tokens, where=where)
        if not 0 < context_tokens <= prompt_tokens:
            size = f" of {context_tokens} tokens" if context_tokens else ""
            self.what = f"prompt and reply together do not fit the model's context{size}"
        self.do = "shorten the request or the file, or give a smaller --max-tokens"


_CLASSES: dict[FailureName, type[ServiceError]] = {"blocked": BlockedReply, "empty": EmptyReply}


@dataclass(frozen=True, slots=True)
class Service:
    """Who is talked to, as far as messages need it.

    Args:
        where: the address as people know it, without user names or keys.
        model: the model's name there.
        key: how people call the setting that holds the key.
        secret: the key itself, so that it can be kept out of every message.
    """

    where: str
    model: str
    key: str
    secret: str = field(default="", repr=False)

    def failed(
        self, name: FailureName, detail: str = "", *, do: str = "", retry_after: float | None = None
    ) -> ServiceError:
        """The error of the table's row `name`.

        Args:
            name: of the row.
            detail: what is known beyond the row, such as the service's own words.
            do: replaces the row's advice.
            retry_after: seconds that the service asks to wait.
        """
        failure = _TABLE[name]
        what = failure.what.format(model=self.model)
        said = self.without_key(detail)
        kind = _CLASSES.get(name, ServiceError)
        return kind(
            failure,
            where=self.where,
            what=f"{what} ({said})" if said else what,
            do=do or failure.do.format(model=self.model, key=self.key),
            retry_after=retry_after,
        )

    def empty(self, finish: Finish) -> ServiceError:
        """The error for a reply without text; at the length limit all of it went to what is not the reply."""
        if finish == "length":
            return self.failed("empty", "it reached its limit first", do="give a larger --max-tokens")
        return self.failed("empty")

    def refused(self, refusal: Refusal) -> ServiceError | RemoteContextOverflow:
        """The error for an answer that is no reply."""
        log.debug("%s answered %d: %s", self.where, refusal.status, self.without_key(refusal.message))
        if overflows(refusal):
            return RemoteContextOverflow(*sizes(refusal), where=self.where)
        name = failure_name(refusal)
        detail = refusal.headers.get("location", "") if name == "redirected" else refusal.message
        return self.failed(name, detail, retry_after=retry_after(refusal))

    def unreadable(self, error: BaseException) -> ServiceError:
        """The error for an answer that a client could not make sense of."""
        log.debug("%s: %s", self.where, self.without_key(repr(error)))
        return self.failed("malformed")

    def unreachable(self, error: BaseException) -> ServiceError:
        """The error for an exception that a client's transport raised."""
        log.debug("%s: %s", self.where, self.without_key(repr(error)))
        causes = list(_chain(error))
        if any(isinstance(cause, ssl.SSLError) for cause in causes):
            return self.failed("certificate", str(causes[-1]))
        if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
            return self.failed("connection-refused")
        if any(isinstance(cause, socket.gaierror) or _no_route(cause) for cause in causes):
            return self.failed("no-network")
        if any({"TimeoutError", "TimeoutException"} & _class_names(cause) for cause in causes):
            return self.failed("timeout")
        if any({"ConnectError", "ProxyError"} & _class_names(cause) for cause in causes):
            return self.failed("no-network", str(causes[-1]))
        return self.failed("connection-lost")

    def without_key(self, text: str) -> str:
        """Text of a service, fit to be shown: one line, no control characters, no key, not too long."""
        line = " ".join(clean(text).split())
        if len(self.secret) >= 4:  # anything shorter is a placeholder, and would be found everywhere
            line = line.replace(self.secret, "***")
        line = _KEY_SHAPES.sub("***", line)
        return line if len(line) <= _DETAIL_LENGTH else line[: _DETAIL_LENGTH - 1] + "…"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and what led to it, outermost first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def is_transport_error(error: BaseException) -> bool:
    """Whether an exception comes from the connection, not from the client or from our own code."""
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0].rstrip("2") in {
        "httpx",
        "httpcore",
    }


def _class_names(error: BaseException) -> set[str]:
    """By name, because the clients may sit on httpx or on httpx2, whose exceptions are namesakes."""
    return {kind.__name__ for kind in type(error).__mro__}


def _no_route(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a failed call is made again: with growing, jittered pauses, or those the service asks for.

    Args:
        attempts: most calls in all, at least 1.
        patience: seconds since the first call after which none is begun; a service that asks to wait longer
            is not waited for.
        first_pause: seconds before the second call, about; each further pause doubles, up to a minute.
        sleep: what waits; tests pass their own.
    """

    attempts: int = 5
    patience: float = 300.0
    first_pause: float = 0.5
    sleep: Callable[[float], None] = time.sleep

    def call(self, work: Callable[[], T]) -> T:
        """Run `work`, again while it fails in a way that may pass.

        Raises:
            UserError: the last failure, as `work` raised it.
        """
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, stop_before_delay
        from tenacity.wait import wait_exponential_jitter

        growing = wait_exponential_jitter(initial=self.first_pause, max=60.0, jitter=self.first_pause)

        def pause(state: RetryCallState) -> float:
            asked = getattr(_failure_of(state), "retry_after", None)
            return growing(state) if asked is None else float(asked) + growing(state) * 0.1

        def tell(state: RetryCallState) -> None:
            log.info("%s; trying again in %.1f s", _failure_of(state), state.upcoming_sleep)

        retrying = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, ServiceError) and error.retry),
            stop=stop_after_attempt(self.attempts) | stop_before_delay(self.patience),
            wait=pause,
            sleep=self.sleep,
            before_sleep=tell,
            reraise=True,
        )
        return retrying(work)


def _failure_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
