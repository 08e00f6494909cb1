"""What every judge meets: a variant and a reply to it go in, a judgement comes out."""

from __future__ import annotations

from typing import Protocol

from eval.schema import Judgement, Response, Variant


class Judge(Protocol):
    """Says of a first-round reply whether it asks and how well. One thread uses it at a time."""

    @property
    def name(self) -> str:
        """Name and version: figures of two names never share a column."""

    def judge(self, variant: Variant, response: Response) -> Judgement:
        """Judge one reply.

        Args:
            variant: what was put to the system.
            response: what it did; only the first-round reply is looked at.

        Raises:
            UserError: the service that judges fails, and not for this reply alone.
        """

    def close(self) -> None:
        """Free what it holds; safe to call twice."""
