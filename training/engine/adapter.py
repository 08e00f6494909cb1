"""The adapter: made on a frozen base, saved as peft saves it, read back."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import UserError

if TYPE_CHECKING:
    from training.recipe import AdapterSettings

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


def add_adapter(model: Any, settings: AdapterSettings, *, base_name: str, seed: int) -> Any:
    """Put a fresh LoRA on a model; its weights are float32, whatever the base's are.

    Raises:
        UserError: the model has no layer of a name in `targets`, or one that is no projection of a block.
    """
    import torch
    from peft import LoraConfig, TaskType, get_peft_model
    from peft.tuners.tuners_utils import BaseTunerLayer

    names = {name.rpartition(".")[2] for name, _ in model.named_modules()}
    if lost := [target for target in settings.targets if target not in names]:
        raise UserError(f"the base has no layers named `{lost[0]}`", where="adapter.targets")
    if barred := {"lm_head", "embed_tokens"} & set(settings.targets):
        raise UserError(
            f"`{sorted(barred)[0]}` cannot be adapted: llama.cpp takes updates of projections only",
            where="adapter.targets",
        )
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,  # type: ignore[arg-type]  # whole numbers only by its annotation
        lora_dropout=settings.dropout,
        target_modules=sorted(settings.targets),
        task_type=TaskType.CAUSAL_LM,
        bias="none",
    )
    with torch.random.fork_rng(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
        torch.manual_seed(seed)
        tuned = get_peft_model(model, config, autocast_adapter_dtype=True)
    # The name alone: a path would be another machine's, and peft would prefer it to what it is given.
    tuned.peft_config["default"].base_model_name_or_path = base_name
    for module in tuned.modules():
        if isinstance(module, BaseTunerLayer):
            # Autocast does what this would do, in the other direction: the cheap one.
            module.cast_input_dtype_enabled = False  # type: ignore[assignment]
    return tuned


def save_adapter(tuned: Any, folder: Path) -> None:
    """Write adapter_config.json and adapter_model.safetensors; asks no Hub."""
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = tuned.peft_config["default"]
    trained, config.inference_mode = config.inference_mode, True
    config.save_pretrained(str(folder))
    config.inference_mode = trained
    state = get_peft_model_state_dict(tuned, save_embedding_layers=False)
    tensors = {name: tensor.detach().to("cpu").contiguous() for name, tensor in state.items()}
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})


def read_adapter(tuned: Any, folder: Path) -> None:
    """Take over the weights of a saved adapter.

    Raises:
        UserError: it is missing, broken, or of another base or rank.
    """
    from peft import set_peft_model_state_dict
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    file = folder / WEIGHTS
    try:
        state = load_file(file)
        outcome: Any = set_peft_model_state_dict(tuned, state)
    except (OSError, SafetensorError) as error:
        raise UserError(f"the adapter cannot be read: {error}", where=str(file)) from error
    except RuntimeError as error:
        raise _another(file) from error
    if outcome.unexpected_keys or any("lora_" in key for key in outcome.missing_keys):
        raise _another(file)


def _another(file: Path) -> UserError:
    return UserError("the adapter is not for this base and rank", where=str(file), do="check base and recipe")
