"""A clock that moves when it is told to, and a backend that takes its time by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from models.backends.base import Completion, Prompt, Sampling
from models.backends.scripted import ScriptedBackend


class Clock:
    """Seconds that pass when somebody says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class SlowBackend(ScriptedBackend):
    """Each line of a reply takes so many seconds."""

    def __init__(self, replies: Iterable[str], clock: Clock, seconds_per_line: float) -> None:
        super().__init__(replies, [(0.1, 0.9)] * 9)
        self._clock, self._seconds = clock, seconds_per_line

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        def slowly(line: str) -> None:
            self._clock.now += self._seconds
            if on_text is not None:
                on_text(line)

        return super().complete(prompt, sampling, slowly)
