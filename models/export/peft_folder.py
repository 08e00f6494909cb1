"""Reads an adapter as peft saves it: its settings, checked, and its matrices under llama.cpp's names.

What GGUF cannot hold is refused by name: an adapter that lost a part of itself would run, and answer wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import UserError
from models.export.base_model import BaseModel, read_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"

_KEY = re.compile(r"(?:base_model\.model\.)?(?P<module>.+)\.lora_(?P<half>[AB])(?:\.default)?\.weight")
# Settings with which an adapter is more than W + scale * B A on the base as it is.
_REFUSED = {
    "use_dora": "DoRA",
    "modules_to_save": "whole modules saved beside it",
    "trainable_token_indices": "trained tokens",
    "layer_replication": "replicated layers",
    "lora_bias": "biases",
    "fan_in_fan_out": "transposed weights",
    "target_parameters": "bare parameters as targets",
    "rank_pattern": "a rank that differs between modules",
    "alpha_pattern": "an alpha that differs between modules",
    "use_qalora": "QALoRA",
    "use_bdlora": "BD-LoRA",
    "alora_invocation_tokens": "activation by tokens",
}
_CHANGES_BASE = re.compile(r"pissa|olora|loftq|corda|lora_ga", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lora:
    """One adapted matrix: W + alpha / rank * B A.

    Args:
        a: shape (rank, inputs).
        b: shape (outputs, rank), its rows in llama.cpp's order.
    """

    a: Matrix
    b: Matrix


@dataclass(frozen=True, slots=True)
class PeftAdapter:
    """An adapter ready to be written.

    Args:
        alpha: in the sense of llama.cpp, which divides it by the rank.
        loras: by llama.cpp's name of the matrix, in the order of the layers.
    """

    alpha: float
    loras: Mapping[str, Lora]


def read_peft(folder: Path, base: BaseModel) -> PeftAdapter:
    """Read an adapter.

    Args:
        folder: with adapter_config.json and adapter_model.safetensors.
        base: the model it was trained on.

    Raises:
        UserError: a file is missing or broken, the adapter is of a kind that GGUF cannot hold, or does not
            fit the base.
    """
    config = read_json(folder / CONFIG)
    _refuse(config, folder)
    rank, alpha = config.get("r"), config.get("lora_alpha")
    if not isinstance(rank, int) or rank < 1 or not isinstance(alpha, int | float):
        raise UserError("it has no rank or no alpha", where=str(folder / CONFIG))
    # peft scales by alpha / sqrt(rank) then, llama.cpp always by alpha / rank.
    stated = float(alpha) * math.sqrt(rank) if config.get("use_rslora") else float(alpha)
    return PeftAdapter(alpha=stated, loras=_loras(folder / WEIGHTS, base, rank))


def _refuse(config: Mapping[str, Any], folder: Path) -> None:
    where = str(folder / CONFIG)
    if config.get("peft_type") != "LORA":
        raise UserError(f"a {config.get('peft_type')} adapter, not a LoRA", where=where)
    found = [told for key, told in _REFUSED.items() if config.get(key)]
    if config.get("bias", "none") != "none":
        found.append("biases")
    if found:
        raise UserError(
            f"GGUF cannot hold this adapter, which has {', '.join(found)}",
            where=where,
            do="train a plain LoRA of the attention's and the MLP's projections",
        )
    start = config.get("init_lora_weights")
    if isinstance(start, str) and _CHANGES_BASE.search(start):
        raise UserError(
            f"started as {start}, it belongs to a changed base, not to the model itself",
            where=where,
            do="save it with peft's `path_initial_model_for_weight_conversion`",
        )


def _loras(file: Path, base: BaseModel, rank: int) -> dict[str, Lora]:
    import gguf

    names = gguf.get_tensor_name_map(_architecture(base), base.layers)
    halves: dict[str, dict[str, Matrix]] = {}
    for key, matrix in _matrices(file):
        match = _KEY.fullmatch(key)
        name = names.get_name(match["module"]) if match else None
        if match is None or name is None or not name.startswith("blk."):
            raise UserError(
                f"GGUF cannot hold {key}",
                where=str(file),
                do="train a LoRA of the attention's and the MLP's projections, and add no tokens",
            )
        if not _is_finite(matrix):
            raise UserError(f"{key} holds numbers that are not finite", where=str(file), do="train again")
        halves.setdefault(f"{name}.weight", {})[match["half"]] = matrix
    if not halves:
        raise UserError("it holds no LoRA", where=str(file))
    return {name: _lora(name, halves[name], base, rank, file) for name in sorted(halves, key=_place)}


def _architecture(base: BaseModel) -> Any:
    import gguf

    return next(key for key, name in gguf.MODEL_ARCH_NAMES.items() if name == base.architecture)


def _matrices(file: Path) -> Iterator[tuple[str, Matrix]]:
    """All tensors of a safetensors file, as 32-bit floats."""
    import gguf
    import numpy as np
    from gguf.utility import SafetensorsLocal

    kinds = {
        "F32": gguf.GGMLQuantizationType.F32,
        "F16": gguf.GGMLQuantizationType.F16,
        "BF16": gguf.GGMLQuantizationType.BF16,
    }
    try:
        tensors = SafetensorsLocal(file).tensors
    except FileNotFoundError as error:
        raise UserError("no such file", where=str(file), do="save the adapter as safetensors") from error
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise UserError("a broken safetensors file", where=str(file)) from error
    for key, tensor in tensors.items():
        if tensor.dtype not in kinds or len(tensor.shape) != 2:
            raise UserError(f"{key} is {tensor.dtype} of shape {tensor.shape}", where=str(file))
        try:
            rows = np.asarray(tensor.mmap_bytes()).reshape(tensor.shape[0], -1)
            yield key, gguf.dequantize(rows, kinds[tensor.dtype]).reshape(tensor.shape)
        except (OSError, ValueError) as error:
            raise UserError("the file is truncated", where=str(file)) from error


def _is_finite(matrix: Matrix) -> bool:
    import numpy as np

    return bool(np.isfinite(matrix).all())


def _lora(name: str, halves: Mapping[str, Matrix], base: BaseModel, rank: int, file: Path) -> Lora:
    a, b = halves.get("A"), halves.get("B")
    if a is None or b is None or a.shape[0] != rank or b.shape[1] != rank:
        raise UserError(f"{name} has no A and B of rank {rank}", where=str(file))
    shape = base.shapes.get(name)
    if shape != (b.shape[0], a.shape[1]) and base.shapes:
        has = f"{shape[0]} x {shape[1]}" if shape else "none"
        raise UserError(
            f"the adapter does not fit the base: {name} is {has} there and {b.shape[0]} x {a.shape[1]} here",
            where=str(file),
            do="give the --base that it was trained on",
        )
    if base.permutes:
        if ".attn_q." in name:
            b = permute(b, base.heads)
        elif ".attn_k." in name:
            b = permute(b, base.key_heads)
    return Lora(a=a, b=b)


def permute(rows: Matrix, heads: int) -> Matrix:
    """Rows of queries or keys from transformers' order into llama.cpp's.

    Args:
        rows: shape (heads * width, anything); within a head, transformers has the first half of the pairs
            and then the second, llama.cpp pair by pair.
        heads: of what these are the rows of.
    """
    width = rows.shape[0] // heads
    halves: Matrix = rows.reshape(heads, 2, width // 2, rows.shape[1])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def _place(name: str) -> tuple[int, str]:
    """Sorts by layer."""
    return int(name.split(".")[1]), name
