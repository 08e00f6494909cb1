"""What `clarify models export` does: from an adapter in any form to one file, checked by running it."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from models.errors import UserError
from models.export.base_model import read_json
from models.export.converter import convert
from models.export.lora_gguf import Precision, write_lora
from models.export.metadata import AdapterMetadata, read_metadata
from models.export.ollama import write_modelfile
from models.export.peft_folder import CONFIG
from models.export.targets import TARGETS, build
from models.files import replacing
from models.registry.gguf_header import read_header
from models.registry.hashes import current_hash
from models.registry.progress import Progress
from models.registry.resolve import resolve

if TYPE_CHECKING:
    from models.runtime.model import ModelInfo

_LORAS: dict[str, Precision] = {"lora": "f16", "lora-q8_0": "q8_0"}
"""Targets that stay adapters, and the precision of each."""

ALL_TARGETS = (*_LORAS, *TARGETS)

_RUNS_FILE, _RUNS_FOLDER = "adapter.gguf", "adapter"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Args:
        file: the GGUF file.
        modelfile: for Ollama; None when it was not asked for.
    """

    file: Path
    modelfile: Path | None


def export(
    source: Path,
    base: str | None,
    target: str,
    out: Path,
    *,
    ollama: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Export an adapter, alone or merged into its base; it is run once to see that it works.

    Args:
        source: a folder as peft saves it, the folder of a training run, or a GGUF LoRA.
        base: the model that it was trained on: a name of the registry, a GGUF file, or a folder of
            transformers; None for the default model.
        target: one of ALL_TARGETS.
        out: the file to write.
        ollama: write a Modelfile too.
        progress: told of the steps.

    Raises:
        UserError: it cannot be exported, and why; `out` is not touched then.
    """
    if target not in ALL_TARGETS:
        raise UserError(f"there is no export to `{target}`", do=f"known are: {', '.join(ALL_TARGETS)}")
    with ExitStack() as stack:
        work = Path(stack.enter_context(TemporaryDirectory()))
        model, name = _base(base, work)
        lora = _as_lora(source, model, name, work / "adapter.gguf", _LORAS.get(target, "f16"))
        info = _run_once(model, lora)
        if target in _LORAS:
            with replacing(out) as temporary:
                shutil.copyfile(lora, temporary)
        else:
            build(model, lora, out, target, progress)
            info = _run_once(out, None)
    if not ollama:
        return Exported(out, None)
    if info.chat_template is None:
        raise UserError("the model has no chat template, so there is no Modelfile", where=str(model))
    attached = target in _LORAS
    modelfile = write_modelfile(
        model if attached else out,
        template=info.chat_template,
        eos=info.eos,
        adapter=out if attached else None,
    )
    return Exported(out, modelfile)


def _base(base: str | None, work: Path) -> tuple[Path, str]:
    """The base as a GGUF file, and what the Hub calls it."""
    if base is not None and Path(base).is_dir():
        folder = Path(base)
        convert(folder, work / "base.gguf")
        return work / "base.gguf", str(read_json(folder / "config.json").get("_name_or_path") or folder.name)
    model = resolve(base)
    return model.path, model.entry.base


def _as_lora(source: Path, model: Path, name: str, place: Path, precision: Precision) -> Path:
    """The source as a GGUF LoRA, written to `place` where it is none yet."""
    if source.is_file():
        if not read_header(source).is_adapter:
            raise UserError("a model, not an adapter", where=str(source), do="give the adapter")
        if precision == "q8_0":
            raise UserError("it is written already", where=str(source), do="give the folder that peft saved")
        return source
    inner = source / _RUNS_FOLDER
    folder = inner if (inner / CONFIG).is_file() else source
    if not (folder / CONFIG).is_file():
        raise UserError(
            f"neither {CONFIG} nor {_RUNS_FOLDER}/{CONFIG} is there",
            where=str(source),
            do="give a folder that peft saved, the folder of a training run, or a GGUF LoRA",
        )
    # What a run knows of its adapter is in the file that it wrote last.
    finished = source / _RUNS_FILE
    metadata = read_metadata(finished) if finished.is_file() else None
    if metadata is None:
        metadata = AdapterMetadata(
            name=source.resolve().name,
            base=name,
            base_sha256=current_hash(model),
            recipe="unknown",
            licence="unknown",
        )
    write_lora(folder, model, place, metadata, precision=precision)
    return place


def _run_once(model: Path, adapter: Path | None) -> ModelInfo:
    """Load it, attach what is to be attached, compute one prompt.

    Raises:
        UserError: it does not load, does not fit, or changes nothing.
    """
    from models.runtime.engine import Engine

    with Engine.load(model, context_tokens=64) as engine:
        if adapter is not None:
            engine.attach(adapter)
        engine.log_probabilities(engine.encode("def"))
        return engine.info
