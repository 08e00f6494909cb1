"""`make paper` itself, small: stub servers, problems and benchmarks of our own, a tiny model.

The services break down on the way, so it takes several runs of the same command, each going on with the last.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from models.export.metadata import read_metadata
from models.registry.hashes import hash_file
from tests.eval.tasks import TASKS, write_tasks
from tests.paper.apps import write_apps
from tests.paper.deepseek import write_deepseek
from tests.paper.gemini import modified_or_asked
from tests.stubs.gemini import GeminiStub
from tests.stubs.http import Fault, Item, Seen
from tests.stubs.openai import OpenAIStub

pytestmark = pytest.mark.timeout(1800)  # a minute of work, which waits for its turn on a busy machine

ROOT = Path(__file__).parents[2]
TUNED = ("loss-on-all", "loss-on-answer")
SYSTEMS = ("base", *TUNED)
PROBLEMS = 6
ANSWERED_BEFORE_IT_BREAKS = {"gemini": 10, "judge": 15}

# Steps so few and so large that the adapters say something else than the base, and one problem held out.
TRAINING = "schedule.steps=2 schedule.samples_per_step=4 schedule.warmup_steps=0 schedule.learning_rate=4e-3"
TRAINING += " data.max_tokens=4096 data.seed=9 memory.threads=1"


@dataclass
class Service:
    """Answers by a function, once to each prompt; refuses the key after some answers, until it is mended."""

    reply: Callable[[Seen], str]
    most: int
    answered: Counter[str] = field(default_factory=Counter)
    mended: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, seen: Seen) -> Item | str:
        with self._lock:
            if len(self.answered) >= self.most and not self.mended:
                return Fault(401, "this key has run out")
            self.answered[json.dumps(seen.json, sort_keys=True)] += 1
        return self.reply(seen)


def verdict(seen: Seen) -> str:
    """A judge's word on a reply: any, as long as it is the same for the same text."""
    text = seen.json["messages"][-1]["content"]
    return str(len(text) % 2 + int("<original>" in text))


@dataclass
class Paper:
    """The command, what it talks to and what it left.

    Args:
        folder: where everything is; the results lie in `out`.
        gemini: makes the data.
        judge: judges the replies.
        runs: what each run of the command came to.
    """

    folder: Path
    gemini: Service = field(
        default_factory=lambda: Service(modified_or_asked, ANSWERED_BEFORE_IT_BREAKS["gemini"])
    )
    judge: Service = field(default_factory=lambda: Service(verdict, ANSWERED_BEFORE_IT_BREAKS["judge"]))
    runs: list[subprocess.CompletedProcess[str]] = field(default_factory=list)

    @property
    def out(self) -> Path:
        return self.folder / "paper"

    def make(self, gemini: str, judge: str) -> subprocess.CompletedProcess[str]:
        """Run the target."""
        others = ("CLARIFY_", "OPENAI_", "GEMINI_", "GOOGLE_", "HF_", "MAKE", "MFLAGS")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(others)}
        environment |= {
            "CLARIFY_HOME": str(self.folder / "home"),
            "CLARIFY_SERVER_API_KEY": "a-key-of-ours",
            "HF_HUB_OFFLINE": "1",
            "HOME": str(self.folder),
        }
        variables = {
            "PAPER": self.out,
            "CLARIFY": Path(sys.executable).with_name("clarify"),
            "CONVERT": self.folder / "convert.py",
            "APPS": self.folder / "APPS",
            "BASE": self.folder / "tiny-coder",
            "BENCHMARK": self.folder / "unclear.jsonl",
            "HUMANEVAL": self.folder / "clear.jsonl",
            "GEMINI_URL": gemini,
            "JUDGE_URL": judge,
            "JUDGE": "llm:a-judge",
            "RATIOS": 1,
            "LIMIT": PROBLEMS // 2,
            "TRAIN_FLAGS": " ".join(f"--set {one}" for one in TRAINING.split()),
            "EVAL_FLAGS": "--max-tokens 24 --context 4096 --threads 1",
        }
        command = ["make", "paper", *(f"{name}={value}" for name, value in variables.items())]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        self.runs.append(done)
        return done

    def json(self, name: str) -> Any:
        """A document that was written."""
        return json.loads((self.out / name).read_bytes())

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The records of a file that was written."""
        return [json.loads(line) for line in (self.out / name).read_text(encoding="utf-8").splitlines()]

    def judgements(self, run: str) -> dict[str, dict[str, Any]]:
        """What the judge said of a run's replies, by key."""
        return {one["key"]: one for one in self.lines(f"eval/{run}/judgements-llm-1-a-judge.jsonl")}


