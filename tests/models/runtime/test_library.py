from __future__ import annotations

import ctypes
import logging
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import llama_cpp
import pytest

from models.errors import UserError
from models.runtime.library import check, collected_errors, library, version


def _module(**changes: object) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(llama_cpp), **changes})


def test_the_installed_module_is_the_right_one() -> None:
    check(llama_cpp, llama_cpp.__version__)
    assert library().llama_decode
    assert llama_cpp.__version__ in version()


class _ShortParameters(ctypes.Structure):
    _fields_ = [("n_gpu_layers", ctypes.c_int32)]


@pytest.mark.parametrize(
    ("changes", "distribution", "reason"),
    [
        ({}, None, "does not come from llama-cpp-python"),
        ({}, "0.3.99", "does not come from llama-cpp-python"),
        ({"__version__": "0.3.9"}, "0.3.9", "0.3.9 is too old"),
        ({"llama_set_adapters_lora": None}, None, "does not come"),
        (
            {"llama_model_params": _ShortParameters},
            llama_cpp.__version__,
            "lacks llama_model_params.load_mode",
        ),
    ],
)
def test_another_module_of_the_name_is_refused(
    changes: dict[str, object], distribution: str | None, reason: str
) -> None:
    with pytest.raises(UserError, match=reason) as error:
        check(_module(**changes), distribution)
    assert "pip install" in error.value.do


def test_a_missing_function_is_named() -> None:
    module = _module()
    del module.llama_set_adapters_lora
    with pytest.raises(UserError, match="lacks llama_set_adapters_lora"):
        check(module, llama_cpp.__version__)


def test_a_fork_on_the_path_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").write_text("__version__ = '9.9.9'\n", "utf-8")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from models.errors import UserError\nfrom models.runtime.library import library\n"
        "try:\n    library()\nexcept UserError as error:\n    print(error)"
    )
    root = Path(__file__, "../../../..").resolve()
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=root, capture_output=True, text=True, check=True
    )
    assert "version 9.9.9) does not come from llama-cpp-python" in done.stdout
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_the_librarys_log_goes_to_logging(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    module = library()
    with caplog.at_level(logging.DEBUG, "models.runtime.llama"), collected_errors() as errors:
        model = module.llama_model_load_from_file(
            str(tmp_path / "none").encode(), module.llama_model_default_params()
        )
    assert not model
    assert errors
    assert errors[0] in caplog.text
    assert {record.levelname for record in caplog.records} == {"DEBUG"}


@pytest.mark.parametrize("own", [{}, {"GOMP_SPINCOUNT": "7"}, {"OMP_WAIT_POLICY": "passive"}])
def test_the_environment_is_left_as_it_was(own: dict[str, str]) -> None:
    program = (
        "import os\nbefore = dict(os.environ)\nfrom models.runtime.library import library\nlibrary()\n"
        "print(dict(os.environ) == before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__, "../../../..").resolve(),
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
