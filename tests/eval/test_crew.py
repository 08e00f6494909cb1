from __future__ import annotations

import threading
import time

import pytest

from eval.crew import Crew, Row
from eval.schema import Response, Variant


def _rows(count: int) -> list[Row]:
    return [
        (
            Variant(
                benchmark="own",
                name=f"Own/{number}",
                category="original",
                view="neutral",
                text="Sort it.",
                original="Sort it.",
                entry_point="f",
                solution="",
                tests=(),
            ),
            0,
        )
        for number in range(count)
    ]


def _response(variant: Variant, sample: int) -> Response:
    return Response(
        name=variant.name, category="original", reply="1. ?", view="neutral", system="s", sample=sample
    )


@pytest.mark.parametrize("threads", [1, 3, 20])
def test_every_row_is_responded_to_once_and_by_so_many(threads: int) -> None:
    used: set[int] = set()

    def respond(variant: Variant, sample: int) -> Response:
        used.add(threading.get_ident())
        return _response(variant, sample)

    rows = _rows(9)
    found = dict(Crew([respond] * threads, lambda: None).responses(rows))
    assert {row: response.name for row, response in found.items()} == {row: row[0].name for row in rows}
    assert 1 <= len(used) <= threads
    assert (threads == 1) == (used == {threading.get_ident()})


def test_nobody_works_on_two_rows_at_a_time() -> None:
    class Member:
        def __init__(self) -> None:
            self._own = threading.Lock()

        def __call__(self, variant: Variant, sample: int) -> Response:
            assert self._own.acquire(blocking=False)
            time.sleep(0.001)
            self._own.release()
            return _response(variant, sample)

    assert len(list(Crew([Member() for _ in range(3)], lambda: None).responses(_rows(30)))) == 30


def test_rows_overlap() -> None:
    meeting = threading.Barrier(3, timeout=20)

    def respond(variant: Variant, sample: int) -> Response:
        meeting.wait()
        return _response(variant, sample)

    assert len(list(Crew([respond] * 3, lambda: None).responses(_rows(6)))) == 6


@pytest.mark.parametrize("error", [OSError("no disk"), KeyboardInterrupt()])
def test_the_first_failure_stops_the_others(error: BaseException) -> None:
    stopped = threading.Event()

    def respond(variant: Variant, sample: int) -> Response:
        if variant.name == "Own/1":
            raise error
        if variant.name != "Own/0":
            assert stopped.wait(20)
        return _response(variant, sample)

    begun = time.monotonic()
    with pytest.raises(type(error)):
        list(Crew([respond] * 4, stopped.set).responses(_rows(50)))
    assert stopped.is_set()
    assert time.monotonic() - begun < 15
