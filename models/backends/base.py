"""The protocol that every text backend meets, and the typed values that cross it.

Importing this costs nothing: no client and no engine is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from models.calibration import Calibration

Role = Literal["system", "user", "assistant"]
Finish = Literal["stop", "length", "interrupted"]
CodeBy = Literal["base", "adapter"]
"""Who writes code: the model with its adapter, as it decides and asks, or the base alone."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A conversation to be replied to.

    Args:
        messages: the conversation, the last one by the user.
        reply_prefix: the start of the reply, written for the model; it ends at a token boundary
            (no trailing space). Only a backend whose capabilities say so takes one.
        code: the reply is code; a backend may leave it to the model's base.
    """

    messages: tuple[Message, ...]
    reply_prefix: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a reply is decoded; greedy by default.

    Args:
        max_tokens: most tokens to generate.
        temperature: 0 is greedy decoding.
        top_p: nucleus mass in (0, 1].
        top_k: keep the k most likely tokens; 0 keeps all.
        seed: of the sampler; the same seed gives the same text on the same machine.
        stop: texts that end the reply; they are not part of it.
    """

    max_tokens: int = 1024
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int = 0
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call cost.

    Args:
        prompt_tokens: tokens of the prompt, cached ones included.
        cached_tokens: tokens of the prompt that were in the KV cache already.
        generated_tokens: tokens of the reply that the model wrote.
        prefill_seconds: wall time until the first token of the reply could be chosen.
        decode_seconds: wall time from there to the end.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    prefill_seconds: float = 0.0
    decode_seconds: float = 0.0

    @property
    def tokens_per_second(self) -> float:
        """Decode speed, 0.0 when nothing was generated."""
        return self.generated_tokens / self.decode_seconds if self.decode_seconds > 0 else 0.0

    def __add__(self, other: Usage) -> Usage:
        """The cost of both calls."""
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.cached_tokens + other.cached_tokens,
            self.generated_tokens + other.generated_tokens,
            self.prefill_seconds + other.prefill_seconds,
            self.decode_seconds + other.decode_seconds,
        )


@dataclass(frozen=True, slots=True)
class Completion:
    """A reply.

    Args:
        text: the whole reply, the prompt's reply_prefix included.
        finish: `stop` at the end of the reply, `length` at a limit, `interrupted` by Ctrl-C; an
            interrupted reply keeps the text it had.
        usage: what it cost.
    """

    text: str
    finish: Finish
    usage: Usage


@dataclass(frozen=True, slots=True)
class OpenerMass:
    """How likely a reply is to start with each opener.

    Args:
        mass: a probability per opener, in the order asked for; each over the opener's full token
            sequence when `exact`, else an upper bound from its first token.
        exact: whether every opener's full token sequence was scored.
        usage: what it cost.
    """

    mass: tuple[float, ...]
    exact: bool
    usage: Usage = field(default_factory=Usage)

    @property
    def other(self) -> float:
        """The probability that the reply starts with none of the openers."""
        return max(0.0, 1.0 - sum(self.mass))


@dataclass(frozen=True, slots=True)
class Identity:
    """Which model answers, for reports: names as the user gave them, and the file's hash.

    Args:
        model: its name.
        adapter: of its adapter; None without one.
        sha256: of the model's file, where known; of a merged model that of the merged file.
        code_by: `base` when the model without its adapter writes code; None when the one that decides does.
        adapter_sha256: of the adapter's file, also of one that was merged; None without one.
    """

    model: str
    adapter: str | None = None
    sha256: str | None = None
    code_by: Literal["base"] | None = None
    adapter_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do.

    Args:
        opener_mass: gives log-probabilities of the reply's first tokens.
        reply_prefix: continues a reply that was started for it.
        context_tokens: size of the context window; None when the service does not say.
        calibration: what turns the openers' log-odds into a probability; None where nobody fitted one.
    """

    opener_mass: bool
    reply_prefix: bool
    context_tokens: int | None
    calibration: Calibration | None = None


class TextBackend(Protocol):
    """A source of replies. One thread uses it at a time; close it when done."""

    @property
    def identity(self) -> Identity:
        """Which model answers."""

    @property
    def capabilities(self) -> Capabilities:
        """What this backend can do."""

    def count_tokens(self, prompt: Prompt) -> int | None:
        """Tokens of the rendered prompt; None when only the service knows."""

    def opener_mass(self, prompt: Prompt, openers: Sequence[str]) -> OpenerMass | None:
        """One prefill, no sampling; None when the service gives no log-probabilities.

        Raises:
            ContextOverflow: the prompt does not fit.
            UserError: the service failed.
        """

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        """Generate a reply, streaming its new text to `on_text` piece by piece.

        Ctrl-C ends it at once and returns what there is, with finish `interrupted`.

        Raises:
            ContextOverflow: the prompt does not fit.
            UserError: the service failed.
        """

    def close(self) -> None:
        """Free the model or the connection; safe to call twice."""


@runtime_checkable
class Interruptible(Protocol):
    """A backend that writes replies for several threads, and can end them all."""

    def interrupt(self) -> None:
        """End the replies of other threads, as Ctrl-C does that of the main thread."""