def write_clear(path: Path) -> Path:
    """The tasks' clear descriptions as HumanEval has them."""
    rows = [
        {
            "task_id": task["name"],
            "prompt": task["prompt"],
            "entry_point": task["entry_point"],
            "canonical_solution": task["solution"].partition(":\n")[2],
            "test": "def check(candidate):\n"
            + "".join(
                f"    assert candidate({one['input']}) == {one['output']}\n" for one in task["test_case"]
            ),
        }
        for task in TASKS
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_converter(path: Path, made: Path) -> None:
    """In place of llama.cpp's, which no package brings: it gives the file that holds the same weights."""
    script = f"import shutil, sys\nshutil.copy({str(made)!r}, sys.argv[sys.argv.index('--outfile') + 1])\n"
    path.write_text(f"#!{sys.executable}\n{script}", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    """All runs of the command; the tests look at what they left."""
    made = Paper(tmp_path_factory.mktemp("paper"))
    write_apps(made.folder / "APPS")
    write_deepseek(made.folder / "tiny-coder", made.folder / "tiny-coder.gguf")
    write_converter(made.folder / "convert.py", made.folder / "tiny-coder.gguf")
    write_tasks(made.folder / "unclear.jsonl")
    write_clear(made.folder / "clear.jsonl")
    with GeminiStub(made.gemini) as gemini, OpenAIStub(made.judge) as judge:
        made.make(gemini.url, judge.url)
        made.gemini.mended = True
        made.make(gemini.url, judge.url)
        made.judge.mended = True
        made.make(gemini.url, judge.url)
        made.make(gemini.url, judge.url)
        yield made


def test_at_full_size_it_is_the_paper_s_models_data_and_judge(tmp_path: Path) -> None:
    command = [
        "make",
        "--dry-run",
        "paper",
        f"PAPER={tmp_path / 'paper'}",
        "RATIOS=0.2 1",
        "CLARIFY=bin/clarify",
    ]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    base = "deepseek-ai/deepseek-coder-6.7b-instruct"
    assert f'convert_hf_to_gguf.py "$(bin/hf download -q {base})"' in shown
    assert "'apps:codeparrot/apps@train' --source 'apps:codeparrot/apps@test'" in shown
    assert shown.count(f"train paper --data {tmp_path / 'paper' / 'data'} --set base.model={base} ") == 4
    assert "--set data.supervise=all --set data.ratio=0.2 " in shown
    assert shown.count("--benchmark humanevalcomm-v2 --judge llm --json") == 5
    assert shown.count("--benchmark humaneval --judge llm --json") == 3


def test_it_goes_on_where_a_service_broke_down(paper: Paper) -> None:
    first, second, third, fourth = paper.runs
    assert first.returncode != 0
    assert "refuses the key" in first.stderr
    assert " train " not in first.stdout
    assert second.returncode != 0
    assert "refuses the key" in second.stderr
    assert " synth build " in second.stdout
    assert third.returncode == 0, third.stderr
    assert " synth build " not in third.stdout
    assert fourth.returncode == 0, fourth.stderr
    assert fourth.stdout.splitlines() == third.stdout.splitlines()[-1:]


def test_nothing_is_asked_twice(paper: Paper) -> None:
    assert len(paper.gemini.answered) == 2 * 3 * PROBLEMS
    assert set(paper.gemini.answered.values()) == {1}
    runs = [f"{benchmark}{system}" for benchmark in ("", "humaneval-") for system in SYSTEMS] + ["ratio-1"]
    needed = sum(verdicts(one) for run in runs for one in paper.judgements(run).values())
    assert needed > ANSWERED_BEFORE_IT_BREAKS["judge"]
    # When it broke down, one reply may have had the first of two verdicts.
    assert sum(paper.judge.answered.values()) - needed in {0, 1}


def verdicts(judgement: dict[str, Any]) -> int:
    """How many a judgement takes: none for code alone, a second one for questions about what was changed."""
    if judgement["reason"] in {"nothing but code", "an empty reply"}:
        return 0
    return 2 if judgement["asked"] and judgement["reason"] != "nothing was changed in this text" else 1


def test_the_data_are_the_problems_of_both_halves_in_three_unclear_versions(paper: Paper) -> None:
    samples = paper.lines("data/train.jsonl")
    types = ("Original", "Ambiguous", "Incomplete", "Inconsistent")
    assert Counter(one["type"] for one in samples) == dict.fromkeys(types, PROBLEMS)
    assert {one["source_id"] for one in samples} == {
        f"apps:{half}:{number:04}" for half in ("train", "test") for number in range(PROBLEMS // 2)
    }
    assert {one["provenance"]["model"] for one in samples if one["type"] != "Original"} == {
        "gemini-2.5-flash"
    }


@pytest.mark.parametrize("run", TUNED)
def test_each_run_learns_half_from_questions_and_half_from_code(paper: Paper, run: str) -> None:
    data = paper.json(f"runs/{run}/data.json")
    assert data["held_out_groups"] == ["apps:test:0002"]
    assert data["held_out"] == 4
    assert data["epoch"]["answered_by_questions"] == data["epoch"]["answered_by_code"] == PROBLEMS - 1
    recipe = (paper.out / "runs" / run / "recipe.toml").read_text(encoding="utf-8")
    assert f'supervise = "{run.removeprefix("loss-on-")}"' in recipe
    assert 'targets = ["q_proj", "k_proj", "v_proj", "o_proj"]' in recipe
    metadata = read_metadata(paper.out / "adapters" / f"{run}.gguf")
    assert metadata is not None
    assert metadata.calibration is not None
    assert (metadata.name, metadata.recipe, metadata.base) == (run, "paper", "tiny-coder")
    assert metadata.data_sha256 == data["sha256"]


def test_each_system_replies_with_its_own_adapter_attached(paper: Paper) -> None:
    replies = {}
    for benchmark, count in (("", 10), ("humaneval-", 3)):
        for system in SYSTEMS:
            folder = f"eval/{benchmark}{system}"
            info = paper.json(f"{folder}/run.json")
            file = None if system == "base" else paper.out / "adapters" / f"{system}.gguf"
            assert info["adapter"] == (None if file is None else system)
            assert info["adapter_sha256"] == (None if file is None else hash_file(file))
            assert info["model_sha256"] == hash_file(paper.out / "base.gguf")
            rows = paper.lines(f"{folder}/responses.jsonl")
            assert len({(row["name"], row["category"]) for row in rows}) == len(rows) == count
            assert len(paper.lines(f"{folder}/scores.jsonl")) == count
            assert len(paper.judgements(f"{benchmark}{system}")) == count
            replies[benchmark, system] = [row["reply"] for row in rows]
    assert len({tuple(replies["", system]) for system in SYSTEMS}) == len(SYSTEMS)


def tables(report: str) -> dict[str, list[list[str]]]:
    """The rows of each table of a report in Markdown, by the table's number."""
    parts = re.split(r"^## Table (\d)", report, flags=re.MULTILINE)[1:]
    return {
        number: [
            [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line
        ]
        for number, text in zip(parts[::2], parts[1::2], strict=True)
    }


def first_number(cell: str) -> float:
    return float(cell.split()[0].rstrip("*"))


def test_the_tables_have_each_system_s_verdicts_beside_the_paper_s_figures(paper: Paper) -> None:
    found = tables((paper.out / "report.md").read_text(encoding="utf-8"))
    assert set(found) == set("3456")
    third, fifth = ({tuple(row[:-6]): row[-6:] for row in found[number]} for number in "35")
    for system in SYSTEMS:
        judged = [one for key, one in paper.judgements(system).items() if "|original|" not in key]
        assert len(judged) == 7
        rates = [sum(one[name] for one in judged) / len(judged) for name in ("asked", "quality")]
        figures = third[system, "7"]
        assert [first_number(cell) for cell in figures[:2]] == [
            pytest.approx(100 * rates[0], abs=0.01),
            pytest.approx(100 * rates[1] / 2, abs=0.01),
        ]
        of_category = Counter(key.split("|")[1] for key in paper.judgements(system))
        for category in ("1a", "1c", "1p", "2ac"):
            assert (category, system, str(of_category[category])) in fifth
    asked = [one["asked"] for system in SYSTEMS for one in paper.judgements(system).values()]
    assert {0, 1} <= set(asked)
    assert third["ClarifyCoder (loss on answer)",][0] == "63.61"
    assert fifth["1a", "ClarifyCoder (loss on answer)"][0] == "62.80"
    fourth = {row[0]: row[1:] for row in found["4"]}
    for system in SYSTEMS:
        assert fourth[system][0] == fourth[f"humaneval-{system}"][0] == "3"
        assert first_number(fourth[f"humaneval-{system}"][1]) == 0
    assert fourth["ClarifyCoder (loss on answer)"][0] == "74.85"


def test_table_6_is_of_the_data_under_the_base(paper: Paper) -> None:
    stats = paper.json("table-6.json")
    assert stats["samples"] == 4 * PROBLEMS
    assert stats["model"] == "base"
    rows = {row[0]: row[1:] for row in tables((paper.out / "report.md").read_text(encoding="utf-8"))["6"]}
    for name, row in stats["table6"].items():
        assert first_number(rows[name][0]) == pytest.approx(row["problems"]["perplexity"], abs=0.01)
        assert first_number(rows[name][3]) == pytest.approx(row["answers"]["entropy"], abs=0.01)


def test_figure_5_has_the_run_that_learns_from_questions_alone(paper: Paper) -> None:
    epoch = paper.json("runs/ratio-1/data.json")["epoch"]
    assert (epoch["answered_by_questions"], epoch["answered_by_code"]) == (3 * (PROBLEMS - 1), 0)
    (point,) = paper.json("sweep/sweep.json")["points"]
    judged = [one for key, one in paper.judgements("ratio-1").items() if "|original|" not in key]
    assert (point["ratio"], point["document"]["overall"]["rows"]) == (1.0, len(judged))
    rate = sum(one["asked"] for one in judged) / len(judged)
    assert point["document"]["overall"]["communication_rate"] == pytest.approx(rate)
    report = (paper.out / "report.md").read_text(encoding="utf-8")
    assert "| r = 1 (r=1) |" in report


def test_the_page_holds_the_conversations(paper: Paper) -> None:
    page = (paper.out / "report.html").read_text(encoding="utf-8")
    assert "shelf_width" in page
    assert "without the benchmark" not in page
