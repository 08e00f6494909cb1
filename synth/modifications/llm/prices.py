"""What tokens cost, from the table in prices.toml."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).with_name("prices.toml")
_DATED = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{3}|preview.*|latest)$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens.

    Args:
        prompt: of what is sent.
        reply: of what is written, thinking included.
    """

    prompt: float
    reply: float

    def of(self, prompt_tokens: int, reply_tokens: int) -> float:
        """US dollars for so many tokens."""
        return (prompt_tokens * self.prompt + reply_tokens * self.reply) / 1e6


def price_of(model: str, base_url: str | None = None) -> Price | None:
    """The price of a service's model; None where it is not known, as for any server of one's own.

    Args:
        model: `gemini:NAME` or `openai:NAME`.
        base_url: where the model is asked, if not at the service itself.
    """
    service, _, name = model.partition(":")
    rows = _table().get(service, {})
    if base_url:
        return None
    return rows.get(name) or rows.get(_DATED.sub("", name))


@functools.cache
def _table() -> dict[str, dict[str, Price]]:
    services = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {
        service: {name: Price(**price) for name, price in rows.items()} for service, rows in services.items()
    }
