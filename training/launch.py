"""What must be so before torch is loaded, and which of several processes this is.

`torchrun` and `accelerate launch` start a process for each device and tell it through the environment.
"""

from __future__ import annotations

import importlib.util
import os
import sys

from models.errors import UserError

_PACKAGES = ("accelerate", "gguf", "peft", "torch", "transformers")
# GNU OpenMP lets a thread that waits burn its time slice; with another busy process on the machine the one
# it waits for then gets no core. With this value it sleeps soon, which costs an idle machine nearly nothing.
_SPIN_COUNT = "1000"


def require_libraries() -> None:
    """Refuse to start where a library of the `train` extra is missing.

    Raises:
        UserError: names the first that is.
    """
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(
            f"training needs {', '.join(missing)}, which is not installed",
            do="run `pip install 'clarifycoder[train]'`",
        )


def prepare(threads: int | None) -> None:
    """Load torch with patient threads, as many as there are physical cores, and no word to the Hub.

    Args:
        threads: to compute with; None takes the physical cores, shared with the other processes here.
    """
    if "torch" not in sys.modules and not {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & os.environ.keys():
        os.environ["GOMP_SPINCOUNT"] = _SPIN_COUNT
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch

    from models.runtime.machine import default_threads

    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    torch.set_num_threads(threads or max(1, default_threads() // here))


def is_first_process() -> bool:
    """Whether this process writes what all processes share."""
    return os.environ.get("RANK", "0") == "0"


def leave() -> None:
    """Take this process out of the group, where there is one: left open, its threads can abort the exit.

    A process that is done need not wait for the one that still writes.
    """
    if "torch" not in sys.modules:
        return
    from torch import distributed

    if distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()
