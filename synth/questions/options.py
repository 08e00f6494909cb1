"""The answers that can be offered with a question."""

from __future__ import annotations

from random import Random

from synth.modifications.base import Topic
from synth.modifications.text import capitalised

_SHARE = 0.45
_MOST = 3
_LONGEST = 70


def offered(topic: Topic, rng: Random) -> tuple[str, ...]:
    """The known readings as options, in any order; none where they are unknown, or left out by chance.

    Args:
        topic: its readings are the choices.
        rng: decides whether and in which order.
    """
    wanted = rng.random() < _SHARE
    readings = [reading.option for reading in topic.readings][:_MOST]
    if (
        not topic.offer
        or len(readings) < 2
        or any(len(reading) > _LONGEST for reading in readings)
        or not wanted
    ):
        return ()
    rng.shuffle(readings)
    return tuple(capitalised(reading) for reading in readings)
