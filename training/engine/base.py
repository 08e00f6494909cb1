"""The base model: where it is, what it is called, and how it comes into memory for training."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from models.errors import UserError
from training.vocabulary import HubVocabulary, gguf_vocabulary

if TYPE_CHECKING:
    from training.recipe import BaseSettings, MemorySettings
    from training.vocabulary import Vocabulary

_HUB_FILES = ["*.json", "*.safetensors", "*.model", "*.txt", "*.jinja"]


@dataclass(frozen=True, slots=True)
class Base:
    """A model on this machine.

    Args:
        kind: a GGUF file, or a folder as transformers saves it.
        path: of the file or the folder.
        name: what users call it.
        origin: the model as the Hub names it, where that is known; else the name.
        sha256: of the file, or of all weights in the folder.
    """

    kind: Literal["gguf", "folder"]
    path: Path
    name: str
    origin: str
    sha256: str


def find_base(settings: BaseSettings) -> Base:
    """Find the base of a recipe; a Hub id is fetched into the Hub's own cache.

    Raises:
        UserError: there is none of this name, it is not on this machine, or the Hub did not give it.
    """
    given = settings.model
    folder = Path(given).expanduser()
    if folder.is_dir():
        return _of_folder(folder.absolute(), folder.name, folder.name)
    if _is_hub_id(given):
        return _of_folder(_fetch(given, settings.revision), given.rpartition("/")[2], given)
    from models.registry.hashes import current_hash
    from models.registry.resolve import resolve

    model = resolve(given)
    sha256 = model.entry.sha256 or current_hash(model.path)
    return Base("gguf", model.path, model.entry.name, model.entry.base, sha256)


@contextlib.contextmanager
def open_vocabulary(base: Base) -> Iterator[Vocabulary]:
    """The vocabulary of a base, without its weights.

    Raises:
        UserError: the base has no usable tokenizer or no chat template.
    """
    if base.kind == "gguf":
        with gguf_vocabulary(base.path) as vocabulary:
            yield _with_template(vocabulary, base)
        return
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(base.path, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"no tokenizer can be loaded: {_line(error)}", where=str(base.path)) from error
    if not tokenizer.is_fast:
        raise UserError("the model has no fast tokenizer (tokenizer.json)", where=str(base.path))
    yield _with_template(HubVocabulary(tokenizer), base)


def load_model(base: Base, settings: BaseSettings, memory: MemorySettings) -> Any:
    """The base's weights as a transformers model, frozen.

    Raises:
        UserError: the model cannot be loaded, or is of a kind that this engine cannot train.
    """
    import torch
    from transformers import AutoModelForCausalLM, GgufConfig

    from training.engine import attention
    from training.engine.memory import give_back, quantisation

    attention.register()
    options: dict[str, Any] = {
        "dtype": getattr(torch, settings.dtype),
        "attn_implementation": attention.NAME,
    }
    place: Path = base.path
    if base.kind == "gguf":
        # Left packed, the weights are computed with in float32.
        options["gguf_file"] = base.path.name
        options["quantization_config"] = GgufConfig(gguf_file=base.path.name, dequantize=True)
        place = base.path.parent
    if memory.four_bit:
        if base.kind == "gguf":
            raise UserError("memory.four_bit needs a base from the Hub or a folder", where=str(base.path))
        options["quantization_config"] = quantisation(settings.dtype)
    try:
        with _quietly():
            model = AutoModelForCausalLM.from_pretrained(place, local_files_only=True, **options)
    except (OSError, ValueError, KeyError, NotImplementedError) as error:
        raise UserError(f"the model cannot be loaded: {_line(error)}", where=str(base.path)) from error
    give_back()
    model.requires_grad_(False)
    model.config.use_cache = False
    _check_head(model, base)
    return model


def _check_head(model: Any, base: Base) -> None:
    """The loss computes logits as head(states); refuse a model that does more, such as scaling them."""
    import torch

    ids = torch.arange(4, device=model.device).unsqueeze(0) % model.config.get_text_config().vocab_size
    with torch.no_grad():
        whole = model(input_ids=ids, use_cache=False).logits
        states = model.base_model(input_ids=ids, use_cache=False).last_hidden_state
        parts = model.get_output_embeddings()(states)
    if not torch.allclose(whole, parts, atol=1e-3, rtol=1e-2):
        raise UserError(
            f"{type(model).__name__} does more than a linear layer to its last states",
            where=str(base.path),
            do="use a model of the Llama or the Qwen2 architecture",
        )


def _of_folder(path: Path, name: str, origin: str) -> Base:
    from models.registry.hashes import current_hash

    weights = sorted(path.glob("*.safetensors"))
    if not weights or not (path / "config.json").is_file():
        raise UserError("no model of transformers (config.json and *.safetensors)", where=str(path))
    digest = hashlib.sha256()
    for file in weights:
        digest.update(f"{file.name} {current_hash(file)}\n".encode())
    return Base("folder", path, name, origin, digest.hexdigest())


def _is_hub_id(given: str) -> bool:
    owner, slash, name = given.partition("/")
    plain = bool(owner and slash and name) and "/" not in name and not given.startswith((".", "~"))
    return plain and not given.endswith(".gguf") and not Path(given).exists()


def _fetch(repository: str, revision: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(repository, revision=revision, allow_patterns=_HUB_FILES))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise UserError(
            f"cannot fetch {repository} from the Hub: {_line(error)}", do="check the name and the network"
        ) from error


def _with_template(vocabulary: Vocabulary, base: Base) -> Vocabulary:
    if not vocabulary.template.strip():
        raise UserError(
            "the model has no chat template", where=str(base.path), do="use an instruct model as the base"
        )
    return vocabulary


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Transformers draws bars and logs while it loads, one bar without asking whether it should."""
    import transformers.utils

    logging: Any = transformers.utils.logging
    level = logging.get_verbosity()
    bars = logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
