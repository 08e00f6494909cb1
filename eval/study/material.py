"""The requests of a study: files of a user's own, or the project's own problems with their unclear twins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from eval.requests.reading import CLEAR, Labelled, read_requests
from models.errors import UsageError
from synth.corpus.format import CorpusProblem
from synth.corpus.split import split
from synth.sources.corpus import Corpus

CORPUS = "corpus:"
_TOGETHER = 10  # pairs that are measured in one go


def requests_of(places: Sequence[str], limit: int | None, seed: int) -> tuple[Labelled, ...]:
    """The requests of a study, cut to so many pairs.

    Args:
        places: files of requests, or `corpus:PART`, `corpus:DOMAIN`.
        limit: most pairs, as for `cut`.
        seed: of the draw.

    Raises:
        UserError: a file cannot be read, or holds something else.
        UsageError: the corpus has no such part, it is not for choosing, or an id stands in two places.
    """
    found: list[Labelled] = []
    for place in places:
        part = place.removeprefix(CORPUS)
        found += read_requests([Path(place)]) if part == place else _of_corpus(part)
    ids = [one.id for one in found]
    if len(set(ids)) < len(ids):
        raise UsageError("an id stands in two of the places", where=", ".join(places))
    return cut(found, limit, seed)


def cut(requests: Sequence[Labelled], limit: int | None, seed: int) -> tuple[Labelled, ...]:
    """The requests of so many pairs, drawn at random; a pair is kept whole, and in its place.

    A smaller cut lies in a larger one, so that what was found for it serves both.

    Args:
        requests: to choose from.
        limit: most pairs; None keeps all.
        seed: of the draw.
    """
    kept = set(_drawn({one.pair for one in requests}, seed)[:limit])
    return tuple(one for one in requests if one.pair in kept)


def in_turn(requests: Sequence[Labelled], seed: int) -> tuple[Labelled, ...]:
    """Requests in the order of measuring: ten pairs after ten as `cut` draws them, mixed within the ten.

    Twins one after the other would share the prompt's prefix in the cache, and a decision would look faster
    than it is. What was found when a study is stopped is of whole tens of pairs, which a smaller cut takes.

    Args:
        requests: of the study.
        seed: of the order.
    """
    of_pair = {pair: place for place, pair in enumerate(_drawn({one.pair for one in requests}, seed))}
    of_id = {name: place for place, name in enumerate(_drawn((one.id for one in requests), seed))}
    return tuple(sorted(requests, key=lambda one: (of_pair[one.pair] // _TOGETHER, of_id[one.id])))


def domain_of(pair: str) -> str:
    """What pairs of one domain have in common: the part of the name before its last slash, else all of it."""
    domain, slash, _ = pair.partition("#")[0].rpartition("/")
    return domain if slash else pair


def _drawn(names: Iterable[str], seed: int) -> list[str]:
    """Names in an order drawn by the seed; a further one leaves that of the others as it is."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())


def _of_corpus(part: str) -> Iterator[Labelled]:
    if part in {"all", "test"} or part in split().test:
        raise UsageError(
            "weights are fitted here, and the test domains of the corpus are not for that",
            where=CORPUS + part,
            do=f"use {CORPUS}dev, and `clarify eval requests` for the test",
        )
    for domain, problem in Corpus(part).corpus_problems():
        yield from _twins(f"{domain}/{problem.id}", problem)


def _twins(name: str, problem: CorpusProblem) -> Iterator[Labelled]:
    """Each clear wording that points change, followed by what they make of it."""
    for wording in problem.wordings:
        points = [point for point in problem.points if point.of == wording]
        pair = name if wording == "text" else f"{name}#{wording}"
        if points:
            yield Labelled(id=pair, pair=pair, kind=CLEAR, request=problem.clear(wording))
        for point in points:
            yield Labelled(
                id=f"{pair}:{point.key}", pair=pair, kind=point.kind, request=problem.unclear(point)
            )
