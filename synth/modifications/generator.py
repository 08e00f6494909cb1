"""The generator `rules`: from a clear problem to clear and unclear requests, questions and second rounds.

Each unclear sample comes with a clear twin in the same style: the same name, shape, number of examples and
layout. Nothing is executed; what is true of a problem is read from its recorded results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from models.reply import Answer, render_code, render_questions
from synth.modifications.base import Modified, Modifier, Refusal
from synth.modifications.recorded import recorded
from synth.modifications.rules import RULES
from synth.modifications.rules.combined import combine
from synth.modifications.rules.hard_negatives import hard_negatives
from synth.modifications.signature import annotated
from synth.questions.phrasing import Asked, answer, ask
from synth.requests.dress import dress
from synth.requests.render import render
from synth.requests.style import Style, draw_style
from synth.requests.sufficiency import fewest_examples, lacks
from synth.schema import Example, Flaw, Problem, Provenance, Sample, SampleType, type_of

_FLAWS: tuple[Flaw, ...] = ("ambiguous", "incomplete", "inconsistent")
_PAIRS: tuple[tuple[Flaw, Flaw], ...] = (
    ("ambiguous", "inconsistent"),
    ("ambiguous", "incomplete"),
    ("inconsistent", "incomplete"),
)
_TRIES = 5
_OTHER_READING = 0.4


@dataclass(frozen=True, slots=True)
class _Twins:
    """An unclear text and its clear twin before they are written out."""

    problem: Problem
    style: Style
    modified: Modified
    unclear_examples: tuple[Example, ...]
    clear_examples: tuple[Example, ...]

    def unclear(self) -> str:
        """The unclear request."""
        altered = self.problem.model_copy(update={"signature": self.modified.signature})
        return render(
            altered, self.style, description=self.modified.description, examples=self.unclear_examples
        )

    def clear(self, description: str | None = None) -> str:
        """The clear request, with the problem's own description or another one."""
        return render(self.problem, self.style, description=description, examples=self.clear_examples)

    @property
    def type(self) -> SampleType:
        return type_of(change.flaw for change in self.modified.changes)


@dataclass(frozen=True, slots=True)
class RulesGenerator:
    """Makes samples by rule.

    Args:
        seed: recorded with each sample; the caller derives the generator of random numbers from it.
        per_type: how many unclear requests of each single type are tried for a problem.
        combined: how many with two flaws.
        extra_clear: how many further clear requests that look unclear.
        second_round: share of the unclear requests that also get a second round.
        settled_share: of the clear twins, how many keep the vague words and settle them.
    """

    seed: int = 0
    per_type: int = 2
    combined: int = 1
    extra_clear: int = 1
    second_round: float = 0.5
    settled_share: float = 0.65

    def samples(self, problem: Problem, rng: Random) -> Iterator[Sample]:
        """Yield a problem's samples: clear twins, unclear requests, second rounds, hard negatives.

        Args:
            problem: verified: its solution passes its examples and tests.
            rng: the same state gives the same samples.

        Yields:
            Nothing for a problem whose text a stranger could not work from.
        """
        if lacks(problem) is not None:
            return
        made: set[tuple[str, ...]] = set()
        for flaw in _FLAWS:
            for number in range(self.per_type):
                twins = self._twins(problem, (flaw,), rng, made)
                if twins is not None:
                    yield from self._written(problem, twins, f"{flaw}-{number}", rng)
        for number in range(self.combined):
            twins = self._twins(problem, rng.choice(_PAIRS), rng, made)
            if twins is not None:
                yield from self._written(problem, twins, f"combined-{number}", rng)
        yield from self._hard_negatives(problem, rng)

    def _twins(
        self, problem: Problem, flaws: tuple[Flaw, ...], rng: Random, made: set[tuple[str, ...]]
    ) -> _Twins | None:
        for _ in range(_TRIES):
            style = draw_style(problem, rng)
            dressed = dress(problem, style)
            modified = _modify(dressed, flaws, rng)
            if modified is None:
                continue
            key = tuple(f"{change.kind}|{change.before}|{change.after}" for change in modified.changes)
            twins = _paired(dressed, style, modified, rng)
            if key not in made and twins is not None and _shows_changes(twins):
                made.add(key)
                return twins
        return None

    def _written(self, source: Problem, twins: _Twins, label: str, rng: Random) -> Iterator[Sample]:
        problem, style, modified = twins.problem, twins.style, twins.modified
        settled = rng.random() < self.settled_share
        clear_text = modified.clear if settled else problem.description
        yield self._clear(
            source, problem, style, twins.clear(clear_text), twins.clear_examples, f"{label}:clear"
        )
        asked = ask(modified.topics, rng)
        put = tuple(one.question for one in asked)
        common = {
            "problem": twins.unclear(),
            "type": twins.type,
            "shape": style.shape,
            "name": problem.name,
            "examples": twins.unclear_examples,
            "change": modified.changes[0],
            "further_changes": modified.changes[1:],
            "questions": put,
        }
        yield self._sample(
            source, f"{label}:unclear", solution=problem.solution, answer=render_questions(put), **common
        )
        if rng.random() < self.second_round:
            said, code = _conversation(problem, asked, rng)
            yield self._sample(
                source, f"{label}:answered", solution=code, answer=render_code(code), answers=said, **common
            )

    def _hard_negatives(self, problem: Problem, rng: Random) -> Iterator[Sample]:
        for number in range(self.extra_clear):
            style = draw_style(problem, rng)
            dressed = dress(problem, style)
            texts = list(hard_negatives(dressed, rng))
            if not texts:
                continue
            text = rng.choice(texts)
            shown = _choose(
                [r.example for r in recorded(dressed)], max(style.examples, fewest_examples(problem)), rng
            )
            style = style.showing(len(shown))
            written = render(dressed, style, description=text.description, examples=shown)
            yield self._clear(problem, dressed, style, written, shown, f"{text.kind}-{number}:clear")

    def _clear(
        self,
        source: Problem,
        problem: Problem,
        style: Style,
        text: str,
        examples: tuple[Example, ...],
        label: str,
    ) -> Sample:
        return self._sample(
            source,
            label,
            problem=text,
            answer=render_code(problem.solution),
            type="Original",
            shape=style.shape,
            name=problem.name,
            solution=problem.solution,
            examples=examples,
        )

    def _sample(self, source: Problem, label: str, **fields: object) -> Sample:
        return Sample.model_validate({
            "id": f"rules:{self.seed}:{source.id}:{label}",
            "source_id": source.id,
            "group": source.group,
            "licence": source.licence,
            "provenance": Provenance(generator="rules", seed=self.seed),
            **fields,
        })


