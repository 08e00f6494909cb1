"""The requests of a study: files of a user's own, or the project's own problems with their unclear twins."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.requests.reading import CLEAR, Labelled, read_requests
from models.errors import UsageError
from synth.corpus.format import CorpusProblem
from synth.corpus.split import split
from synth.sources.corpus import Corpus

CORPUS = "corpus:"


def requests_of(places: Sequence[str], limit: int | None, seed: int) -> tuple[Labelled, ...]:
    """The requests of a study, cut to so many pairs.

    Args:
        places: files of requests, or `corpus:PART`, `corpus:DOMAIN`.
        limit: most pairs, drawn at random; None keeps all.
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
    """The requests of so many pairs, drawn at random; a pair is kept whole, and in its place."""
    pairs = list(dict.fromkeys(one.pair for one in requests))
    if limit is None or limit >= len(pairs):
        return tuple(requests)
    kept = set(random.Random(seed).sample(pairs, limit))
    return tuple(one for one in requests if one.pair in kept)


def domain_of(pair: str) -> str:
    """What pairs of one domain have in common: the part of the name before its last slash, else all of it."""
    domain, slash, _ = pair.partition("#")[0].rpartition("/")
    return domain if slash else pair


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
