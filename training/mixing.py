"""Which samples a run learns from, in which proportion and order (the paper's algorithm 1): exact, seeded.

`D_clarify` are the samples that are answered by questions; `D_og` those answered by code, the second rounds
among them, where code follows the user's answers. Samples are told by their places in the list given.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from models.errors import UserError
from synth.schema import Sample
from training.recipe import DataSettings, Sampling

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many samples a mix draws of each side; some more than once where a side is repeated."""

    code: int
    clarify: int

    @property
    def total(self) -> int:
        """Of both sides."""
        return self.code + self.clarify


@dataclass(frozen=True, slots=True)
class Split:
    """Places of the samples to learn from, and of those that are kept aside."""

    training: tuple[int, ...]
    held_out: tuple[int, ...]


def is_clarify(sample: Sample) -> bool:
    """Whether a sample is of D_clarify."""
    return sample.unclear


def split(samples: Sequence[Sample], settings: DataSettings) -> Split:
    """Keep whole groups aside: what follows from a group's name alone keeps its side when others come.

    Args:
        samples: all there are.
        settings: the share of the groups, further groups by name, and the seed.

    Raises:
        UserError: a named group is not in the data.
    """
    groups = {sample.group for sample in samples}
    if lost := sorted(set(settings.held_out_groups) - groups):
        raise UserError(f"no sample is of the group `{lost[0]}`", where="data.held_out_groups")
    aside = {
        group
        for group in groups
        if group in settings.held_out_groups or _place("held-out", group, settings.seed) < settings.held_out
    }
    return Split(
        training=tuple(place for place, sample in enumerate(samples) if sample.group not in aside),
        held_out=tuple(place for place, sample in enumerate(samples) if sample.group in aside),
    )


def counts(code: int, clarify: int, settings: DataSettings) -> Counts:
    """How many samples of each side a mix has.

    Args:
        code: samples of D_og that there are.
        clarify: samples of D_clarify that there are.
        settings: mode, ratio r = |D_clarify| / (|D_og| + |D_clarify|), sampling and limit.

    Raises:
        UserError: a side that the mode wants is empty.
    """
    wants_code, wants_clarify = settings.mode != "clarify-only", settings.mode != "baseline"
    if (wants_code and not code) or (wants_clarify and not clarify):
        missing = "code" if wants_code and not code else "questions"
        raise UserError(
            f"there is no sample answered by {missing}, which the mode `{settings.mode}` needs",
            do="give other --data, or set data.mode",
        )
    mixed = Counts(code if wants_code else 0, clarify if wants_clarify else 0)
    if settings.ratio is not None:
        mixed = _at_ratio(mixed, settings.ratio, settings.sampling)
    if settings.limit is not None and mixed.total > settings.limit:
        share = settings.ratio if settings.ratio is not None else mixed.clarify / mixed.total
        part = _rounded(settings.limit * share, settings.limit) if mixed.code and mixed.clarify else None
        wanted = part if part is not None else (settings.limit if mixed.clarify else 0)
        mixed = Counts(settings.limit - wanted, wanted)
    return mixed


def mix(samples: Sequence[Sample], places: Iterable[int], settings: DataSettings) -> tuple[int, ...]:
    """The places of the samples of one epoch, in the data's order; repeated where a side is oversampled.

    Args:
        samples: all there are.
        places: of those that may be taken.
        settings: mode, ratio, sampling, limit and seed.

    Raises:
        UserError: a side that the mode wants is empty.
    """
    chance = random.Random(f"mix:{settings.seed}")
    shuffled = _shuffled(sorted(places), chance)
    if settings.twins != "off":
        shuffled = _problem_by_problem(samples, shuffled)
    sides: tuple[list[int], list[int]] = ([], [])
    for place in shuffled:
        sides[is_clarify(samples[place])].append(place)
    wanted = counts(len(sides[0]), len(sides[1]), settings)
    return tuple(sorted(_draw(sides[0], wanted.code) + _draw(sides[1], wanted.clarify)))


def learned_whole(sample: Sample, settings: DataSettings) -> bool:
    """Whether a sample's whole reply is learned; what follows from its id stays when other samples come.

    Args:
        sample: of a second round it is always, since only code can follow the answers.
        settings: the shares by type, and the seed.
    """
    if sample.answers:
        return True
    return _place("whole", sample.id, settings.seed) < settings.whole_replies.get(sample.type, 1.0)