def random_for(seed: int, problem_id: str) -> Random:
    """The random numbers of one problem: they depend on nothing but the seed and its id."""
    return Random(f"{seed}:{problem_id}")


def _modify(problem: Problem, flaws: tuple[Flaw, ...], rng: Random) -> Modified | None:
    """The first modification that fits, rules tried in a random order by weight."""
    ordered = [_ordered(flaw, rng) for flaw in flaws]
    if len(ordered) == 1:
        tried = ((rule.modify(problem, rng)) for rule in ordered[0])
    else:
        tried = (combine(one, two, problem, rng) for one in ordered[0][:3] for two in ordered[1][:3])
    return next((made for made in tried if not isinstance(made, Refusal)), None)


def _ordered(flaw: Flaw, rng: Random) -> list[Modifier]:
    rules = [(rule, weight) for rule, weight in RULES.items() if rule.flaw == flaw]
    return [
        rule for rule, weight in sorted(rules, key=lambda pair: rng.random() ** (1 / pair[1]), reverse=True)
    ]


def _paired(problem: Problem, style: Style, modified: Modified, rng: Random) -> _Twins | None:
    """Fit the style to what must and may be shown; None when a clear twin would show too little."""
    if modified.types == "hidden":
        style = style.untyped()
        problem = problem.model_copy(update={"signature": annotated(problem.signature, {}, None)})
        modified = _untyped(modified)
    least = max(fewest_examples(problem), len(modified.pinned))
    wanted = max(style.examples, least) - len(modified.pinned)
    pinned_calls = {pinned.clear.call for pinned in modified.pinned}
    more = _choose([e for e in modified.allowed if e.call not in pinned_calls], wanted, rng)
    if len(more) + len(modified.pinned) < least:
        return None
    unclear, clear = list(more), list(more)
    for pinned in modified.pinned:
        at = rng.randint(0, len(unclear))
        unclear.insert(at, pinned.unclear)
        clear.insert(at, pinned.clear)
    return _Twins(problem, style.showing(len(unclear)), modified, tuple(unclear), tuple(clear))


def _shows_changes(twins: _Twins) -> bool:
    """Whether the request, as it is written, holds what the changes left and differs from its clear twin."""
    written = _flat(twins.unclear())
    return written != _flat(twins.clear()) and all(_flat(c.after) in written for c in twins.modified.changes)


def _flat(text: str) -> str:
    """A text without line breaks, comment signs and capitals."""
    return " ".join(text.replace("\n", " ").replace("#", " ").split()).casefold()


def _untyped(modified: Modified) -> Modified:
    return replace(modified, signature=annotated(modified.signature, {}, None))


def _choose(examples: list[Example], count: int, rng: Random) -> tuple[Example, ...]:
    """So many examples, in the order in which they were recorded."""
    picked = sorted(rng.sample(range(len(examples)), min(max(count, 0), len(examples))))
    return tuple(examples[at] for at in picked)


def _conversation(problem: Problem, asked: tuple[Asked, ...], rng: Random) -> tuple[tuple[Answer, ...], str]:
    """Answers to the questions and the code that follows: the solution, or that of another reading."""
    other = None
    if len({id(one.topic) for one in asked}) == 1:
        coded = [reading for reading in asked[0].topic.readings[1:] if reading.code]
        other = rng.choice(coded) if coded and rng.random() < _OTHER_READING else None
    code = other.code if other is not None and other.code else problem.solution
    return tuple(answer(one, other, rng) for one in asked), code
