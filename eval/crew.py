"""Several threads that work on rows of a run at a time."""

from __future__ import annotations

import threading
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
        threads: how many; one works in the caller's thread.
        hire: makes what responds to a row; called once in each thread.
        stop: ends at once what the threads wait for; called from another thread.
    """

    threads: int
    hire: Callable[[], Respond]
    stop: Callable[[], None]

    def responses(self, rows: Sequence[Row]) -> Iterator[tuple[Row, Response]]:
        """Yield each row's response when it is there, and begin the rows in their order.

        Raises:
            BaseException: what the first row that failed raised; the others are stopped before.
        """
        if self.threads == 1:
            respond = self.hire()
            for row in rows:
                yield row, respond(*row)
            return
        own = threading.local()

        def work(row: Row) -> Response:
            if not hasattr(own, "respond"):
                own.respond = self.hire()
            response: Response = own.respond(*row)
            return response

        waiting = iter(rows)
        with ThreadPoolExecutor(self.threads, thread_name_prefix="row") as pool:
            running: dict[Future[Response], Row] = {}
            try:
                while True:
                    while len(running) < self.threads and (following := next(waiting, None)) is not None:
                        running[pool.submit(work, following)] = following
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        yield running.pop(future), future.result()
            except BaseException:
                self.stop()
                raise