def order(
    samples: Sequence[Sample], mixed: Sequence[int], settings: DataSettings, *, per_step: int, epoch: int
) -> tuple[tuple[int, ...], ...]:
    """The steps of an epoch, each with the places of its samples.

    With twins in one batch a step may have fewer samples than `per_step`, never more; a problem with more
    samples than that takes several steps.

    Args:
        samples: all there are.
        mixed: places of the epoch's samples, with repetitions.
        settings: how twins are kept together, and the seed.
        per_step: most samples of a step.
        epoch: its number; another one has another order.
    """
    chance = random.Random(f"order:{settings.seed}:{epoch}")
    if settings.twins == "off":
        return _cut(_shuffled(mixed, chance), per_step)
    problems: dict[str, list[int]] = {}
    for place in mixed:
        problems.setdefault(samples[place].source_id, []).append(place)
    groups = _shuffled([_shuffled(group, chance) for group in problems.values()], chance)
    if settings.twins == "half":
        halves: tuple[list[int], list[int]] = ([], [])
        for group in groups:
            halves[len(halves[0]) * 2 >= len(mixed)].extend(group)
        return tuple(step for half in halves for step in _cut(_shuffled(half, chance), per_step))
    return tuple(tuple(step) for step in _shuffled(_packed(groups, per_step), chance))


def _at_ratio(natural: Counts, ratio: float, sampling: Sampling) -> Counts:
    code, clarify = natural.code, natural.clarify
    if sampling == "uniform":
        wanted = _rounded(natural.total * ratio, natural.total)
        return Counts(natural.total - wanted, wanted)
    fitting_code = max(1, round(clarify * (1 - ratio) / ratio))
    fitting_clarify = max(1, round(code * ratio / (1 - ratio)))
    too_much_code = fitting_code <= code
    if too_much_code == (sampling == "downsampling"):
        return Counts(fitting_code, clarify)
    return Counts(code, fitting_clarify)


def _rounded(wanted: float, total: int) -> int:
    """The nearest count that leaves something on both sides, where there is room for both."""
    return min(max(round(wanted), min(1, total - 1)), max(total - 1, 1))


def _draw(side: Sequence[int], wanted: int) -> list[int]:
    """As many as wanted, each as often as any other, give or take one; the first ones have the one more."""
    whole, rest = divmod(wanted, len(side)) if side else (0, 0)
    return [*side] * whole + [*side[:rest]]


def _problem_by_problem(samples: Sequence[Sample], places: Sequence[int]) -> list[int]:
    """Each problem's first sample of a side, then its second, problems in the order of their first place.

    Both sides have the problems in the same order, so that when either is cut, twins go together.
    """
    problems: dict[str, int] = {}
    met: Counter[tuple[str, bool]] = Counter()
    keyed = []
    for place in places:
        sample = samples[place]
        problem = problems.setdefault(sample.source_id, len(problems))
        side = (sample.source_id, is_clarify(sample))
        keyed.append((met[side], problem, place))
        met[side] += 1
    return [place for _, _, place in sorted(keyed)]


def _packed(groups: Iterable[list[int]], per_step: int) -> list[list[int]]:
    """Steps of whole groups: each goes into the first step that has room."""
    steps: list[list[int]] = []
    open_steps: list[list[int]] = []
    for group in groups:
        for start in range(0, len(group), per_step):
            part = group[start : start + per_step]
            step = next((one for one in open_steps if len(one) + len(part) <= per_step), None)
            if step is None:
                step = []
                steps.append(step)
                open_steps.append(step)
            step.extend(part)
            if len(step) == per_step:
                open_steps = [one for one in open_steps if one is not step]
    return steps


def _cut(places: Sequence[int], per_step: int) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(places[start : start + per_step]) for start in range(0, len(places), per_step))


def _shuffled(items: Sequence[T], chance: random.Random) -> list[T]:
    return chance.sample(items, len(items))


def _place(what: str, name: str, seed: int) -> float:
    """Where a name lies from 0 up to 1, for one matter."""
    digest = hashlib.blake2b(f"{what}:{seed}:{name}".encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
