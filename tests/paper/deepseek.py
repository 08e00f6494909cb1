"""A tiny random model of DeepSeek-Coder's architecture, with its chat template, as a folder and as GGUF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.models.export.tiny import HEADS, INNER, LAYERS, WIDTH, write_gguf
from tests.stubs.tiny_gguf import BYTES, byte_alphabet

TEMPLATE = Path(__file__).parents[1] / "models" / "templates" / "deepseek-coder.jinja"
BEGIN, END, EOT = "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<|EOT|>"


def write_deepseek(folder: Path, file: Path) -> None:
    """Write one model in both forms.

    Args:
        folder: as transformers saves it.
        file: as llama.cpp's converter writes it.
    """
    template = TEMPLATE.read_text(encoding="utf-8")
    model = _model()
    model.save_pretrained(folder)
    _tokenizer(template).save_pretrained(folder)
    write_gguf(model, file, "llama", template=template, controls=(BEGIN, END, EOT))


def _model() -> Any:
    """Llama with as many keys as queries and positions in quarter steps, as in the 6.7B."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=BYTES + 3,
        hidden_size=WIDTH,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=8192,
        rms_norm_eps=1e-6,
        rope_parameters={"rope_type": "linear", "factor": 4.0, "rope_theta": 100000.0},
        bos_token_id=BYTES,
        eos_token_id=BYTES + 2,
        tie_word_embeddings=False,
    )
    torch.manual_seed(0)
    model: Any = LlamaForCausalLM(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" not in name:
                parameter.normal_(0.0, 1.2 / WIDTH**0.5)
    return model


def _tokenizer(template: str) -> Any:
    """Of bytes, numbered as the GGUF file has them."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    plain = Tokenizer(models.BPE(vocab={one: at for at, one in enumerate(byte_alphabet())}, merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)  # type: ignore[assignment]
    plain.decoder = decoders.ByteLevel()  # type: ignore[assignment]
    plain.add_special_tokens([BEGIN, END, EOT])
    wrapped = PreTrainedTokenizerFast(tokenizer_object=plain, bos_token=BEGIN, pad_token=END, eos_token=EOT)
    wrapped.chat_template = template
    return wrapped
