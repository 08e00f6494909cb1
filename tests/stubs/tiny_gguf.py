"""Writes tiny random GGUF models and LoRA adapters: real files for the real engine, in milliseconds.

The model is a two-layer qwen2 with a byte-level vocabulary: what it says is noise, but it tokenises any
text, has control tokens and a chat template, and behaves like a model in every way that the engine knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gguf

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTROLS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
"""Control tokens, numbered from 256; the last one ends a reply."""

BYTES = 256
VOCABULARY = BYTES + len(CONTROLS)
_WIDTH, _HEADS, _KV_HEADS, _INNER, _LAYERS = 64, 4, 2, 96, 2


def write_tiny_model(
    path: Path,
    *,
    seed: int = 0,
    template: str | None = CHATML,
    context: int = 1024,
    architecture: str = "qwen2",
) -> Path:
    """Write a model file of some 0.5 MB; the same arguments give the same bytes.

    Args:
        path: where to.
        seed: of the weights.
        template: the chat template; None leaves it out.
        context: training context in tokens.
        architecture: as the file states it; any but `qwen2` makes a file that cannot be loaded.
    """
    import gguf
    import numpy as np

    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(str(path), architecture)
    writer.add_name("tiny")
    writer.add_context_length(context)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(10000.0)
    add_vocabulary(writer, template)

    def add(name: str, *shape: int, silent: int = 0) -> None:
        values = (random.standard_normal(shape) * 0.3).astype(np.float32)
        values[shape[0] - silent :] = 0
        writer.add_tensor(name, values)

    def add_norm(name: str) -> None:
        writer.add_tensor(name, np.ones(_WIDTH, dtype=np.float32))

    kv = _WIDTH // _HEADS * _KV_HEADS
    add("token_embd.weight", VOCABULARY, _WIDTH)
    # Control tokens have a logit of 0, so greedy decoding goes on and on, and a hot sampler ends some time.
    add("output.weight", VOCABULARY, _WIDTH, silent=len(CONTROLS))
    add_norm("output_norm.weight")
    for layer in range(_LAYERS):
        block = f"blk.{layer}."
        add_norm(block + "attn_norm.weight")
        add_norm(block + "ffn_norm.weight")
        for part, width in (("q", _WIDTH), ("k", kv), ("v", kv)):
            add(f"{block}attn_{part}.weight", width, _WIDTH)
            add(f"{block}attn_{part}.bias", width)
        add(block + "attn_output.weight", _WIDTH, _WIDTH)
        add(block + "ffn_gate.weight", _INNER, _WIDTH)
        add(block + "ffn_up.weight", _INNER, _WIDTH)
        add(block + "ffn_down.weight", _WIDTH, _INNER)
    _finish(writer)
    return path


def add_vocabulary(
    writer: gguf.GGUFWriter, template: str | None = CHATML, controls: Sequence[str] = CONTROLS
) -> None:
    """Add the byte-level vocabulary and the chat template to a model that is being written.

    Args:
        writer: of the model.
        template: the chat template; None leaves it out.
        controls: control tokens; the first one begins a text, the last one ends a reply.
    """
    import gguf

    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    alphabet = byte_alphabet()
    writer.add_token_list([*alphabet, *controls])
    writer.add_token_types([gguf.TokenType.NORMAL] * BYTES + [gguf.TokenType.CONTROL] * len(controls))
    writer.add_token_merges([f"{alphabet[ord('~')]} {alphabet[ord('~')]}"])  # llama.cpp wants one; unused
    writer.add_bos_token_id(BYTES)
    writer.add_eos_token_id(BYTES + len(controls) - 1)
    writer.add_add_bos_token(False)
    if template is not None:
        writer.add_chat_template(template)


def write_lora(
    path: Path,
    *,
    seed: int = 0,
    rank: int = 4,
    scale: float = 0.1,
    targets: dict[str, tuple[int, int]] | None = None,
    layers: int = _LAYERS,
    architecture: str = "qwen2",
) -> Path:
    """Write a random LoRA adapter, by default for the tiny model.

    Args:
        path: where to.
        seed: of the weights.
        rank: of the update.
        scale: of B's random values; 0 makes an adapter that changes nothing.
        targets: name of each updated matrix of a layer, such as `attn_q`, with its inputs and outputs.
        layers: how many layers to update.
        architecture: of the base model, as the file states it.
    """
    import gguf
    import numpy as np

    kv = _WIDTH // _HEADS * _KV_HEADS
    targets = targets or {"attn_q": (_WIDTH, _WIDTH), "attn_v": (_WIDTH, kv)}
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(str(path), architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(rank))
    for layer in range(layers):
        for name, (inputs, outputs) in targets.items():
            a = random.standard_normal((rank, inputs)).astype(np.float32)
            b = (random.standard_normal((outputs, rank)) * scale).astype(np.float32)
            writer.add_tensor(f"blk.{layer}.{name}.weight.lora_a", a)
            writer.add_tensor(f"blk.{layer}.{name}.weight.lora_b", b)
    _finish(writer)
    return path


def byte_alphabet() -> list[str]:
    """GPT-2's printable character for each byte."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def _finish(writer: object) -> None:
    import gguf

    assert isinstance(writer, gguf.GGUFWriter)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
