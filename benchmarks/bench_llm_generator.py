"""How busy the generator `llm` keeps a server: a stub of its own process that takes 50 ms for each reply.

Run as `python -m benchmarks.bench_llm_generator [--problems N] [--concurrency N] [--processes N]`. Busy is
the time that the server spent on requests, as a share of what so many requests at a time could have had from
the first to the last of them; the bar is 90% at a concurrency of 32. With more processes each has its part of
the threads and problems, as the shards of a build have.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.request import urlopen

from synth.modifications.llm import LlmGenerator
from synth.modifications.llm.access import Access
from synth.schema import Case, Example, Problem

WARM_UP = 2  # problems for each thread: its client is made meanwhile


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--problems", type=int, default=800)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--client", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(_serve(options.latency))
    elif options.client:
        _client(options.client, options.problems, options.concurrency)
    else:
        print(
            f"{options.problems} problems, 6 calls each, {options.concurrency} threads in "
            f"{options.processes} processes, {options.latency * 1000:.0f} ms a reply, "
            f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}"
        )
        _busy(options.problems, options.concurrency, options.processes, options.latency)
        _again(options.problems, options.concurrency, options.latency)


def _busy(count: int, threads: int, processes: int, latency: float) -> None:
    """Print how busy the server was, and what the clients took to keep it so."""
    with _server(latency) as origin, ExitStack() as stack:
        part = ["--problems", str(count // processes), "--concurrency", str(threads // processes)]
        clients = [
            stack.enter_context(_started(["--client", origin, *part], stdin=subprocess.PIPE))
            for _ in range(processes)
        ]
        for client in clients:
            _said(client)  # that it has warmed up
        before = _figures(origin)
        for client in clients:
            assert client.stdin is not None
            client.stdin.write("go\n")
            client.stdin.flush()
        cpu = sum(json.loads(_said(client)) for client in clients)
        after = _figures(origin)
    calls = after.requests - before.requests
    span = after.last - after.first
    busy = (after.busy - before.busy) / (threads * span)
    print(
        f"server {busy:.1%} busy: {calls / span:.0f} calls/s of {threads / latency:.0f} possible; clients "
        f"{cpu / calls * 1000:.2f} ms of processor time a call, {cpu / span:.2f} cores; "
        f"server {(after.cpu - before.cpu) / calls * 1000:.2f} ms a call"
    )


def _client(origin: str, count: int, threads: int) -> None:
    """Warm up, say so, and do the work when told; print the seconds of processor time that it took."""
    generator = LlmGenerator(access=Access(base_url=f"{origin}/v1"), model="stub")
    _work(generator, _problems("warm", WARM_UP * threads), threads)
    print("ready", flush=True)
    sys.stdin.readline()
    cpu = time.process_time()
    _work(generator, _problems("measured", count), threads)
    print(time.process_time() - cpu, flush=True)
    generator.close()


def _again(count: int, threads: int, latency: float) -> None:
    """Print how long a run takes that finds all replies kept."""
    problems = _problems("kept", min(count, 200))
    with _server(latency) as origin, tempfile.TemporaryDirectory() as folder:
        access = Access(base_url=f"{origin}/v1", replies=Path(folder))
        for what in ("asked", "kept"):
            generator = LlmGenerator(access=access, model="stub")
            started = time.perf_counter()
            _work(generator, problems, threads)
            seconds = time.perf_counter() - started
            generator.close()
            print(f"{len(problems)} problems, replies {what}: {seconds:.1f} s; {generator.spent}")


def _work(generator: LlmGenerator, problems: Sequence[Problem], threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        made = sum(pool.map(lambda problem: len(list(generator.samples(problem, Random(0)))), problems))
    if made != 4 * len(problems):
        raise SystemExit(f"{made} samples of {len(problems)} problems")


def _problems(kind: str, count: int) -> list[Problem]:
    """Problems of a usual length, each with a text of its own."""
    return [
        Problem(
            id=f"bench:{kind}:{number}",
            name="overdue",
            signature="def overdue(loans: list[tuple[str, int]], today: int) -> list[str]:",
            description=f"Return the titles of the loans ({kind} {number}) whose due day lies before today, "
            "the longest overdue first. Loans that are overdue equally long keep the order in which they "
            "were given. A title that was lent out twice is listed twice.",
            examples=(Example(call="overdue([('a', 3), ('b', 1)], 4)", result="['b', 'a']"),),
            solution="def overdue(loans, today):\n"
            "    late = [loan for loan in loans if loan[1] < today]\n"
            "    return [title for title, _ in sorted(late, key=lambda loan: loan[1])]\n",
            tests=(Case(expression="overdue([], 4)", expected="[]"),),
            source="bench",
            group="bench",
            licence="Apache-2.0",
        )
        for number in range(count)
    ]


# --- the server ---------------------------------------------------------------------------------------------


@dataclass
class Figures:
    """What the server says of itself.

    Args:
        requests: answered so far.
        busy: seconds spent on them, added up.
        first: time of the first request since this was last asked.
        last: time of the last reply.
        cpu: seconds of processor time.
    """

    requests: int = 0
    busy: float = 0.0
    first: float = 0.0
    last: float = 0.0
    cpu: float = 0.0


@contextmanager
def _server(latency: float) -> Iterator[str]:
    with _started(["--serve", "--latency", str(latency)]) as process:
        yield f"http://127.0.0.1:{int(_said(process))}"


@contextmanager
def _started(options: Sequence[str], stdin: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """This program as another process, which is ended with the block."""
    command = [sys.executable, "-m", "benchmarks.bench_llm_generator", *options]
    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _figures(origin: str) -> Figures:
    with urlopen(f"{origin}/figures") as answer:  # our own server
        return Figures(**json.load(answer))


async def _serve(latency: float) -> None:
    figures = Figures()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                arrived = time.perf_counter()
                if head.startswith(b"GET"):
                    figures.cpu = time.process_time()
                    writer.write(_http(json.dumps(vars(figures)).encode()))
                    figures.first = 0.0
                    continue
                length = next(
                    int(line[15:])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                )
                reply = _reply(json.loads(await reader.readexactly(length)))
                figures.first = figures.first or arrived
                await asyncio.sleep(latency - (time.perf_counter() - arrived))
                writer.write(_http(reply))
                figures.last = time.perf_counter()
                # No more than it was to take: being late is no work.
                figures.busy += min(latency, figures.last - arrived)
                figures.requests += 1
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _http(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    return head + body


def _reply(request: dict[str, Any]) -> bytes:
    system, user = (message["content"] for message in request["messages"])
    if "<questions>" in system:
        text = "<questions>\n1. What does `in a suitable way` mean for the order?\n</questions>"
    else:
        vague = user.replace('"""', '"""In a suitable way: ', 1)
        text = f"It demands an order.\n<request>\n{vague}\n</request>"
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 500, "completion_tokens": 150, "total_tokens": 650}
    head = {"id": "r", "object": "chat.completion", "created": 1, "model": "stub"}
    return json.dumps(head | {"choices": [choice], "usage": usage}).encode()


if __name__ == "__main__":
    main()
