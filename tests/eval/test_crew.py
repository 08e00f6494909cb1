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
    hired: set[int] = set()

    def hire():
        hired.add(threading.get_ident())
        return _response

    rows = _rows(9)
    found = dict(Crew(threads, hire, lambda: None).responses(rows))
    assert {row: response.name for row, response in found.items()} == {row: row[0].name for row in rows}
    assert 1 <= len(hired) <= threads
    assert (threads == 1) == (hired == {threading.get_ident()})


def test_rows_overlap() -> None:
    meeting = threading.Barrier(3, timeout=20)

    def respond(variant: Variant, sample: int) -> Response:
        meeting.wait()
        return _response(variant, sample)

    assert len(list(Crew(3, lambda: respond, lambda: None).responses(_rows(6)))) == 6


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
        list(Crew(4, lambda: respond, stopped.set).responses(_rows(50)))
    assert stopped.is_set()
    assert time.monotonic() - begun < 15
