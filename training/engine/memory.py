"""What time is paid for memory: activations computed again, frozen weights in four bits."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from models.errors import UserError

if TYPE_CHECKING:
    from training.recipe import Dtype


def quantisation(dtype: Dtype) -> Any:
    """The settings of bitsandbytes for weights in four bits.

    Raises:
        UserError: there is no CUDA device, or bitsandbytes is not installed.
    """
    import importlib.util

    import torch

    if not torch.cuda.is_available():
        raise UserError("memory.four_bit needs a CUDA device", do="set memory.four_bit=false")
    if importlib.util.find_spec("bitsandbytes") is None:
        raise UserError("memory.four_bit needs bitsandbytes", do="run `pip install bitsandbytes`")
    import transformers

    make: Any = transformers.BitsAndBytesConfig
    return make(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=getattr(torch, dtype),
    )


def recompute_activations(model: Any) -> None:
    """Keep a block's input alone, and compute the rest again when gradients are wanted."""
    model.activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})
    # Without a gradient at a block's input nothing would be computed again.
    model.enable_input_require_grads()


def give_back() -> None:
    """Give freed memory back to the system, where glibc would keep it.

    Batches of ever other sizes leave holes in the heap, and loading a model leaves large ones: without this
    a run of 0.5B grows to twice what it needs. It takes milliseconds.
    """
    release = _malloc_trim()
    if release is not None:
        release(0)


@functools.cache
def _malloc_trim() -> Callable[[int], int] | None:
    import ctypes

    try:
        return ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of torch says that memory ran out, on a device or in the machine."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
