"""The `clarify synth` commands, through the program's own entry."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from assistant.app import run
from synth.corpus.files import everything
from synth.output.reading import read_samples
from synth.sources.base import READERS
from tests.stubs.openai import OpenAIStub
from tests.synth.llm.model import answer


@pytest.fixture(autouse=True)
def fixture_source(monkeypatch):
    monkeypatch.setitem(READERS, "fixture", "tests.synth.building:FixtureProblems")
    monkeypatch.setenv("COLUMNS", "150")


def clarify(*arguments: object) -> int:
    return run(["synth", *map(str, arguments)])


def build(out: object, *more: object) -> int:
    return clarify("build", "--source", "fixture:8", "--seed", 1, "--jobs", 1, "--out", out, *more)


def test_build_says_what_it_made(tmp_path, capsys):
    assert build(tmp_path / "a.jsonl", "--limit", 20) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"20 samples in {tmp_path / 'a.jsonl'}\n")
    assert "8 clear" in out
    assert "CLARIFY_HUMANEVAL is not set" in out
    assert len(list(read_samples(tmp_path / "a.jsonl"))) == 20


def test_the_report_is_one_document(tmp_path, capsys):
    assert build(tmp_path / "a.parquet", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report == json.loads((tmp_path / "a.report.json").read_text())
    assert report["version"] == 1


@pytest.fixture
def stub_model(monkeypatch):
    with OpenAIStub(answer) as stub:
        monkeypatch.setenv("CLARIFY_BASE_URL", stub.url)
        yield stub


def test_what_a_service_was_asked_for_stands_in_the_summary(tmp_path, capsys, stub_model):
    llm = ("--generator", "llm", "--option", "model=m")
    assert build(tmp_path / "a.jsonl", *llm) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("asked in this run:")]
    assert f"{len(stub_model.requests)} calls (0 kept, 0 unusable)" in line
    assert "reply tokens, price not known" in line
    assert build(tmp_path / "b.jsonl", *llm, "--json") == 0
    shown = capsys.readouterr()
    assert "asked" not in json.loads(shown.out)
    assert f"asked in this run: 0 calls ({len(stub_model.requests)} kept" in shown.err
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()


def test_what_was_paid_is_told_after_a_failure_too(tmp_path, capsys, monkeypatch):
    with OpenAIStub(lambda seen: answer(seen) if len(stub.requests) <= 4 else 401) as stub:
        monkeypatch.setenv("CLARIFY_BASE_URL", stub.url)
        assert build(tmp_path / "a.jsonl", "--generator", "llm", "--option", "model=m") == 1
    *_, spent, error = capsys.readouterr().err.splitlines()
    assert spent.startswith("asked in this run: 4 calls")
    assert "refuses the key" in error


def test_what_keeps_it_from_being_more_is_told(tmp_path, capsys):
    assert build(tmp_path / "a.jsonl", "--limit", 100_000) == 0
    assert "more would not balance" in capsys.readouterr().out


def test_shards_and_merge(tmp_path, capsys):
    for number in (0, 1):
        assert build(tmp_path / f"part-{number}", "--shard", f"{number}/2") == 0
    assert "shard 1/2 is finished" in capsys.readouterr().out
    assert clarify("merge", tmp_path / "part-0", tmp_path / "part-1", "--out", tmp_path / "m.jsonl") == 0
    assert build(tmp_path / "a.jsonl") == 0
    assert (tmp_path / "m.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()
    assert clarify("merge", tmp_path / "part-0", "--out", tmp_path / "n.jsonl") == 1
    assert "shards are missing: 1/2" in capsys.readouterr().err


@pytest.mark.parametrize("shard", ["2/2", "x", "1", "0/0", "-1/2"])
def test_a_shard_that_is_none(tmp_path, capsys, shard):
    assert build(tmp_path / "a", f"--shard={shard}") == 2
    assert "I/N" in capsys.readouterr().err


def test_inspect_shows_pairs(tmp_path, capsys):
    build(tmp_path / "a.jsonl")
    capsys.readouterr()
    assert clarify("inspect", tmp_path / "a.jsonl", "--type", "Incomplete", "--count", 2) == 0
    out = capsys.readouterr().out
    assert out.count("⟦") >= 2
    assert out.count("Incomplete:") == 2
    assert clarify("inspect", tmp_path / "a.jsonl", "--count", 3, "--json") == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_stats_counts_and_draws(tmp_path, capsys):
    build(tmp_path / "a.jsonl")
    capsys.readouterr()
    assert clarify("stats", tmp_path / "a.jsonl", "--json", "--plot", tmp_path / "a.svg") == 0
    stats = json.loads(capsys.readouterr().out)
    assert stats["samples"] == sum(stats["types"].values()) == len(list(read_samples(tmp_path / "a.jsonl")))
    assert stats["table6"]["Original"]["problems"]["perplexity"] is None
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")
    assert clarify("stats", tmp_path / "a.jsonl") == 0
    out = capsys.readouterr().out
    assert "Table 6" in out
    assert "26.10" in out


def test_stats_of_the_corpus_are_from_its_own_files(capsys):
    assert clarify("stats", "--source", "corpus", "--json") == 0
    stats = json.loads(capsys.readouterr().out)
    every = list(everything())
    points = [point for _, problem in every for point in problem.points]
    assert stats["problems"] == len(every)
    assert stats["points"] == len(points)
    assert stats["by_domain"] == Counter(domain for domain, _ in every)
    assert stats["by_shape"] == Counter(problem.shape for _, problem in every)
    assert stats["by_kind"] == Counter(point.kind for point in points)
    assert 0 < stats["distinct_questions"] <= 1
    assert clarify("stats", "--source", "corpus") == 0
    out = capsys.readouterr().out
    assert out.startswith(
        f"{len(every)} problems in {len(stats['by_domain'])} domains, {len(points)} points;"
    )
    assert f"{stats['distinct_questions']:.1%} of the questions" in out


def test_a_model_that_is_not_here_is_told_before_anything_is_read(tmp_path, capsys):
    build(tmp_path / "a.jsonl")
    assert clarify("stats", tmp_path / "a.jsonl", "--model", "qwen2.5-coder-0.5b") == 1
    assert "clarify models pull" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["build", "--out", "a.jsonl"], 2, "no source is named"),
        (["build", "--source", "fixtur:1", "--out", "a.jsonl"], 2, "did you mean `fixture`?"),
        (["build", "--source", "fixture:1", "--out", "a.csv"], 2, "ending"),
        (["build", "--source", "fixture:1", "--out", "a.jsonl", "--recipe", "nothing"], 1, "no recipe"),
        (["build", "--source", "fixture:1", "--out", "a.jsonl", "--option", "per=1"], 1, "per"),
        (["inspect", "missing.jsonl"], 1, "no such file"),
        (["stats", "missing.jsonl"], 1, "no such file"),
        (["stats"], 2, "either FILE or --source"),
        (["stats", "a.jsonl", "--source", "corpus"], 2, "either FILE or --source"),
        (["stats", "--source", "corpus", "--model", "m"], 2, "go with FILE"),
    ],
)
def test_what_is_wrong_is_one_line(capsys, arguments, code, words):
    assert clarify(*arguments) == code
    assert words in capsys.readouterr().err.splitlines()[-1]


def test_a_dry_run_makes_nothing(tmp_path, capsys):
    assert build(tmp_path / "a.jsonl", "--dry-run") == 0
    assert capsys.readouterr().out == "problems: 8\n"
    assert list(tmp_path.glob("a.*")) == []
