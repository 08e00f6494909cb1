"""Evidence `examples`: drafts against the examples that the request itself shows.

An example that no draft meets, though the drafts meet others, contradicts the text they were written for.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from assistant.decision.drafts.naming import entry_point, name_of
from assistant.decision.drafts.running import text_of
from assistant.decision.drafts.writing import Drafting
from assistant.decision.outcome import Finding
from assistant.decision.request import Request
from models.backends.base import Prompt, TextBackend
from models.sandbox.observation import Observation
from models.sandbox.plain import Comparison, NotPlain, literal
from models.shown import ShownExample, shown

# A list for a tuple, or 2 for 2.0, is a matter of form; what a request says and shows differs by more.
_ALIKE = Comparison(tolerance=1e-6, tuple_is_list=True)
_LONGEST = 80  # characters of a call or a value in a reason


class Examples:
    """How far the examples contradict the rest of the request, judged by drafts.

    Args:
        drafting: the drafts, which other evidence may share.
    """

    name = "examples"

    def __init__(self, drafting: Drafting) -> None:
        self._drafting = drafting

    def look(self, request: Request, prompt: Prompt, backend: TextBackend) -> Finding | None:
        """None when the request shows no example, or no draft can be run on them."""
        started = time.perf_counter()
        if _shows_none(request.text):
            return None
        programs = self._drafting.programs(request, backend)
        name = name_of(request.text, programs)
        examples = shown(request.text, name) if name else ()
        rows = self._drafting.observed(request, backend, [_statements(example) for example in examples])
        ran = [seen for seen in rows if _works(examples, seen)]
        if not ran:
            return None
        met = [[meets(example, one) for example, one in zip(examples, seen, strict=True)] for seen in ran]
        place = most_contradicted(met)
        return Finding(
            name=self.name,
            value=contradiction(met),
            cost_seconds=time.perf_counter() - started,
            reason=_reason(examples[place], [seen[place] for seen in ran]),
        )


def contradiction(met: Sequence[Sequence[bool]]) -> float:
    """How strongly the drafts contradict the example that they contradict most, in [0, 1].

    It is the share of the drafts that fail it, times what the best of these can be trusted: one that meets
    other examples understood the request, one that meets none may just be wrong. A further example never
    lowers it.

    Args:
        met: of each draft, whether it meets each example.
    """
    return max((_against(met, place) for place in range(len(met[0]))), default=0.0) if met else 0.0


def most_contradicted(met: Sequence[Sequence[bool]]) -> int:
    """The place of that example; the first of several.

    Args:
        met: as for `contradiction`, of at least one draft and example.
    """
    return max(range(len(met[0])), key=lambda place: _against(met, place))


def _against(met: Sequence[Sequence[bool]], place: int) -> float:
    failing = [sum(one) for one in met if not one[place]]
    return len(failing) / len(met) * _trust(max(failing)) if failing else 0.0


def _trust(others: int) -> float:
    """Of a draft that meets so many other examples: a third for none, then 3/5, 5/7, 7/9, towards 1."""
    return (2 * others + 1) / (2 * others + 3)


def meets(example: ShownExample, seen: Observation) -> bool:
    """Whether what a draft did is what is shown: by value, else as an interactive session would show it.

    Args:
        example: of the request.
        seen: what came of its call.
    """
    if example.raises is not None:
        return seen.outcome == "raised" and any(_last(name) == example.raises for name in seen.error)
    if seen.outcome != "value":
        return False
    want = example.want.split()
    if not example.printed:
        try:
            if _ALIKE.equal(literal(example.want), seen.value):
                return True
        except NotPlain:
            pass
        if want == seen.shown.split():
            return True
    value = "" if seen.value is None else seen.shown
    return want == f"{seen.printed} {'' if example.printed else value}".split()


def _shows_none(text: str) -> bool:
    """Whether a text has no example for certain, so that no draft need be written to find out."""
    head = entry_point(text)
    return not shown(text, head) if head else "(" not in text and ">>>" not in text


def _statements(example: ShownExample) -> str:
    last = f"print({example.call})" if example.printed else example.call
    return "\n".join([*example.before, last])


def _works(examples: Sequence[ShownExample], seen: Sequence[Observation]) -> bool:
    """Whether a draft does anything: one that fails on every example lacks something, such as a name."""
    pairs = zip(examples, seen, strict=True)
    return any(one.outcome == "value" or meets(example, one) for example, one in pairs)


def _reason(example: ShownExample, seen: Sequence[Observation]) -> str:
    failing = [one for one in seen if not meets(example, one)]
    if not failing:
        return "drafts meet the examples that the request shows"
    did, count = Counter(_did(one, example.printed) for one in failing).most_common(1)[0]
    call = _short(example.call)
    says = f"raises {example.raises}" if example.raises else _short(example.want)
    return f"{count} of {len(seen)} drafts {did} for {call}, the request says {says}"


def _did(seen: Observation, printed: bool) -> str:
    match seen.outcome:
        case "value":
            return f"give {_short(seen.printed if printed else seen.shown)}"
        case "raised":
            return f"raise {_last(text_of(seen))}"
        case "timeout":
            return "find no end"
    return "break off"


def _last(name: str) -> str:
    """The name of a class without its module."""
    return name.rpartition(".")[2]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
