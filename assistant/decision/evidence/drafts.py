"""Evidence `drafts`: programs written for the same request that do different things on the same inputs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from assistant.decision.drafts.inputs import all_variations, gathered
from assistant.decision.drafts.naming import name_of
from assistant.decision.drafts.running import clusters, disagreement, first_difference, text_of
from assistant.decision.drafts.writing import Drafting
from assistant.decision.outcome import Finding
from assistant.decision.request import Request
from models.backends.base import Prompt, TextBackend
from models.shown import shown

_LONGEST = 60  # characters of a value in a reason


class Drafts:
    """The share of the drafts outside the largest group that does the same.

    Args:
        drafting: the drafts, which other evidence may share.
    """

    name = "drafts"

    def __init__(self, drafting: Drafting) -> None:
        self._drafting = drafting

    def look(self, request: Request, prompt: Prompt, backend: TextBackend) -> Finding | None:
        """None when fewer than two drafts can be run, or there is nothing to run them on."""
        started = time.perf_counter()
        programs = self._drafting.programs(request, backend)
        name = name_of(request.text, programs) if len(programs) > 1 else None
        if name is None:
            return None
        calls = self._inputs(request, name, backend)
        rows = self._drafting.observed(request, backend, calls)
        seen = [tuple(map(text_of, one)) for one in rows if any(each.outcome == "value" for each in one)]
        groups = clusters(seen)
        value = disagreement([len(group) for group in groups])
        if value is None:
            return None
        return Finding(
            name=self.name,
            value=value,
            cost_seconds=time.perf_counter() - started,
            reason=_reason(calls, [seen[group[0]] for group in groups], seen),
        )

    def _inputs(self, request: Request, name: str, backend: TextBackend) -> tuple[str, ...]:
        """Calls that the request shows and that the model proposes, and variations of both."""
        of_request = [one.call for one in shown(request.text, name)]
        of_model = self._drafting.proposed(request, name, backend)
        return gathered([*of_request, *of_model], name, all_variations)


def _reason(calls: Sequence[str], groups: Sequence[tuple[str, ...]], seen: Sequence[tuple[str, ...]]) -> str:
    if len(groups) == 1:
        return f"{len(seen)} drafts do the same on {len(calls)} inputs"
    place = first_difference(groups[0], groups[1])
    counted = Counter(one[place] for one in seen).most_common()
    told = ", ".join(f"{count} give {_short(text)}" for text, count in counted)
    return f"{len(seen)} drafts do {len(groups)} different things: for {_short(calls[place])}, {told}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
