"""Every hostile program against every isolation that works here: nothing gets out, nothing passes."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.console import clean
from models.sandbox.cases import Case, Prints, Raises, Returns, Shows
from models.sandbox.judge import Judge
from models.sandbox.policy import Limits, MiB, Program
from tests.models.sandbox.canaries import SECRET_VARIABLE, Canaries, canaries
from tests.models.sandbox.kinds import ALL, ISOLATING, sandbox

HOSTILE = Path(__file__).parents[2] / "hostile"
PROGRAMS = sorted(path.stem for path in HOSTILE.glob("*.py") if not path.stem.startswith("solution_"))
SOLUTIONS = sorted(path.stem for path in HOSTILE.glob("solution_*.py"))

LIMITS = Limits(
    wall_seconds=30.0,
    cpu_seconds=1,
    memory_bytes=192 * MiB,
    processes=12,
    open_files=128,
    file_bytes=4 * MiB,
    disk_bytes=8 * MiB,
    disk_entries=2_000,
    output_bytes=64 * 1024,
)

# The limits that may end a program; one without an entry must end by itself.
ENDED_BY = {
    "fork_bomb": {"wall time", "cpu time", "processes"},
    "fork_bomb_deaf": {"wall time", "cpu time", "processes"},
    "hydra": {None, "processes"},
    "thread_bomb": {"processes", "wall time"},
    "memory_bomb": {"memory"},
    "memory_bomb_forked": {"memory", "processes"},
    "memory_bomb_shared": {"memory", "processes"},
    "memory_uncounted": {None, "file size"},
    "disk_filler": {"file size"},
    "disk_filler_sparse": {"file size"},
    "disk_filler_many": {"disk"},
    "disk_filler_nameless": {"disk"},
    "disk_filler_empty_files": {"disk", "cpu time", "wall time"},
    "deep_folders": {None, "disk"},
    "closed_folders": {None, "disk"},
    "endless_output": {"output"},
    "endless_errors": {"output"},
    "output_from_orphans": {None, "output"},
    "ignore_signals": {"wall time", "cpu time"},
    "stop_itself": {"wall time"},
    "sleep_forever": {"wall time"},
    "busy_children": {"wall time", "cpu time"},
    "deep_recursion": {None, "memory"},
}
# These end by time alone, so they get little of it; the others end by themselves however slow the machine is.
ENDED_BY_TIME = {name for name, limits in ENDED_BY.items() if "wall time" in limits}
# What a program with a mistake of its own dies of: then it has attacked nothing.
MISTAKES = re.compile(
    r"^(TypeError|NameError|AttributeError|ImportError|SyntaxError|KeyError|IndexError)\b", re.M
)

HIDDEN = 739_391_133


def test_the_corpus_is_large_and_each_program_says_what_it_attacks() -> None:
    assert len(PROGRAMS) + len(SOLUTIONS) >= 40
    for path in HOSTILE.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith('"""Attacks: '), path
        assert "\n\nMust hold: " in text, path
    assert set(ENDED_BY) <= set(PROGRAMS)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Canaries]:
    with canaries() as each:
        monkeypatch.setenv(SECRET_VARIABLE, each.secret)
        monkeypatch.setenv("HOME", str(each.home))
        temporary = each.folder.parent / "temporary"
        temporary.mkdir(mode=0o755)
        monkeypatch.setattr("tempfile.tempdir", str(temporary))
        yield each


@pytest.mark.parametrize("kind", ISOLATING)
@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_gets_out(name: str, kind: str, outside: Canaries) -> None:
    box = sandbox(kind, LIMITS.model_copy(update={"wall_seconds": 1.0}) if name in ENDED_BY_TIME else LIMITS)
    source = (HOSTILE / f"{name}.py").read_text(encoding="utf-8")
    program = Program(source=source, arguments=(outside.for_program(), outside.marker), packages=False)
    with _knocking(outside) as heard:
        result = box.run(program)
    output = result.stdout + result.stderr
    assert outside.broken(output) == []
    assert not heard, "a service of the program was reached"
    assert result.limit in ENDED_BY.get(name, {None})
    assert not MISTAKES.search(result.stderr), result.stderr
    assert list((outside.folder.parent / "temporary").iterdir()) == []
    if name in {"watcher_descriptors", "inherited_descriptors"}:
        assert result.exit_code == 9
    if name == "escape_sequences":
        assert result.stdout.count("\x1b") == 3
        assert clean(result.stdout) == "]0;title[2J[31mred1mgnp.txt\n"


@contextlib.contextmanager
def _knocking(outside: Canaries) -> Iterator[list[int]]:
    """Try, all the time, to reach what a program may have opened."""
    heard: list[int] = []
    over = threading.Event()

    def knock() -> None:
        while not over.wait(0.05):
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", outside.free_port), 0.1),
            ):
                heard.append(outside.free_port)

    thread = threading.Thread(target=knock)
    thread.start()
    try:
        yield heard
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize(
    "name", ["read_ssh_key", "connect_tcp", "connect_unix_socket", "send_udp", "write_outside", "symlinks"]
)
def test_the_canaries_do_notice_where_there_are_limits_only(name: str, outside: Canaries) -> None:
    source = (HOSTILE / f"{name}.py").read_text(encoding="utf-8")
    program = Program(source=source, arguments=(outside.for_program(), outside.marker), packages=False)
    result = sandbox("limits", LIMITS).run(program)
    assert outside.broken(result.stdout + result.stderr)


def _cases() -> list[Case]:
    return [
        Case(call="answer(1)", expected=Returns(value=str(HIDDEN))),
        Case(call="answer(2)", expected=Returns(value=f"[{HIDDEN}, 'x']", any_order=True)),
        Case(call="answer(3)", expected=Shows(text=str(HIDDEN))),
        Case(call="print(answer(4))", expected=Prints(text=str(HIDDEN))),
        Case(call="answer(5)", expected=Raises(error="OverflowError")),
        Case(call="answer(6)", expected=Returns(value=f"{HIDDEN}.5", tolerance=0.1, tuple_is_list=True)),
    ]


# The verdict is formed the same way in every kind; with limits alone the process itself is easier to attack.
ATTACKING_PROCESSES = ["kills_the_harness", "answers_from_a_twin", "steals_requests", "writes_to_descriptors"]
PAIRS = [(name, kind) for name in SOLUTIONS for kind in ISOLATING]
PAIRS += [(f"solution_{name}", "limits") for name in ATTACKING_PROCESSES]


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_no_test_passes_without_the_answer(name: str, kind: str) -> None:
    judge = Judge(
        sandbox(kind, LIMITS), seconds_per_case=0.15, load_seconds=0.3, budget_seconds=8, packages=False
    )
    results = judge.run((HOSTILE / f"{name}.py").read_text(encoding="utf-8"), _cases())
    assert [result.verdict for result in results if result.verdict == "passed"] == []
    assert len(results) == len(_cases())


@pytest.mark.parametrize("kind", ALL)
def test_the_same_tests_pass_with_the_answer(kind: str) -> None:
    solution = f"""
def answer(number):
    if number == 5:
        raise OverflowError
    return {{2: ["x", {HIDDEN}], 6: {HIDDEN} + 0.45}}.get(number, {HIDDEN})
"""
    results = Judge(sandbox(kind, LIMITS), packages=False).run(solution, _cases())
    assert [result.verdict for result in results] == ["passed"] * len(_cases())
