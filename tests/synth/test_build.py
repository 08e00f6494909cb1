"""Builds: the same bytes whatever happened on the way, shards and their merging, and what is refused."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import UserError
from synth.build import build, build_shard, estimate, merge
from synth.machine import Machine, Shard
from synth.output.reading import read_samples
from synth.recipes.recipe import Recipe
from synth.schema import Sample
from synth.sources.base import READERS
from tests.synth.building import COUNT, SPLIT, recipe
from tests.synth.problems import problems

ROOT = Path(__file__).parents[2]
ONE = Machine(jobs=1)


@pytest.fixture(autouse=True)
def fixture_source(monkeypatch):
    monkeypatch.setitem(READERS, "fixture", "tests.synth.building:FixtureProblems")


def files(folder: Path) -> dict[str, bytes]:
    """What a build made, its log apart."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "work.log"}


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> Path:
    """The folder of a build that nothing interrupted."""
    folder = tmp_path_factory.mktemp("whole") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(READERS, "fixture", "tests.synth.building:FixtureProblems")
        build(recipe(**SPLIT), folder, ONE)
    return folder


def start(folder: Path, jobs: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.synth.building", str(folder), str(jobs)]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE)


def kill_at(process: subprocess.Popen[bytes], log: Path, size: int) -> bool:
    """Kill a build as soon as its log has this many bytes; false when it was done before."""
    while process.poll() is None:
        if log.exists() and log.stat().st_size >= size:
            process.kill()  # the process alone, as the kernel does when memory is short
            process.wait()
            return True
        time.sleep(0.001)
    return False


def alive(session: int) -> list[str]:
    """The processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, NotADirectoryError):
            continue
        if entry.name.isdecimal() and int(fields[3]) == session and fields[0] != "Z":
            found.append(entry.name)
    return found


def outlived(session: int) -> list[str]:
    """The processes of a session that are there some time after its first one has ended."""
    for _ in range(500):
        if not (left := alive(session)):
            return []
        time.sleep(0.02)
    return left


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_at_any_moment_it_continues_to_the_same_bytes(tmp_path, whole, jobs):
    folder = tmp_path / "data"
    log = folder / "work.log"
    full = (whole / "work.log").stat().st_size
    moments = random.Random(jobs)
    kills = 0
    for _ in range(4):
        process = start(folder, jobs)
        kills += kill_at(process, log, moments.randrange(1, full))
        assert outlived(process.pid) == []
        if process.stderr:
            process.stderr.close()
    last = start(folder, jobs)
    _, errors = last.communicate()
    assert last.returncode == 0, errors.decode()
    assert kills > 0
    assert files(folder) == files(whole)
    done = Counter(
        json.loads(line)["problem"] for line in log.read_bytes().splitlines() if b'"problem"' in line[:11]
    )
    assert set(done.values()) == {1}, "a problem was worked on twice"
    assert len(done) == COUNT + 1


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_from_any_beginning_of_the_log_it_continues_to_the_same_bytes(tmp_path_factory, whole, data):
    """A log that is cut at any byte is what a kill, or a power cut, can leave."""
    full = (whole / "work.log").read_bytes()
    # Mostly near the end, where little is left to be done again.
    cut = data.draw(st.integers(0, len(full)) | st.integers(len(full) * 9 // 10, len(full)), label="cut")
    folder = tmp_path_factory.mktemp("cut") / "data"
    folder.mkdir()
    (folder / "work.log").write_bytes(full[:cut])
    build(recipe(**SPLIT), folder, ONE)
    assert files(folder) == files(whole)


def test_a_finished_build_does_nothing_again(tmp_path, whole):
    before = (whole / "work.log").read_bytes()
    build(recipe(**SPLIT), whole, ONE)
    assert (whole / "work.log").read_bytes() == before


@pytest.mark.parametrize("count", [1, 3])
def test_shards_merge_to_the_same_bytes(tmp_path, whole, count):
    shards = [tmp_path / f"shard-{number}" for number in range(count)]
    for number, path in enumerate(shards):
        build_shard(recipe(**SPLIT), path, Shard(number, count), ONE)
    merge(shards[::-1], tmp_path / "data")
    assert files(tmp_path / "data") == files(whole)


@given(st.text(), st.integers(1, 50))
def test_each_problem_is_in_one_shard(problem, of):
    assert [Shard(number, of).has(problem) for number in range(of)].count(True) == 1


def test_what_cannot_be_merged_is_told(tmp_path):
    small = recipe(sources=["fixture:6"])
    zero, one, other = tmp_path / "0", tmp_path / "1", tmp_path / "other"
    build_shard(small, zero, Shard(0, 2), ONE)
    build_shard(small, one, Shard(1, 2), ONE)
    build_shard(recipe(sources=["fixture:6"], seed=4), other, Shard(1, 2), ONE)
    unfinished = tmp_path / "unfinished"
    unfinished.write_bytes(b"".join(one.read_bytes().splitlines(keepends=True)[:-1]))
    for shards, words in (
        ([zero], "missing: 1/2"),
        ([zero, zero], "shard 0/2 is there twice"),
        ([zero, other], "another build"),
        ([zero, unfinished], "shard 1/2 is not finished"),
        ([zero, tmp_path / "nothing"], "no work log"),
    ):
        with pytest.raises(UserError, match=words):
            merge(shards, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_another_build_does_not_continue_a_log(tmp_path):
    build(recipe(sources=["fixture:3"]), tmp_path / "a.jsonl", ONE)
    with pytest.raises(UserError, match="other seed"):
        build(recipe(sources=["fixture:3"], seed=9), tmp_path / "a.jsonl", ONE)


def test_the_choice_may_change_without_work(tmp_path):
    build(recipe(sources=["fixture:6"]), tmp_path / "a.jsonl", ONE)
    log = (tmp_path / "a.work.log").read_bytes()
    report = build(recipe(sources=["fixture:6"], limit=5), tmp_path / "a.jsonl", ONE)
    assert report.samples == 5
    assert (tmp_path / "a.work.log").read_bytes() == log


def test_a_problem_that_changed_is_made_anew_and_one_that_is_gone_is_left_out(tmp_path, monkeypatch):
    build(recipe(sources=["fixture:6"]), tmp_path / "a.jsonl", ONE)
    changed = [problems()[0].model_copy(update={"group": "another group"}), *problems()[1:5]]
    monkeypatch.setattr("tests.synth.building.problems", lambda: changed)
    build(recipe(sources=["fixture:6"]), tmp_path / "a.jsonl", ONE)
    build(recipe(sources=["fixture:6"]), tmp_path / "fresh.jsonl", ONE)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "fresh.jsonl").read_bytes()
    found = list(read_samples(tmp_path / "a.jsonl"))
    assert {sample.group for sample in found if sample.source_id == changed[0].id} == {"another group"}
    assert problems()[5].id not in {sample.source_id for sample in found}


@pytest.fixture(scope="session")
def built(whole) -> list[Sample]:
    return list(read_samples(whole))


def test_no_group_is_on_two_sides_and_no_source_in_two_groups(whole):
    sides = {path.stem: list(read_samples(path)) for path in whole.glob("t*.jsonl")}
    sides |= {"validation": list(read_samples(whole / "validation.jsonl"))}
    assert set(sides) == {"train", "validation", "test"}
    groups = [{sample.group for sample in samples} for samples in sides.values()]
    assert sum(map(len, groups)) == len(set().union(*groups))
    sources = [{sample.source_id for sample in samples} for samples in sides.values()]
    assert sum(map(len, sources)) == len(set().union(*sources))


def test_the_report_adds_up(whole, built):
    report = json.loads((whole / "report.json").read_text())
    dropped = [json.loads(line) for line in (whole / "dropped.jsonl").read_text().splitlines()]
    assert report["samples_made"] == sum(report["samples_kept"].values()) + sum(
        sum(types.values()) for types in report["samples_dropped"].values()
    )
    assert Counter(one["reason"] for one in dropped if "sample" in one) == {
        kind: sum(types.values()) for kind, types in report["samples_dropped"].items()
    }
    assert Counter(one["reason"] for one in dropped if "problem" in one) == report["problems_dropped"]
    assert report["problems_dropped"]["near-duplicate"] == 1
    assert report["sources"][f"fixture:{COUNT}"] == {"problems": COUNT + 1, "skipped": {"too long": 1}}
    assert sum(file["samples"] for file in report["files"].values()) == len(built)
    assert len({sample.id for sample in built}) == len(built)
    assert report["decontamination"]["behaviour"] is None


def test_at_least_the_share_of_clear_problems_and_the_flaws_in_balance(tmp_path):
    build(recipe(), tmp_path / "a.jsonl", ONE)
    samples = list(read_samples(tmp_path / "a.jsonl"))
    first = Counter(sample.type for sample in samples if not sample.answers)
    assert first["Original"] / len(samples) >= 0.4
    assert (
        max(first[t] for t in ("Ambiguous", "Incomplete", "Inconsistent"))
        - min(first[t] for t in ("Ambiguous", "Incomplete", "Inconsistent"))
        <= 1
    )


def test_unclear_samples_come_with_their_clear_twins(built):
    clear = {sample.id.rpartition(":")[0] for sample in built if sample.change is None}
    unclear = {sample.id.rpartition(":")[0] for sample in built if sample.change is not None}
    alone = [
        one
        for one in clear - unclear
        if "-0" in one and one.rpartition(":")[2].startswith(("ambig", "incom", "incon"))
    ]
    assert len(clear & unclear) > 5 * len(alone)


def test_jobs_are_processes_that_change_nothing(tmp_path, whole):
    build(recipe(**SPLIT), tmp_path / "data", Machine(jobs=2))
    assert files(tmp_path / "data") == files(whole)


def test_what_it_would_take_is_told_and_nothing_is_written(tmp_path):
    assert estimate(recipe(sources=["fixture:6"]), tmp_path / "a.jsonl", None, ONE) == ["problems: 6"]
    generator = {"name": "llm", "options": {"model": "gemini:gemini-2.5-flash"}}
    lines = estimate(recipe(sources=["fixture:6"], generator=generator), tmp_path / "a.jsonl", None, ONE)
    assert lines[:2] == ["problems: 6", "calls: 36"]
    assert list(tmp_path.glob("*.jsonl")) == []
    build(recipe(sources=["fixture:6"]), tmp_path / "a.jsonl", ONE)
    assert estimate(recipe(sources=["fixture:6"]), tmp_path / "a.jsonl", None, ONE) == ["problems: 0"]


def test_one_problem_that_a_generator_cannot_take_does_not_stop_the_others(tmp_path, monkeypatch):
    from synth.modifications.generator import RulesGenerator

    made = RulesGenerator.samples

    def failing(self, problem, rng):
        if problem.id == problems()[1].id:
            raise KeyError("what nobody thought of")
        return made(self, problem, rng)

    monkeypatch.setattr(RulesGenerator, "samples", failing)
    report = build(recipe(sources=["fixture:4"]), tmp_path / "a.jsonl", ONE)
    assert report.problems_dropped["failed"] == 1
    assert report.problems_used >= 2
    assert "what nobody thought of" in (tmp_path / "a.dropped.jsonl").read_text()


def test_what_a_benchmark_has_is_dropped_and_no_log_is_of_both(tmp_path, monkeypatch):
    same = problems()[0]
    row = {
        "task_id": "Library/7",
        "prompt": "def label(title):\n    pass\n",
        "canonical_solution": "",
        "entry_point": "label",
        "test": f"def check(candidate):\n    {same.name} = candidate\n"
        + "".join(f"    assert {example.call} == {example.result}\n" for example in same.examples),
    }
    (tmp_path / "benchmark.jsonl").write_text(json.dumps(row) + "\n")
    small = recipe(sources=["fixture:4"])
    build(small, tmp_path / "a.jsonl", ONE)
    monkeypatch.setenv("CLARIFY_HUMANEVAL", str(tmp_path / "benchmark.jsonl"))
    with pytest.raises(UserError, match="other benchmark"):
        build(small, tmp_path / "a.jsonl", ONE)
    report = build(small, tmp_path / "b.jsonl", ONE)
    assert report.problems_dropped["benchmark behaviour"] == 1
    assert report.decontamination.behaviour is not None
    assert same.id not in {sample.source_id for sample in read_samples(tmp_path / "b.jsonl")}
    assert "passes the tests of Library/7" in (tmp_path / "b.dropped.jsonl").read_text()
    assert "which no solution passes" in (tmp_path / "b.md").read_text()


def test_two_builds_at_a_time_are_refused(tmp_path):
    from synth.output.worklog import WorkLog

    with (
        WorkLog(tmp_path / "a.work.log", {"some": "build"}, {}),
        pytest.raises(UserError, match="another build is writing"),
    ):
        build(recipe(sources=["fixture:3"]), tmp_path / "a.jsonl", ONE)


def test_ctrl_c_leaves_what_is_finished(tmp_path):
    process = start(tmp_path / "data", 2)
    log = tmp_path / "data" / "work.log"
    while process.poll() is None and not (log.exists() and log.read_bytes().count(b"\n") > 5):
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert b"KeyboardInterrupt" in errors
    assert log.read_bytes().endswith(b"\n")
    assert outlived(process.pid) == []


def test_a_recipe_says_how_it_is_built_again(whole):
    assert (
        json.loads((whole / "report.json").read_text())["command"] == "clarify synth build --recipe FILE.toml"
    )
    assert Recipe(sources=("a:b", "c:d e"), seed=2, limit=9).command() == (
        "clarify synth build --source a:b --source 'c:d e' --limit 9 --seed 2"
    )
