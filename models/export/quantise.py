"""Packs the weights of a model smaller, with llama.cpp's own quantiser."""

from __future__ import annotations

import ctypes
from pathlib import Path

from models.errors import UserError
from models.files import replacing
from models.registry.gguf_header import FILE_TYPES
from models.runtime.library import collected_errors, library
from models.runtime.machine import default_threads

_NUMBERS = {name.lower(): number for number, name in FILE_TYPES.items()}
KINDS = ("q2_k", "q3_k_m", "q4_0", "q4_k_s", "q4_k_m", "q5_0", "q5_k_s", "q5_k_m", "q6_k")
"""What can be asked for: llama.cpp's mixtures that need no importance matrix."""


def quantise(source: Path, out: Path, kind: str, *, threads: int | None = None) -> None:
    """Write a model with its weights in another type; the file appears whole or not at all.

    A tensor that is of its new type already is copied as it is. Ctrl-C waits for the library.

    Args:
        source: a GGUF model; the more exact its weights, the better.
        out: the file to write.
        kind: a mixture, one of KINDS.
        threads: to compute with; by default the physical cores that this process may use.

    Raises:
        UserError: the source cannot be read or packed so, or the file cannot be written.
    """
    module = library()
    parameters = module.llama_model_quantize_default_params()
    parameters.nthread = threads or default_threads()
    parameters.ftype = _NUMBERS[kind]
    parameters.allow_requantize = True  # the base of a merged model is a quantised one
    with replacing(out) as temporary:
        with collected_errors() as errors:
            failed = module.llama_model_quantize(
                str(source).encode(), str(temporary).encode(), ctypes.byref(parameters)
            )
        if failed:
            reason = errors[-1].split(": ", 1)[-1] if errors else "unknown reason"
            raise UserError(f"cannot be quantised to {kind}: {reason}", where=str(source))
