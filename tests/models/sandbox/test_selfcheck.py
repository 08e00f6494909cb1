"""Every kind keeps what its strength promises, for root and for a user without rights."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.sandbox.selfcheck import CHECKS, selfcheck
from tests.models.sandbox.kinds import ALL, sandbox

REPOSITORY = Path(__file__).parents[3]


@pytest.mark.parametrize("kind", ALL)
def test_a_kind_keeps_what_it_promises(kind: str) -> None:
    box = sandbox(kind)
    results = selfcheck(box)
    assert [(each.name, each.failure) for each in results if each.failure] == []
    if box.isolation.strength != "weak":
        assert len(results) == len(CHECKS)


_AS_USER = """
import sys
from models.sandbox.runner import KINDS, Sandbox, why_not
from models.sandbox.selfcheck import selfcheck
kind = next(kind for kind in KINDS if kind.name == sys.argv[1])
if why_not(kind.name):
    print("missing:", why_not(kind.name))
else:
    print([(each.name, each.failure) for each in selfcheck(Sandbox(kind)) if each.failure])
"""


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="the tests run as a user already")
@pytest.mark.parametrize("kind", ALL)
def test_a_kind_keeps_it_for_a_user_without_rights(kind: str) -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("as_nobody.py")), "-B", "-c", _AS_USER, kind],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "HOME": "/"},
        check=False,
    )
    if "mounts to get around that fail" in done.stderr:
        pytest.skip("root may not mount here, and Python lies where only root may enter")
    if done.stdout.startswith("missing: "):
        pytest.skip(f"{kind} does not work for a user: {done.stdout.strip()}")
    assert done.stdout == "[]\n", done.stderr


OLD_KERNELS = [
    "kill_caller",
    "kill_parent",
    "change_outside",
    "connect_unix_socket",
    "write_outside",
    "read_ssh_key",
]


@pytest.mark.parametrize("program", OLD_KERNELS)
def test_landlock_of_an_older_kernel_is_filled_up_by_the_filter(program: str, monkeypatch) -> None:
    """ABI 1 knows neither truncation, network, nor the scope of signals and abstract sockets."""
    from models.sandbox.policy import Program
    from tests.models.sandbox.canaries import canaries
    from tests.models.sandbox.test_hostile import HOSTILE, LIMITS

    box = sandbox("landlock", LIMITS)
    import landlockpy._syscall

    monkeypatch.setattr(landlockpy._syscall, "abi_version", lambda: 1)
    source = (HOSTILE / f"{program}.py").read_text(encoding="utf-8")
    with canaries() as outside:
        given = Program(source=source, arguments=(outside.for_program(), outside.marker), packages=False)
        result = box.run(given)
        assert "Landlock ABI 1" in result.isolation.layers
        assert outside.broken(result.stdout + result.stderr) == []
