"""Small evaluations of our own tasks, as values and as run folders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from eval.figures import document
from eval.reports.basis import Basis
from eval.reports.result import Result
from eval.schema import (
    Category,
    Judgement,
    RelationTest,
    Response,
    RunInfo,
    Score,
    Variant,
)
from models.reply import Question

BASIS = Basis("humanevalcomm-v2", "neutral", "reference-1")
CATEGORIES: tuple[Category, ...] = ("original", "1a", "1c", "1p")
HOSTILE = "</script><script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">"

_TEXTS: dict[Category, str] = {
    "original": "def pick{n}(words):\n    '''Return the words longer than {n} letters, shortest first.'''\n",
    "1a": "def pick{n}(words):\n    '''Return the words longer than some letters, in order.'''\n",
    "1c": "def pick{n}(words):\n    '''Return the words longer than {n} letters, shortest first.\n"
    "    pick{n}(['a', 'b']) is ['b']'''\n",
    "1p": "def pick{n}(words):\n    '''Return the words, shortest first.'''\n",
}


def variant(number: int, category: Category) -> Variant:
    name = f"pick{number}"
    return Variant(
        benchmark="humanevalcomm-v2",
        name=f"Own/{number}",
        category=category,
        text=_TEXTS[category].format(n=number),
        original=_TEXTS["original"].format(n=number),
        entry_point=name,
        solution=f"def {name}(words):\n    return sorted((w for w in words if len(w) > {number}), key=len)\n",
        tests=(RelationTest(input="['abcdef', 'abcdefghi', '']", output="['abcdef', 'abcdefghi']"),),
    )


def variants(tasks: int = 4) -> list[Variant]:
    return [variant(number, category) for number in range(tasks) for category in CATEGORIES]


def response(of: Variant, *, asks: bool, system: str = "ours", right: bool = True) -> Response:
    code = of.solution if right else "def nothing():\n    pass\n"
    questions = (Question(text=f"How long must the words be for {of.entry_point}?", options=("3", "4")),)
    return Response(
        name=of.name,
        category=of.category,
        view=of.view,
        system=system,
        reply="1. How long must the words be?" if asks else f"```python\n{code}```",
        decision="ask" if asks else "code",
        p_ask=0.9 if asks else 0.2,
        questions=questions if asks else (),
        answers="no further information" if asks else None,
        code=code,
        unclarified_code="pass\n",
        prompt_tokens=100,
        generated_tokens=20,
        seconds=1.5,
    )


def responses(
    system: str = "ours", tasks: int = 4, *, asks_on: Sequence[Category] = ("1a", "1p")
) -> list[Response]:
    return [
        response(one, asks=one.category in asks_on, system=system, right=number % 3 != 0)
        for number, one in enumerate(variants(tasks))
    ]


def run_info(system: str = "ours", *, view: str = "neutral", benchmark: str = "humanevalcomm-v2") -> RunInfo:
    return RunInfo.model_validate({
        "benchmark": benchmark,
        "view": view,
        "system": system,
        "model": "tiny",
        "model_sha256": "0123456789abcdef" * 4,
        "instruction_sha256": "fedcba9876543210" * 4,
        "threshold": 0.5,
        "temperature": 0.0,
        "seed": 0,
        "max_tokens": 512,
        "version": "0.1.0",
        "command": f"clarify eval run --system {system} --out {system}",
    })


def judgements(of: Sequence[Response], judge: str = "reference-1") -> dict[str, Judgement]:
    return {
        one.key: Judgement(
            key=one.key,
            judge=judge,
            asked=int(one.decision == "ask"),
            quality=2 if one.decision == "ask" and one.category == "1p" else int(one.decision == "ask"),
        )
        for one in of
    }


def scores(of: Sequence[Response]) -> dict[str, Score]:
    return {
        one.key: Score(
            key=one.key, passed=int("pick" in one.code), tests=1, unclarified_passed=0, unclarified_tests=1
        )
        for one in of
    }


def result(
    system: str = "ours",
    basis: Basis = BASIS,
    tasks: int = 4,
    *,
    name: str = "",
    asks_on: Sequence[Category] = ("1a", "1p"),
) -> Result:
    rows = responses(system, tasks, asks_on=asks_on)
    scored, judged = scores(rows), judgements(rows, basis.judge)
    return Result(
        name=name or system,
        basis=basis,
        document=document(rows, scored, judged, run_info(system, view=basis.view)),
        responses=tuple(rows),
        scores=scored,
        judgements=judged,
        variants={one.key: one for one in variants(tasks)},
    )


def write_run(
    folder: Path,
    system: str = "ours",
    judge: str | None = "reference-1",
    *,
    benchmark: str = "humanevalcomm-v2",
    asks_on: Sequence[Category] = ("1a", "1p"),
) -> Path:
    """The folder of a run; with the judgements of a judge, where one is named."""
    rows = responses(system, asks_on=asks_on)
    files = {
        "responses.jsonl": rows,
        "scores.jsonl": scores(rows).values(),
        **({f"judgements-{judge}.jsonl": judgements(rows, judge).values()} if judge else {}),
    }
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(
        run_info(system, benchmark=benchmark).model_dump_json(), encoding="utf-8"
    )
    for name, records in files.items():
        lines = "".join(f"{record.model_dump_json()}\n" for record in records)
        (folder / name).write_text(lines, encoding="utf-8")
    return folder


def write_benchmark(file: Path, tasks: int = 4) -> Path:
    """In the benchmark's published form."""
    lines = []
    for number in range(tasks):
        of = {category: variant(number, category) for category in CATEGORIES}
        row = {
            "name": f"Own/{number}",
            "prompt": of["original"].text,
            "entry_point": of["original"].entry_point,
            "solution": of["original"].solution,
            "test_case": [test.model_dump() for test in of["original"].tests],
            **{f"prompt{category}": one.text for category, one in of.items() if category != "original"},
        }
        lines.append(json.dumps(row) + "\n")
    file.write_text("".join(lines), encoding="utf-8")
    return file
