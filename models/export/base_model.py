"""The model that an adapter is for: what of it an export must know, from a GGUF file or a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.registry.gguf_header import read_header

ARCHITECTURES = {"LlamaForCausalLM": "llama", "Qwen2ForCausalLM": "qwen2"}
"""What adapters can be exported for: the class of transformers, and llama.cpp's name."""

_PERMUTED = frozenset({"llama"})


@dataclass(frozen=True, slots=True)
class BaseModel:
    """What must be known of a base model.

    Args:
        architecture: llama.cpp's name.
        layers: number of blocks.
        heads: of the queries.
        key_heads: of the keys and values.
        shapes: of its matrices, outputs first, by llama.cpp's names; empty when only a folder is at hand.
    """

    architecture: str
    layers: int
    heads: int
    key_heads: int
    shapes: Mapping[str, tuple[int, ...]]

    @property
    def permutes(self) -> bool:
        """Whether llama.cpp keeps the rows of queries and keys in another order than transformers.

        It turns neighbouring pairs where transformers turns the two halves of a head; only for Llama.
        """
        return self.architecture in _PERMUTED


def read_base(path: Path) -> BaseModel:
    """Read what must be known of a base model.

    Args:
        path: a GGUF file, or a folder of transformers with a config.json.

    Raises:
        UserError: there is no model there, or it is of an architecture that adapters cannot be exported for.
    """
    return _of_folder(path) if path.is_dir() else _of_file(path)


def _of_file(path: Path) -> BaseModel:
    header = read_header(path)
    if header.is_adapter:
        raise UserError("an adapter, not a model", where=str(path), do="name the model it belongs to")
    architecture = header.architecture
    if architecture not in ARCHITECTURES.values():
        raise _unknown(architecture, path)
    heads = header.number(f"{architecture}.attention.head_count")
    layers = header.number(f"{architecture}.block_count")
    if heads is None or layers is None:
        raise UserError("the file does not state its layers and heads", where=str(path))
    return BaseModel(
        architecture=architecture,
        layers=layers,
        heads=heads,
        key_heads=header.number(f"{architecture}.attention.head_count_kv") or heads,
        shapes={name: tensor.shape for name, tensor in header.layout.tensors.items()},
    )


def _of_folder(path: Path) -> BaseModel:
    file = path / "config.json"
    config = read_json(file)
    classes = config.get("architectures") or [str(config.get("model_type"))]
    if classes[0] not in ARCHITECTURES:
        raise _unknown(classes[0], path)
    try:
        heads = int(config["num_attention_heads"])
        return BaseModel(
            architecture=ARCHITECTURES[classes[0]],
            layers=int(config["num_hidden_layers"]),
            heads=heads,
            key_heads=int(config.get("num_key_value_heads") or heads),
            shapes={},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UserError("does not state its layers and heads", where=str(file)) from error


def read_json(file: Path) -> dict[str, Any]:
    """The object in a JSON file.

    Raises:
        UserError: it cannot be read, or is none.
    """
    try:
        document = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise UserError("no such file", where=str(file)) from error
    except OSError as error:
        raise UserError(f"cannot read: {error.strerror or error}", where=str(file)) from error
    except ValueError as error:
        raise UserError(f"not JSON: {error}", where=str(file)) from error
    if not isinstance(document, dict):
        raise UserError("not a JSON object", where=str(file))
    return document


def _unknown(architecture: str, path: Path) -> UserError:
    return UserError(
        f"adapters for {architecture} cannot be exported",
        where=str(path),
        do=f"known are: {', '.join(sorted(ARCHITECTURES.values()))}",
    )
