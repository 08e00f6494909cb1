"""What a run would take, before any call is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from models.backends.base import Prompt
from synth.gate import tokens
from synth.modifications.llm.prices import Price, price_of
from synth.modifications.llm.prompts import ask_prompt, modify_prompt
from synth.modifications.llm.requests import write_request
from synth.modifications.llm.settings import LlmSettings
from synth.schema import Problem

# A reply to the first step thinks aloud and repeats the request; one to the second thinks and asks.
_THINKING, _QUESTIONS = 250, 80


@dataclass(frozen=True, slots=True)
class Estimate:
    """Calls, tokens and money.

    Args:
        problems: to be worked on.
        calls: two for each type of each problem; those repeated after failures come on top.
        prompt_tokens: of all calls.
        reply_tokens: what is likely.
        most_reply_tokens: when every reply goes to its limit.
        price: of the model; None when it is not known.
    """

    problems: int
    calls: int
    prompt_tokens: int
    reply_tokens: int
    most_reply_tokens: int
    price: Price | None

    @property
    def cost(self) -> float | None:
        """US dollars, likely."""
        return None if self.price is None else self.price.of(self.prompt_tokens, self.reply_tokens)

    @property
    def most_cost(self) -> float | None:
        """US dollars, when every reply goes to its limit."""
        return None if self.price is None else self.price.of(self.prompt_tokens, self.most_reply_tokens)

    def lines(self) -> tuple[str, ...]:
        """For people."""
        if self.cost is None or self.most_cost is None:
            money = "cost: not known for this model"
        else:
            money = f"cost: about ${self.cost:,.2f}, at most ${self.most_cost:,.2f}"
        return (
            f"problems: {self.problems:,}",
            f"calls: {self.calls:,}",
            f"prompt tokens: about {self.prompt_tokens:,}",
            f"reply tokens: about {self.reply_tokens:,}, at most {self.most_reply_tokens:,}",
            money,
        )


def estimate(problems: Iterable[Problem], settings: LlmSettings, base_url: str | None = None) -> Estimate:
    """Add up what a run over problems would take; no call is made.

    Args:
        problems: those that would be worked on.
        settings: the generator's.
        base_url: where the model would be asked, if not at the service itself.
    """
    count = prompt = reply = 0
    for problem in problems:
        count += 1
        text = write_request(problem, settings.look, Random(problem.id)).text
        size = tokens.estimate(text)
        for flaw in settings.flaws:
            prompt += _size(modify_prompt(flaw, text)) + _size(ask_prompt(flaw, text, text))
            reply += min(settings.max_tokens, size + _THINKING)
            reply += min(settings.max_tokens, _QUESTIONS + _THINKING)
    calls = 2 * count * len(settings.flaws)
    return Estimate(
        problems=count,
        calls=calls,
        prompt_tokens=prompt,
        reply_tokens=reply,
        most_reply_tokens=calls * settings.max_tokens,
        price=price_of(settings.model, base_url),
    )


def _size(prompt: Prompt) -> int:
    return sum(tokens.estimate(message.content) for message in prompt.messages)
