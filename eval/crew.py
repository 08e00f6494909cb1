"""Several threads that work on rows of a run at a time."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from eval.schema import Response, Variant

Row = tuple[Variant, int]
"""A text, and the number of the sample."""

Respond = Callable[[Variant, int], Response]


@dataclass(frozen=True, slots=True)
class Crew:
    """Those who work on rows.

    Args:
        members: what responds to a row; each works on one row at a time, an only one in the caller's thread.
        stop: ends at once what the threads wait for; called from another thread.
    """

    members: Sequence[Respond]
    stop: Callable[[], None]

    def responses(self, rows: Sequence[Row]) -> Iterator[tuple[Row, Response]]:
        """Yield each row's response when it is there, and begin the rows in their order.

        Raises:
            BaseException: what the first row that failed raised; the others are stopped before.
        """
        if len(self.members) == 1:
            for row in rows:
                yield row, self.members[0](*row)
            return
        free: queue.SimpleQueue[Respond] = queue.SimpleQueue()
        for member in self.members:
            free.put(member)

        def work(row: Row) -> Response:
            respond = free.get()
            try:
                return respond(*row)
            finally:
                free.put(respond)

        waiting = iter(rows)
        with ThreadPoolExecutor(len(self.members), thread_name_prefix="row") as pool:
            running: dict[Future[Response], Row] = {}
            try:
                while True:
                    while len(running) < len(self.members) and (following := next(waiting, None)) is not None:
                        running[pool.submit(work, following)] = following
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        yield running.pop(future), future.result()
            except BaseException:
                self.stop()
                raise
