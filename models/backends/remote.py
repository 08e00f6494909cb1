"""What all remote backends do alike: one reply, in as many attempts as its failures allow."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing
from typing import TypeVar

from models.backends.base import Completion, Finish
from models.backends.failures import RetryPolicy, Service, ServiceError
from models.backends.streamed import Piece, StreamedReply

T = TypeVar("T")


def guarded(items: Iterator[T], failures: Callable[[], AbstractContextManager[None]]) -> Iterator[T]:
    """The items of a client's iterator, with its exceptions turned into ours.

    Args:
        items: read within `failures`, one at a time; whoever takes them works outside of it.
        failures: makes the context that turns exceptions.
    """
    while True:
        with failures():
            item = next(items, None)
        if item is None:
            return
        yield item


def generate(
    attempt: Callable[[], Generator[Piece]],
    finish_of: Callable[[str], Finish],
    reply: StreamedReply,
    service: Service,
    retries: RetryPolicy,
) -> Completion:
    """Make a reply of what a service sends. Ctrl-C ends it, and what had come is the reply.

    A call is repeated only while nothing was passed on; an error after that keeps what came in `partial`.

    Args:
        attempt: makes the request when its first piece is asked for; closing it hangs up.
        finish_of: tells how a reply ended from the service's own word for it, which may be empty; raises
            when that is no end of a reply.
        reply: takes the pieces.
        service: who is asked.
        retries: how often.

    Raises:
        ContextOverflow: the prompt does not fit.
        BlockedReply: the service withheld the reply.
        EmptyReply: there is no text in it.
        UserError: the service failed otherwise.
    """

    def once() -> Finish:
        reply.begin()
        try:
            with closing(attempt()) as pieces:
                reason = reply.take(pieces)
            if reason is None:
                return "stop"
            finish = finish_of(reason)
            if not reply.text.strip():
                raise service.empty(finish)
            return finish
        except ServiceError as error:
            error.retry = error.retry and not reply.shown
            error.partial = reply.text
            raise

    try:
        return reply.completion(retries.call(once))
    except KeyboardInterrupt:
        return reply.completion("interrupted")
