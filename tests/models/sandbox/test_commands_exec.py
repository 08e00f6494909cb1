"""`clarify models exec`: output apart from the report, exit codes, JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.commands_exec import exec_
from models.sandbox.policy import ExecReport
from models.sandbox.runner import why_not

pytestmark = pytest.mark.skipif(
    bool(why_not("bubblewrap") and why_not("landlock")), reason="nothing isolates here"
)


@pytest.fixture
def program(tmp_path: Path):
    def write(source: str) -> str:
        path = tmp_path / "program.py"
        path.write_text(source, encoding="utf-8")
        return str(path)

    return write


def invoke(*arguments: str, stdin: str = ""):
    return CliRunner().invoke(exec_, list(arguments), input=stdin, standalone_mode=False)


def test_output_and_report_go_apart(program) -> None:
    done = invoke(
        program("import sys\nprint('hello', sys.argv[1])\nprint('\\x1b[31mred', file=sys.stderr)"), "you"
    )
    assert done.return_value == 0
    assert done.stdout == "hello you\n"
    assert done.stderr.startswith("[31mred\n[exit 0 | ")
    assert "sandbox: " in done.stderr


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise SystemExit(4)", "[exit 4 |"),
        ("import os\nos.kill(os.getpid(), 11)", "[ended by SIGSEGV |"),
        ("import time\ntime.sleep(60)", "[stopped: wall time (limit 0.5 s) |"),
        ("bytearray(1 << 30)", "[stopped: memory (limit 64 MiB) |"),
        ("while True: print('x' * 9999)", "[stopped: output (limit 1 MiB) |"),
    ],
)
def test_how_it_ended_is_said(program, source: str, said: str) -> None:
    done = invoke(program(source), "--time", "0.5", "--memory", "64")
    assert done.return_value == 1
    assert said in done.stderr


def test_json_is_one_document(program) -> None:
    done = invoke(program("print('x')\nraise SystemExit(2)"), "--json")
    assert done.return_value == 1
    report = ExecReport.model_validate_json(done.stdout)
    assert (report.version, report.exit_code, report.stdout, report.limit) == (1, 2, "x\n", None)
    assert json.loads(done.stdout)["isolation"]["strength"] in {"strict", "confined"}
    assert done.stderr == ""


def test_a_program_is_read_from_standard_input() -> None:
    assert invoke("-", stdin="print(6 * 7)").stdout == "42\n"


def test_weak_is_named_in_the_report(program) -> None:
    assert "sandbox: limits (weak)" in invoke(program(""), "--sandbox", "weak").stderr


def test_declaring_the_command_loads_nothing_heavy() -> None:
    source = "import sys, models.commands_exec\nprint({'pydantic', 'rich', 'landlockpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
