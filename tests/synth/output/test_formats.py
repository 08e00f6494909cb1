"""Files of samples: what is written is read back, also by `datasets`; a failure leaves the old file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import UsageError, UserError
from models.reply import Question
from synth.output.balance import Item
from synth.output.formats import open_data_file
from synth.output.leading import filled, lead
from synth.output.parquet import sample_schema
from synth.output.reading import read_samples
from synth.schema import Sample
from tests.synth.gate.material import CHANGE, answered, clear, unclear

ENDINGS = (".jsonl", ".parquet")


def written(path: Path, samples: list[Sample]) -> Path:
    with open_data_file(path) as file:
        for sample in samples:
            file.write(sample.model_dump(mode="json"))
    return path


def mixed(count: int) -> list[Sample]:
    """Clear ones first, so that a loader that looks at the beginning sees no change and no questions."""
    kinds = [clear] * (count - count // 3) + [unclear, answered] * (count // 3)
    return [kind(id=f"{number}:x") for number, kind in enumerate(kinds)]


def _interrupted(path: Path) -> None:
    with open_data_file(path) as file:
        file.write(clear().model_dump(mode="json"))
        raise KeyboardInterrupt


text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
asked = st.tuples(st.builds(Question, text=text))
unclear_samples = st.builds(unclear, problem=text, answer=text, questions=asked)


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(unclear_samples, max_size=5))
def test_what_is_written_is_read_back(tmp_path, ending, samples):
    path = written(tmp_path / f"a{ending}", samples)
    assert list(read_samples(path)) == samples


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_samples_give_the_same_bytes(tmp_path, ending):
    one, other = (written(tmp_path / f"{name}{ending}", mixed(2500)) for name in "ab")
    assert one.read_bytes() == other.read_bytes()
    assert sum(1 for _ in read_samples(one)) == len(mixed(2500))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_failure_leaves_what_was_there(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(path)
    assert path.read_text() == "before"
    assert [file for file in tmp_path.iterdir() if file.is_file()] == [path]


@pytest.mark.parametrize("ending", ENDINGS)
def test_datasets_loads_it_with_the_papers_fields(tmp_path, monkeypatch, ending):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    from datasets import load_dataset

    samples = [
        *mixed(60),
        unclear(id="z", further_changes=(CHANGE,), questions=(Question(text="A?", options=("b",)),)),
    ]
    path = written(tmp_path / f"a{ending}", samples)
    kind = {".jsonl": "json", ".parquet": "parquet"}[ending]
    loaded = load_dataset(kind, data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
    assert {"problem", "answer", "type"} <= set(loaded.column_names)
    assert loaded[0]["problem"] == clear().problem
    assert loaded[0]["change"] is None
    assert [Sample.model_validate(row) for row in loaded] == samples


def test_rows_that_fill_a_field_first_go_in_front():
    """Of the files of JSON lines that `datasets` reads, the first rows decide what a field holds."""
    samples = [
        clear(),
        clear(),
        unclear(),
        answered(),
        clear(),
        unclear(further_changes=(CHANGE,)),
        answered(),
    ]
    fields = [filled(sample.model_dump(mode="json")) for sample in samples]
    items = [Item(str(n), "p", "clear", "train", 0, n, has) for n, has in enumerate(fields)]
    assert [item.place for item in lead(items)] == [0, 2, 3, 5, 1, 4, 6]
    assert {".change.kind", ".questions.text"} <= fields[2] - fields[0]


def test_the_columns_are_the_fields_of_the_schema():
    assert sample_schema().names == list(Sample.model_fields)


def test_an_ending_that_no_format_has(tmp_path):
    with pytest.raises(UsageError, match=r"did you mean `\.jsonl`"):
        open_data_file(tmp_path / "a.json")


def test_a_file_of_something_else(tmp_path):
    for name, content, words in (
        ("a.jsonl", b'{"problem": "x"}\n', "sample 1 is none: id"),
        ("b.jsonl", b"{\n", "b.jsonl:1: is not a JSON object"),
        ("c.parquet", b"nothing", "not a parquet file"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match=words):
            list(read_samples(tmp_path / name))
    for path in (tmp_path / "missing.jsonl", tmp_path):
        with pytest.raises(UserError, match="there is no"):
            list(read_samples(path))
