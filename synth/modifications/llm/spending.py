"""What a run has taken so far: calls, tokens and, where the price is known, money."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from models.backends.base import Usage
from synth.modifications.llm.prices import Price


@dataclass(frozen=True, slots=True)
class Spent:
    """The sums.

    Args:
        calls: that were answered with a reply.
        kept: replies of an earlier run that were used again, and cost nothing.
        unusable: answers without a usable reply: empty or blocked. Their tokens are not known.
        prompt_tokens: of all calls.
        reply_tokens: of all calls.
        cost: US dollars; None when the price is not known.
    """

    calls: int = 0
    kept: int = 0
    unusable: int = 0
    prompt_tokens: int = 0
    reply_tokens: int = 0
    cost: float | None = None

    def __str__(self) -> str:
        """One line for people."""
        tokens = f"{self.prompt_tokens:,} prompt and {self.reply_tokens:,} reply tokens"
        money = "price not known" if self.cost is None else f"about ${self.cost:.2f}"
        return f"{self.calls:,} calls ({self.kept:,} kept, {self.unusable:,} unusable), {tokens}, {money}"


class Ledger:
    """Adds up; threads share it.

    Args:
        price: of the model; None where it is not known.
    """

    def __init__(self, price: Price | None) -> None:
        self._price = price
        self._lock = threading.Lock()
        self._spent = Spent()

    def called(self, usage: Usage) -> None:
        """Add a call that was answered."""
        with self._lock:
            self._spent = replace(
                self._spent,
                calls=self._spent.calls + 1,
                prompt_tokens=self._spent.prompt_tokens + usage.prompt_tokens,
                reply_tokens=self._spent.reply_tokens + usage.generated_tokens,
            )

    def kept(self) -> None:
        """Add a reply that was there already."""
        with self._lock:
            self._spent = replace(self._spent, kept=self._spent.kept + 1)

    def unusable(self) -> None:
        """Add an answer that is no reply."""
        with self._lock:
            self._spent = replace(self._spent, unusable=self._spent.unusable + 1)

    @property
    def spent(self) -> Spent:
        """The sums so far."""
        with self._lock:
            spent = self._spent
        if self._price is None:
            return spent
        return replace(spent, cost=self._price.of(spent.prompt_tokens, spent.reply_tokens))
