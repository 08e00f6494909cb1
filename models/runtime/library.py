"""The llama.cpp library: imported once, checked for what this package uses, its log sent to `logging`.

Nothing of it may reach the terminal: the library would print to stderr by itself.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.metadata
import logging
import os
import re
import sys
import threading
from collections.abc import Iterator
from typing import Any

from models.errors import UserError

_log = logging.getLogger("models.runtime.llama")

MINIMUM = (0, 3, 36)
_INSTALL = "run `pip install 'llama-cpp-python>=0.3.36,<0.4'`"

_FUNCTIONS = (
    "llama_adapter_lora_init",
    "llama_decode",
    "llama_get_logits_ith",
    "llama_init_from_model",
    "llama_memory_clear",
    "llama_memory_seq_rm",
    "llama_model_load_from_file",
    "llama_sampler_chain_init",
    "llama_set_abort_callback",
    "llama_set_adapters_lora",
    "llama_state_seq_get_data",
    "llama_state_seq_set_data",
    "llama_tokenize",
)
_FIELDS = {
    "llama_model_params": ("load_mode",),
    "llama_context_params": ("n_outputs_max", "flash_attn_type", "abort_callback_data"),
}

# How often a worker thread of GNU OpenMP looks for work before it sleeps. The default, 300,000 and more,
# lets one thread burn its time slice while the other waits for a core: on two cores with one other busy
# process, decoding falls from 60 to 2..20 tokens/s; with this value to 25, and an idle machine loses 4%.
_SPIN_COUNT = "1000"

_ERROR_LEVEL = 4  # GGML_LOG_LEVEL_ERROR; the numbers in llama_cpp._logger are out of date
_local = threading.local()


@functools.cache
def library() -> Any:
    """The checked `llama_cpp` module, initialised; the first call takes about 0.2 seconds.

    Raises:
        UserError: it is missing, too old, another package of the same name, or cannot be loaded.
    """
    with _patient_threads():
        try:
            module = importlib.import_module("llama_cpp")
        except ModuleNotFoundError as error:
            raise UserError("llama-cpp-python is not installed", do=_INSTALL) from error
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise UserError(f"llama-cpp-python cannot be loaded: {error}", do=_INSTALL) from error
    check(module, _distribution_version())
    module.llama_log_set(_log_callback(module), None)
    module.llama_backend_init()
    return module


def check(module: Any, distribution: str | None) -> None:
    """Refuse a module that is not the llama-cpp-python this package was written for.

    A fork with the same module name can take an unknown argument in silence, or have structures whose fields
    lie elsewhere, which is memory corruption and no error.

    Args:
        module: the imported `llama_cpp`.
        distribution: version of the installed distribution `llama-cpp-python`; None when there is none.

    Raises:
        UserError: as said.
    """
    version = str(getattr(module, "__version__", "unknown"))
    if distribution is None or distribution != version:
        raise UserError(
            f"the module llama_cpp (version {version}) does not come from llama-cpp-python",
            where=str(getattr(module, "__file__", "") or ""),
            do=f"uninstall the package that brings it, then {_INSTALL}",
        )
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if numbers < MINIMUM:
        raise UserError(f"llama-cpp-python {version} is too old", do=_INSTALL)
    missing = [name for name in _FUNCTIONS if not hasattr(module, name)]
    for structure, fields in _FIELDS.items():
        present = {field[0] for field in getattr(getattr(module, structure, None), "_fields_", ())}
        missing += [f"{structure}.{field}" for field in fields if field not in present]
    if missing:
        raise UserError(f"llama-cpp-python {version} lacks {', '.join(missing)}", do=_INSTALL)


def version() -> str:
    """What computes: package, llama.cpp, and the processor features it was built for."""
    module = library()
    parts = (module.llama_version(), module.llama_print_system_info())
    return " | ".join([module.__version__, *(part.decode(errors="replace").strip() for part in parts)])


@contextlib.contextmanager
def collected_errors() -> Iterator[list[str]]:
    """The error lines that the library logs in this thread, for messages to people."""
    _local.errors = lines = list[str]()
    try:
        yield lines
    finally:
        _local.errors = None


def _distribution_version() -> str | None:
    try:
        return importlib.metadata.version("llama-cpp-python")
    except importlib.metadata.PackageNotFoundError:
        return None


@contextlib.contextmanager
def _patient_threads() -> Iterator[None]:
    """Set the spin count while the OpenMP library is loaded, the only time it is read."""
    own = {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & os.environ.keys()
    if own or "llama_cpp" in sys.modules:
        yield
        return
    os.environ["GOMP_SPINCOUNT"] = _SPIN_COUNT
    try:
        yield
    finally:
        os.environ.pop("GOMP_SPINCOUNT", None)


def _log_callback(module: Any) -> Any:
    """A C callback; `library` keeps it alive through its own cache, since llama.cpp holds the pointer."""

    def write(level: int, text: bytes, _: object) -> None:
        line = text.decode("utf-8", errors="replace").rstrip()
        if not line:
            return
        errors = getattr(_local, "errors", None)
        if level == _ERROR_LEVEL and errors is not None:
            errors.append(line)
        _log.debug("%s", line)

    module.clarify_log_callback = callback = module.llama_log_callback(write)
    return callback
