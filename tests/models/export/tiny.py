"""Tiny random models with grouped queries, as transformers and as GGUF with the same weights, and LoRAs.

The rows are permuted here by an index formula, not by the code that is tested.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.stubs.tiny_gguf import CHATML, CONTROLS, VOCABULARY, add_vocabulary

WIDTH, HEADS, KEY_HEADS, INNER, LAYERS = 256, 4, 2, 512, 2  # rows of 256, which K-quants need
ALL_LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
_HEAD = WIDTH // HEADS
_BLOCK = {
    "input_layernorm.weight": "attn_norm.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.k_proj.weight": "attn_k.weight",
    "self_attn.v_proj.weight": "attn_v.weight",
    "self_attn.q_proj.bias": "attn_q.bias",
    "self_attn.k_proj.bias": "attn_k.bias",
    "self_attn.v_proj.bias": "attn_v.bias",
    "self_attn.o_proj.weight": "attn_output.weight",
    "mlp.gate_proj.weight": "ffn_gate.weight",
    "mlp.up_proj.weight": "ffn_up.weight",
    "mlp.down_proj.weight": "ffn_down.weight",
}


@functools.cache
def transformers_model(architecture: str) -> Any:
    """A random model of `qwen2` or `llama`; treat it as read-only."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

    kinds = {"qwen2": (Qwen2Config, Qwen2ForCausalLM), "llama": (LlamaConfig, LlamaForCausalLM)}
    config_of, model_of = kinds[architecture]
    config = config_of(
        vocab_size=VOCABULARY,
        hidden_size=WIDTH,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KEY_HEADS,
        max_position_embeddings=1024,
        rms_norm_eps=1e-6,
        rope_theta=10000.0,
        tie_word_embeddings=False,
    )
    torch.manual_seed(0)
    model = model_of(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" not in name:
                # Logits spread over some nats, so that the next token is a clear choice.
                parameter.normal_(0.0, 0.3 if name.endswith("bias") else 1.2 / WIDTH**0.5)
    return model


def write_gguf(
    model: Any,
    path: Path,
    architecture: str,
    *,
    template: str = CHATML,
    controls: Sequence[str] = CONTROLS,
) -> Path:
    """The model as a GGUF file in 32-bit floats.

    Args:
        model: of transformers, of this module's width and heads.
        path: where to.
        architecture: `qwen2` or `llama`.
        template: the chat template.
        controls: control tokens, numbered from 256.
    """
    import gguf
    import numpy as np

    config = model.config
    rope = config.rope_parameters
    writer = gguf.GGUFWriter(str(path), architecture)
    writer.add_name("tiny")
    writer.add_license("mit")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(rope["rope_theta"])
    if rope["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    writer.add_rope_dimension_count(_HEAD)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    add_vocabulary(writer, template, controls)
    for key, parameter in model.state_dict().items():
        values = np.ascontiguousarray(parameter.numpy())
        name = _name(key)
        if architecture == "llama" and (".attn_q." in name or ".attn_k." in name):
            values = values[_pairwise(values.shape[0])]
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def train_lora(
    architecture: str,
    folder: Path,
    *,
    targets: Sequence[str] = ALL_LINEAR,
    size: float = 0.05,
    **options: Any,
) -> Any:
    """A LoRA with random values in both halves, saved by peft in `folder`.

    Returns:
        The model with it, in transformers.
    """
    import copy

    import peft
    import torch

    config = peft.LoraConfig(
        **{"r": 8, "lora_alpha": 16, "lora_dropout": 0.0, "task_type": "CAUSAL_LM"} | options,
        target_modules=list(targets),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers for what it renamed
        tuned = peft.get_peft_model(copy.deepcopy(transformers_model(architecture)), config).eval()
    torch.manual_seed(1)
    with torch.no_grad():
        for name, parameter in tuned.named_parameters():
            if "lora_" in name:
                parameter.normal_(0.0, size)
    tuned.save_pretrained(str(folder), save_embedding_layers=False)
    return tuned


def log_probabilities(model: Any, tokens: Sequence[int]) -> Any:
    """Of each next token, shape (tokens, vocabulary), by transformers."""
    import torch

    with torch.no_grad():
        return torch.log_softmax(model(torch.tensor([list(tokens)])).logits[0].double(), dim=-1).numpy()


def _name(key: str) -> str:
    outside = {
        "model.embed_tokens.weight": "token_embd.weight",
        "model.norm.weight": "output_norm.weight",
        "lm_head.weight": "output.weight",
    }
    if key in outside:
        return outside[key]
    _, _, layer, rest = key.split(".", 3)
    return f"blk.{layer}.{_BLOCK[rest]}"


def _pairwise(rows: int) -> list[int]:
    """For each of llama.cpp's rows, which of transformers' it is: 0, 32, 1, 33 … within a head of 64."""
    half = _HEAD // 2
    return [row - row % _HEAD + row % 2 * half + row % _HEAD // 2 for row in range(rows)]
