"""A model file in memory: mapped, not copied, and read for what it says about itself."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.runtime.library import collected_errors
from models.runtime.owner import Aborted, AbortFlag
from models.runtime.vocabulary import Vocabulary

_MAGIC = b"GGUF"
_HEADER_BYTES = 24  # magic, version, number of tensors, number of metadata entries


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model file says about itself.

    Args:
        architecture: such as `qwen2`.
        description: architecture, size and quantisation in one line.
        file_bytes: size of the weights.
        trained_context: tokens of context it was trained for.
        vocabulary_size: tokens that it knows.
        token_bytes: size of one token in the KV cache.
        chat_template: jinja2 source; None when the file has none.
        bos: begin-of-text token by name; empty when none.
        eos: end-of-text token by name; empty when none.
    """

    architecture: str
    description: str
    file_bytes: int
    trained_context: int
    vocabulary_size: int
    token_bytes: int
    chat_template: str | None
    bos: str
    eos: str


class Model:
    """A loaded model's handle; the owner thread alone may use it.

    Args:
        library: the `llama_cpp` module.
        path: a GGUF file.
        name: what the user calls it, for errors.
        abort: stops the loading while it is set.

    Raises:
        Aborted: the flag was set.
        UserError: no such file, not GGUF, damaged, or of an unknown architecture.
    """

    def __init__(self, library: Any, path: Path, name: str, abort: AbortFlag) -> None:
        _look_at(path, name)
        parameters = library.llama_model_default_params()
        parameters.load_mode = library.LLAMA_LOAD_MODE_MMAP
        go_on = library.llama_progress_callback(lambda _share, _data: not abort.is_set())
        parameters.progress_callback = go_on
        with collected_errors() as errors:
            self.handle = library.llama_model_load_from_file(str(path).encode(), parameters)
        if not self.handle:
            if abort.is_set():
                raise Aborted
            raise _damaged(path, name, _reason(errors))
        self._library = library
        self.vocabulary = Vocabulary(library, self.handle)

    def info(self) -> ModelInfo:
        """What the file says about itself."""
        library, handle = self._library, self.handle
        template = library.llama_model_chat_template(handle, None)
        text = ctypes.create_string_buffer(256)
        library.llama_model_desc(handle, text, len(text))
        return ModelInfo(
            architecture=self.metadata("general.architecture") or "",
            description=text.value.decode("utf-8", errors="replace"),
            file_bytes=library.llama_model_size(handle),
            trained_context=library.llama_model_n_ctx_train(handle),
            vocabulary_size=self.vocabulary.size,
            token_bytes=self._token_bytes(),
            chat_template=template.decode("utf-8", errors="replace") if template else None,
            bos=self.vocabulary.bos,
            eos=self.vocabulary.eos,
        )

    def metadata(self, key: str) -> str | None:
        """A metadata value as text; None when the file has none of this name."""
        length = self._library.llama_model_meta_val_str(self.handle, key.encode(), None, 0)
        if length < 0:
            return None
        value = ctypes.create_string_buffer(length + 1)
        self._library.llama_model_meta_val_str(self.handle, key.encode(), value, len(value))
        return value.value.decode("utf-8", errors="replace")

    def free(self) -> None:
        """Give the memory back; contexts and adapters of this model must be gone."""
        self._library.llama_model_free(self.handle)
        self.handle = None

    def _token_bytes(self) -> int:
        """Keys and values of one token in all layers, at two bytes a number."""
        library, handle = self._library, self.handle
        width = library.llama_model_n_embd(handle) // max(1, library.llama_model_n_head(handle))
        heads = library.llama_model_n_head_kv(handle)
        return int(2 * 2 * library.llama_model_n_layer(handle) * heads * width)


def _look_at(path: Path, name: str) -> None:
    """Refuse what is certainly no model, with a better word than the library has."""
    try:
        with path.open("rb") as file:
            start = file.read(_HEADER_BYTES)
    except FileNotFoundError as error:
        raise UserError(
            "no such model file", where=str(path), do=f"run `clarify models pull {name}`"
        ) from error
    except OSError as error:
        raise UserError(f"cannot read the model file: {error.strerror}", where=str(path)) from error
    if not start.startswith(_MAGIC):
        raise _damaged(path, name, "not a GGUF file")
    if len(start) < _HEADER_BYTES:
        raise _damaged(path, name, "cut off")


def _damaged(path: Path, name: str, reason: str) -> UserError:
    return UserError(
        f"the model file cannot be loaded: {reason}",
        where=str(path),
        do=f"run `clarify models verify {name}`, or pull it again",
    )


def _reason(errors: list[str]) -> str:
    """The first thing the library complained of, without the name of its function."""
    if not errors:
        return "unknown reason"
    return errors[0].split(": ", 1)[-1].removeprefix("error loading model: ")
