"""A backend that replays a list of replies, for tests and documents: no model, no network."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from models.backends.base import Capabilities, Completion, Identity, OpenerMass, Prompt, Sampling, Usage


class ScriptedBackend:
    """Replays replies in order, and records the prompts it was given.

    Args:
        replies: texts to give; when a prompt has a reply_prefix, the reply must start with it or is
            taken as its continuation.
        masses: opener masses to give, one per call; when absent, there are no log-probabilities.
        context_tokens: the context window to report; a token is a whitespace-separated word here.
    """

    def __init__(
        self,
        replies: Iterable[str],
        masses: Iterable[tuple[float, ...]] | None = None,
        *,
        reply_prefix: bool = True,
        context_tokens: int | None = None,
    ) -> None:
        self.prompts: list[Prompt] = []
        self.samplings: list[Sampling] = []
        self._replies = deque(replies)
        self._masses = None if masses is None else deque(masses)
        self.identity = Identity(model="scripted")
        self.capabilities = Capabilities(
            opener_mass=masses is not None, reply_prefix=reply_prefix, context_tokens=context_tokens
        )

    def count_tokens(self, prompt: Prompt) -> int | None:
        """Words of all messages."""
        return sum(len(message.content.split()) for message in prompt.messages)

    def opener_mass(self, prompt: Prompt, openers: Sequence[str]) -> OpenerMass | None:
        """The next mass of the script."""
        self.prompts.append(prompt)
        if self._masses is None:
            return None
        return OpenerMass(mass=self._masses.popleft(), exact=True)

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        """The next reply of the script, streamed line by line."""
        self.prompts.append(prompt)
        self.samplings.append(sampling)
        reply = self._replies.popleft()
        new = reply.removeprefix(prompt.reply_prefix)
        if on_text is not None:
            for line in new.splitlines(keepends=True):
                on_text(line)
        usage = Usage(prompt_tokens=self.count_tokens(prompt) or 0, generated_tokens=len(new.split()))
        return Completion(text=prompt.reply_prefix + new, finish="stop", usage=usage)

    def close(self) -> None:
        """Nothing to free."""
