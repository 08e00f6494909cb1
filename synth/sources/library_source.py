"""What the sources over a library's functions have in common: arguments, options, what they pass over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Self, TypeVar

from synth.sources.base import Skipped, SourceOptions
from synth.sources.library import Library
from synth.sources.recording.recorder import Recorder

T = TypeVar("T")


class LibrarySource:
    """A source over the functions of a package or a path; a subclass has `problems`.

    Args:
        argument: a package or a path.
        options: where recordings are kept, and so on.

    Raises:
        UserError: what the argument names is not there.
    """

    kind: ClassVar[str]
    """As in a spec: `doctest`."""

    def __init__(self, argument: str, options: SourceOptions) -> None:
        self.name = f"{self.kind}:{argument}"
        self.skipped: list[Skipped] = []
        self._argument = argument
        self._options = options
        self._recorder = Recorder(options)
        self._library()  # so that a name that is not there is told at once

    @classmethod
    def open(cls, argument: str, options: SourceOptions) -> Self:
        """The source for `KIND:ARGUMENT`."""
        return cls(argument, options)

    def _library(self) -> Library:
        """The functions anew: it remembers those that it has given."""
        return Library(self._argument, self._options)

    def _kept(self, found: Iterable[T | Skipped]) -> Iterator[T]:
        """What was found; what was passed over is noted."""
        for one in found:
            if isinstance(one, Skipped):
                self.skipped.append(one)
            else:
                yield one
