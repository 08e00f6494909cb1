"""One adapter in three forms: by peft, attached as GGUF, merged into the base. They are one model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.backends.base import Message
from models.errors import UserError
from models.export.compare import Form, compare
from models.export.lora_gguf import write_lora
from models.export.metadata import read_metadata
from models.export.targets import TARGETS, build
from models.registry.gguf_header import read_header
from models.registry.hashes import hash_file
from models.runtime.scoring import Scorer
from tests.models.export.material import METADATA
from tests.models.export.tiny import log_probabilities, train_lora, transformers_model, write_gguf

TEXTS = [
    list(b"def slugify(text): '''Return the text with its words joined by dashes.'''"),
    list(b"Write a function that merges two sorted lists, and keeps duplicates. Then test it on [1, 2, 2]."),
    list("Ein Text mit Umlauten: äöü, und mit Zahlen: 0123456789.".encode()),
]
CONVERSATION = (
    Message("system", "Ask or code."),
    Message("user", "Sort it."),
    Message("assistant", "1. How?"),
)
LOSS = {  # mean KL against the attached form, in nats, that each type may have on these random weights
    "f16": 1e-3, "q8_0": 2e-3, "fast": 2e-3, "q6_k": 1e-2, "q5_k_m": 3e-2, "q5_k_s": 3e-2, "q5_0": 5e-2,
    "q4_k_m": 0.1, "q4_k_s": 0.1, "q4_0": 0.2, "q3_k_m": 0.5, "q2_k": 2.0,
}  # fmt: skip


@dataclass(frozen=True)
class Trained:
    """A base, an adapter, and what transformers says of them."""

    architecture: str
    base: Path
    lora: Path
    expected: list[Any]


@pytest.fixture(scope="module", params=["qwen2", "llama"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp(request.param)
    base = write_gguf(transformers_model(request.param), folder / "base.gguf", request.param)
    tuned = train_lora(request.param, folder / "peft", r=16)
    write_lora(folder / "peft", base, folder / "lora.gguf", METADATA)
    expected = [log_probabilities(tuned, text) for text in TEXTS]
    return Trained(request.param, base, folder / "lora.gguf", expected)


def scored(path: Path, adapter: Path | None = None) -> list[Any]:
    with Scorer.load(path, context_tokens=256, adapter=adapter, threads=1) as scorer:
        return [np.stack(list(scorer.log_probabilities(text))) for text in TEXTS]


def agreement(found: Sequence[Any], expected: Sequence[Any]) -> float:
    pairs = zip(found, expected, strict=True)
    return float(np.mean(np.concatenate([a.argmax(-1) == b.argmax(-1) for a, b in pairs])))


def mean_kl(found: Sequence[Any], expected: Sequence[Any]) -> float:
    pairs = zip(found, expected, strict=True)
    return float(np.mean(np.concatenate([(np.exp(b) * (b - a)).sum(-1) for a, b in pairs])))


def test_the_adapter_changes_much(trained: Trained) -> None:
    assert mean_kl(scored(trained.base), trained.expected) > 0.1


def test_attached_it_is_what_peft_computes(trained: Trained) -> None:
    found = scored(trained.base, trained.lora)
    assert agreement(found, trained.expected) >= 0.99
    assert mean_kl(found, trained.expected) < 1e-4


def test_merged_in_16_bits_it_is_what_peft_computes(trained: Trained, tmp_path: Path) -> None:
    build(trained.base, trained.lora, tmp_path / "merged.gguf", "f16")
    found = scored(tmp_path / "merged.gguf")
    assert agreement(found, trained.expected) >= 0.99
    assert mean_kl(found, trained.expected) < 1e-4


def test_q8_0_is_used_where_the_row_allows_it(trained: Trained, tmp_path: Path) -> None:
    folder = trained.base.parent / "peft"
    write_lora(folder, trained.base, tmp_path / "q8.gguf", METADATA, precision="q8_0")
    kinds = {
        name.rpartition(".")[2]: tensor.kind
        for name, tensor in read_header(tmp_path / "q8.gguf").layout.tensors.items()
    }
    assert kinds == {"lora_a": 8, "lora_b": 1}  # B has rows of the rank, 16
    assert mean_kl(scored(trained.base, tmp_path / "q8.gguf"), trained.expected) < 1e-3


@pytest.mark.parametrize("target", TARGETS)
def test_each_type_loses_no_more_than_it_should(trained: Trained, tmp_path: Path, target: str) -> None:
    out = tmp_path / "out" / "merged.gguf"
    build(trained.base, trained.lora, out, target)
    assert mean_kl(scored(out), trained.expected) < LOSS[target]
    header = read_header(out)
    assert header.quantisation.lower() == {"fast": "q8_0"}.get(target, target)
    assert read_metadata(out) == METADATA
    assert header.text("clarify.adapter_sha256") == hash_file(trained.lora)
    assert [path.name for path in out.parent.iterdir()] == ["merged.gguf"]


def test_the_bases_metadata_is_kept_to_the_byte(trained: Trained, tmp_path: Path) -> None:
    build(trained.base, trained.lora, tmp_path / "merged.gguf", "q8_0")
    before, after = (read_header(path) for path in (trained.base, tmp_path / "merged.gguf"))
    contents = [path.read_bytes() for path in (trained.base, tmp_path / "merged.gguf")]
    for key in before.layout.pairs:
        if key != "general.file_type":
            spans = [header.layout.pairs[key] for header in (before, after)]
            assert (
                len({content[start:end] for content, (start, end) in zip(contents, spans, strict=True)}) == 1
            )
    assert "tokenizer.chat_template" in before.layout.pairs


def test_what_the_adapter_leaves_alone_stays_packed(trained: Trained, tmp_path: Path) -> None:
    packed = tmp_path / "base.gguf"
    build(trained.base, trained.lora, packed, "q4_0")  # any quantised model will do as a base
    build(packed, trained.lora, tmp_path / "merged.gguf", "fast")
    before, after = (read_header(path).layout.tensors for path in (packed, tmp_path / "merged.gguf"))
    assert {name for name in before if before[name].kind != after[name].kind} == {
        name for name in before if name.startswith("blk.") and len(before[name].shape) == 2
    }
    content = packed.read_bytes(), (tmp_path / "merged.gguf").read_bytes()
    for name in ("token_embd.weight", "output.weight"):
        one, other = before[name], after[name]
        assert (
            content[0][one.start : one.start + one.size_bytes]
            == content[1][other.start : other.start + other.size_bytes]
        )


def test_comparing_tells_forms_apart(trained: Trained, tmp_path: Path) -> None:
    attached = Form(trained.base, trained.lora)
    same = compare(attached, attached, [CONVERSATION])
    assert (same.agreement, same.mean_kl, same.worst_kl) == (1.0, 0.0, 0.0)
    assert (same.ask_shift, same.flips, same.positions) == (0.0, 0.0, len("1. How?") + 1)
    other = compare(attached, Form(trained.base), [CONVERSATION])
    assert other.mean_kl > 0.01
    assert other.ask_scatter == pytest.approx(abs(other.ask_shift))
    assert other.ask_shift != 0.0


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda trained, _: (trained.lora, trained.lora), "an adapter, not a model"),
        (lambda trained, _: (trained.base, trained.base), "not a LoRA adapter"),
    ],
)
def test_what_cannot_be_merged_is_a_line(trained: Trained, tmp_path: Path, make: Any, line: str) -> None:
    base, lora = make(trained, tmp_path)
    with pytest.raises(UserError, match=line):
        build(base, lora, tmp_path / "out" / "merged.gguf", "f16")
    assert not list((tmp_path / "out").glob("*"))


def test_an_unknown_type_is_a_line(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be merged into `q4_k`; did you mean"):
        build(trained.base, trained.lora, tmp_path / "merged.gguf", "q4_k")
