"""Running programs: what comes back, which kind is taken, and what is said when none works."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.errors import UserError
from models.sandbox import runner
from models.sandbox.kind import SandboxUnavailable
from models.sandbox.policy import Limits, Program
from models.sandbox.process import Running
from tests.models.sandbox.canaries import left_over
from tests.models.sandbox.kinds import ALL, sandbox


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that everybody can reach, which pytest's is not."""
    with tempfile.TemporaryDirectory(prefix="clarify-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("kind", ALL)
def test_a_program_gets_its_arguments_input_packages_and_modules(kind: str, tmp_path: Path) -> None:
    (tmp_path / "own_module.py").write_text("V = 'from the module'", encoding="utf-8")
    program = Program(
        source="import sys, click, own_module\nprint(sys.argv[1:], input(), click.__name__, own_module.V)",
        arguments=("a b", "é"),
        stdin=b"line\n",
        import_from=(tmp_path,),
    )
    result = sandbox(kind).run(program)
    assert result.stdout == "['a b', 'é'] line click from the module\n", result.stderr
    assert result.ok
    assert result.isolation.kind == kind
    assert result.cpu_seconds > 0
    assert result.peak_memory_bytes > 2**20


@pytest.mark.parametrize("kind", ALL)
def test_output_is_cut_at_the_limit_and_counted(kind: str) -> None:
    limits = Limits(output_bytes=1000)
    result = sandbox(kind).run("print('a' * 5000)", limits)
    assert result.limit == "output"
    assert result.stdout == "a" * 1000
    assert result.stdout_bytes == 5001


@pytest.mark.parametrize("kind", ALL)
def test_programs_at_the_same_time_do_not_use_up_each_others_limits(kind: str) -> None:
    box = sandbox(kind, Limits(processes=4))
    source = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        time.sleep(0.1)
        os._exit(0)
time.sleep(0.2)
"""
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(box.run, [source] * 8))
    assert [result.exit_code for result in results] == [0] * 8, results[0].stderr


@pytest.mark.parametrize("kind", ALL)
def test_leaving_early_removes_everything(kind: str, public: Path, monkeypatch) -> None:
    box = sandbox(kind)
    monkeypatch.setattr("tempfile.tempdir", str(public))
    with box.start("import time\ntime.sleep(60)") as running:
        assert list(public.iterdir())
    running.close()
    assert list(public.iterdir()) == []


@pytest.mark.parametrize("kind", ALL)
def test_odd_sources_run_or_fail_as_python_does(kind: str) -> None:
    box = sandbox(kind)
    assert box.run("").ok
    assert box.run("print('\\udc80'.encode('utf-8', 'surrogateescape'))").stdout == "b'\\x80'\n"
    assert "SyntaxError" in box.run("def f(").stderr
    assert box.run("import sys\nsys.stdout.buffer.write(b'\\xff')").stdout == "\ufffd"
    assert box.run("import sys\nsys.exit(256 + 7)").exit_code == 7


def test_a_folder_of_modules_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        runner.open_sandbox().run(Program(source="", import_from=(tmp_path / "nowhere",)))


def test_the_same_seed_gives_the_same_order_of_sets() -> None:
    box = runner.open_sandbox()
    source = "print({str(n) for n in range(50)})"
    outputs = {box.run(Program(source=source, hash_seed=seed)).stdout for seed in (1, 1, 2)}
    assert len(outputs) == 2


def test_auto_takes_the_strongest_kind_that_works() -> None:
    working = [kind for kind in runner.KINDS if runner.why_not(kind.name) is None and kind.strength != "weak"]
    if not working:
        pytest.skip("nothing isolates here")
    assert runner.open_sandbox().kind is working[0]
    assert runner.open_sandbox("weak").isolation.strength == "weak"


class Missing:
    """A kind that this machine lacks."""

    name = "bubblewrap"
    strength = "strict"

    def layers(self) -> tuple[str, ...]:
        return ()

    def missing(self) -> str | None:
        return "bubblewrap is not installed"


class Broken(Missing):
    """A kind whose program is there and fails."""

    def missing(self) -> str | None:
        return None

    def frame(self, job) -> runner.Kind:
        from models.sandbox.kind import Frame

        return Frame(
            wrapper=("sh", "-c", "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1"),
            watcher="",
            program="",
            work="",
        )


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(Missing(), "not installed"), (Broken(), "bwrap: setting up uid map: Permission denied")],
)
def test_without_a_working_kind_nothing_runs_and_the_remedy_is_named(kind, reason: str, monkeypatch) -> None:
    monkeypatch.setattr(runner, "KINDS", (kind,))
    runner.why_not.cache_clear()
    try:
        for choice in ("auto", "strict"):
            with pytest.raises(SandboxUnavailable, match="install bubblewrap") as error:
                runner.open_sandbox(choice)
            assert reason in str(error.value)
            assert "\n" not in str(error.value)
    finally:
        runner.why_not.cache_clear()


def test_a_kind_that_lets_a_program_out_is_not_taken(monkeypatch) -> None:
    from models.sandbox.limits_only import LimitsOnly

    class Boastful(LimitsOnly):
        strength = "strict"

    if reason := runner.why_not("limits"):
        pytest.skip(reason)
    monkeypatch.setattr(runner, "KINDS", (Boastful(),))
    runner.why_not.cache_clear()
    try:
        with pytest.raises(SandboxUnavailable, match="still reaches"):
            runner.open_sandbox()
    finally:
        runner.why_not.cache_clear()


@pytest.mark.parametrize("kind", ALL)
def test_a_program_may_be_talked_with(kind: str) -> None:
    source = (
        "import sys\nrequests, replies = (int(n) for n in sys.argv[-2:])\n"
        "for line in open(requests):\n    open(replies, 'w', closefd=False).write(line.upper())\n"
    )
    running: Running
    with sandbox(kind).start(Program(source=source, packages=False), channel=True) as running:
        for word in (b"one", b"two" * 100_000):
            running.send(word)
            assert running.receive(time.monotonic() + 20) == word.upper()
        assert running.finish().ok


_CALLER = """
import sys
from models.sandbox.policy import Program
from models.sandbox.runner import KINDS, Sandbox
kind = next(kind for kind in KINDS if kind.name == sys.argv[1])
source = '''
import os, time
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
print("up", flush=True)
time.sleep(600)
'''
with Sandbox(kind).start(Program(source=source, arguments=(sys.argv[2],)), channel=False) as running:
    print("started", flush=True)
    running.finish()
"""


@pytest.mark.parametrize("kind", ALL)
def test_nothing_outlives_a_caller_that_is_killed(kind: str, public: Path) -> None:
    sandbox(kind)
    marker = f"orphan-{secrets.token_hex(8)}"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "TMPDIR": str(public)}
    command = [sys.executable, "-c", _CALLER, kind, "-".join([marker, "argument"])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as caller:
        assert caller.stdout is not None
        caller.stdout.readline()
        while len(left_over(marker, patience=0)) < 5:  # the caller, the program and its three children
            pass
        caller.kill()
    assert left_over(marker, patience=20) == []


def test_no_thread_is_left() -> None:
    before = threading.active_count()
    runner.open_sandbox().run("print(1)")
    assert threading.active_count() == before
