"""Reading the words of a request costs no parser: libcst is loaded when a Python file is met."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "modules", ["assistant.specs.take", "assistant.edits.plan, assistant.edits.diff", "assistant.edits.undo"]
)
def test_libcst_is_loaded_on_use(modules: str) -> None:
    code = f"import sys, {modules}; sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
