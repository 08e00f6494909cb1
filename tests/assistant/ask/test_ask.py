"""`clarify ask` end to end without a model: real files, real sockets, a stub server that replies."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from assistant.app import run
from tests.stubs.openai import OpenAIStub

STUBS = '''"""A shop."""

import math


def total(prices: list[float]) -> float:
    """Add up the prices."""
    ...


def ship(order):
    """Ship the order soon."""
    raise NotImplementedError
'''
TOTAL = "```python\ndef total(prices):\n    return math.fsum(prices)\n```"
SHIP = '```python\ndef ship(order):\n    order["shipped"] = True\n```'
ASKS = "1. By which carrier should `ship` send the order?\n2. How soon is the order to be shipped?"

Clarify = Callable[..., tuple[int, str, str]]


@pytest.fixture
def clarify(capfd: pytest.CaptureFixture[str]) -> Clarify:
    """Run the command and give exit code, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = run(list(arguments))
        shown = capfd.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.fixture
def shop() -> Path:
    path = Path("shop.py")
    path.write_text(STUBS, encoding="utf-8")
    return path


def _at(stub: OpenAIStub) -> list[str]:
    return ["--base-url", stub.url, "--model", "m"]


def test_a_clear_file_prints_code_for_every_spec_and_writes_nothing(clarify: Clarify, shop: Path) -> None:
    with OpenAIStub([TOTAL, SHIP]) as stub:
        code, out, _ = clarify("ask", str(shop), *_at(stub))
    assert code == 0
    assert "shop.py:6 total: code" in out
    assert "return math.fsum(prices)" in out
    assert "+    return math.fsum(prices)" in out
    assert shop.read_text(encoding="utf-8") == STUBS


def test_an_open_question_is_printed_and_nothing_is_written_even_with_apply(
    clarify: Clarify, shop: Path
) -> None:
    with OpenAIStub([TOTAL, ASKS]) as stub:
        code, out, _ = clarify("ask", str(shop), "--apply", *_at(stub))
    assert code == 3
    assert "shop.py:11 ship: ask" in out
    assert "1. By which carrier should `ship` send the order?" in out
    assert shop.read_text(encoding="utf-8") == STUBS


def test_answers_are_replayed_into_a_second_round_and_applied(clarify: Clarify, shop: Path) -> None:
    answers = Path("answers.json")
    answers.write_text(json.dumps({"ship": ["the cheapest one", None]}), encoding="utf-8")
    with OpenAIStub([TOTAL, ASKS, SHIP]) as stub:
        code, _, err = clarify("ask", str(shop), "--apply", "--answers", str(answers), *_at(stub))
        last = stub.requests[-1].json["messages"]
    assert code == 0
    assert [message["role"] for message in last] == ["system", "user", "assistant", "user"]
    assert "Answer: the cheapest one" in last[-1]["content"]
    assert "assumption: not answered: How soon is the order to be shipped?" in err
    written = shop.read_text(encoding="utf-8")
    assert "    return math.fsum(prices)\n" in written
    assert '    order["shipped"] = True\n' in written
    assert '"""Ship the order soon."""' in written


def test_too_few_answers_leave_the_questions_open(clarify: Clarify, shop: Path) -> None:
    answers = Path("answers.json")
    answers.write_text('{"ship": ["by bike"]}', encoding="utf-8")
    with OpenAIStub([ASKS]) as stub:
        code, out, _ = clarify("ask", str(shop), "--function", "ship", "--answers", str(answers), *_at(stub))
    assert code == 3
    assert "2. How soon" in out


def test_json_is_one_document_that_its_schema_accepts(clarify: Clarify, shop: Path) -> None:
    with OpenAIStub([TOTAL, ASKS], openings=[{"```": 0.9, "1": 0.1}, {"1": 0.6, "```": 0.2}]) as stub:
        code, out, _ = clarify("ask", str(shop), "--json", *_at(stub))
    document = json.loads(out)
    schema = json.loads(clarify("ask", "--json-schema")[1])
    jsonschema.Draft202012Validator(schema).validate(document)
    assert code == 3
    assert document["version"] == 1
    first, second = document["specs"]
    assert (first["file"], first["line"], first["name"], first["decision"]) == ("shop.py", 6, "total", "code")
    assert first["p_ask"] == pytest.approx(0.1)
    assert first["code"] == "def total(prices):\n    return math.fsum(prices)\n"
    assert (second["decision"], second["code"], second["model"]) == ("ask", None, "m")
    assert second["p_ask"] == pytest.approx(0.75)
    assert [question["text"] for question in second["questions"]] == [
        "By which carrier should `ship` send the order?",
        "How soon is the order to be shipped?",
    ]
    assert second["evidence"][0]["name"] == "opening"
    assert second["timings"]["generated_tokens"] > 0


def test_deciding_alone_generates_nothing(clarify: Clarify, shop: Path) -> None:
    with OpenAIStub(openings=[{"```": 0.9, "1": 0.1}]) as stub:
        code, out, _ = clarify("ask", str(shop), "--function", "total", "--decide", "--json", *_at(stub))
        assert all(request.json.get("logprobs") for request in stub.requests)
    assert code == 0
    spec = json.loads(out)["specs"][0]
    assert (spec["decision"], spec["code"]) == ("code", None)
    assert spec["p_ask"] == pytest.approx(0.1)


def test_a_request_in_words_gives_bare_code_on_stdout(clarify: Clarify) -> None:
    with OpenAIStub(["```python\nprint('hi')\n```"]) as stub:
        code, out, err = clarify("ask", "print hi", *_at(stub))
    assert (code, out) == (0, "print('hi')\n")
    assert "request: code" in err


def test_stdin_is_one_request(clarify: Clarify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"print hi, twice"), encoding="utf-8"))
    with OpenAIStub(["```python\nprint('hi')\n```"]) as stub:
        code, out, _ = clarify("ask", "-", *_at(stub))
        assert stub.requests[-1].json["messages"][-1]["content"] == "print hi, twice"
    assert (code, out) == (0, "print('hi')\n")


def test_output_takes_the_result_and_leaves_the_file(clarify: Clarify, shop: Path) -> None:
    with OpenAIStub([TOTAL]) as stub:
        code, _, _ = clarify("ask", str(shop), "--function", "total", "--output", "new/shop.py", *_at(stub))
    assert code == 0
    assert shop.read_text(encoding="utf-8") == STUBS
    assert "return math.fsum(prices)" in Path("new/shop.py").read_text(encoding="utf-8")
    with OpenAIStub(["```python\nprint('hi')\n```"]) as stub:
        assert clarify("ask", "print hi", "--output", "hi.py", *_at(stub))[0] == 0
    assert Path("hi.py").read_text(encoding="utf-8") == "print('hi')\n"


def test_never_asks_and_says_what_it_left_open(clarify: Clarify, shop: Path) -> None:
    with OpenAIStub([SHIP.replace("    order", "    # Assumption: soon means now\n    order")]) as stub:
        code, out, _ = clarify("ask", str(shop), "--function", "ship", "--ask", "never", "--json", *_at(stub))
    assert code == 0
    assert json.loads(out)["specs"][0]["assumptions"] == ["soon means now"]


def _file(name: str, content: bytes) -> str:
    Path(name).write_bytes(content)
    return name


BAD = {
    "missing file": (lambda: "nosuch.py", 1, "nosuch.py: no such file"),
    "missing file in a folder": (lambda: "no/such", 1, "no/such: no such file"),
    "directory": (lambda: "..", 1, "..: is a directory"),
    "binary": (lambda: _file("a.py", b"\0\1\2"), 1, "a.py: is a binary file"),
    "not UTF-8": (lambda: _file("a.py", "naïve = 1\n".encode("latin-1")), 1, "a.py: is not UTF-8"),
    "syntax error": (lambda: _file("a.py", b"def f(:\n"), 1, "a.py:1"),
    "empty": (lambda: _file("a.py", b""), 1, "a.py: is empty"),
    "no spec": (lambda: _file("a.py", b"x = 1\n"), 1, "a.py"),
    "blank": (lambda: "  ", 1, "the request is empty"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_on_stderr_and_nothing_is_sent(clarify: Clarify, case: str) -> None:
    make, expected_code, line = BAD[case]
    with OpenAIStub() as stub:
        code, out, err = clarify("ask", make(), *_at(stub))
        assert stub.requests == []
    assert (code, out) == (expected_code, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert line in err


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["--function", "shop"], 1, "ship"),
        (["--answers", "none.json"], 1, "none.json"),
        (["--model", "", "--function", "total"], 1, "name of a model"),
        (["--adapter", "x.gguf"], 1, "an adapter goes with a local model"),
    ],
)
def test_bad_flags_are_one_line(
    clarify: Clarify, shop: Path, arguments: list[str], code: int, line: str
) -> None:
    with OpenAIStub() as stub:
        given, out, err = clarify("ask", str(shop), *_at(stub), *arguments)
    assert (given, out) == (code, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert line in err


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"shop": ["x"]}', "no spec is named `shop`; did you mean `ship`?"),
        ("[1]", "not an answers file"),
        ("{", "not an answers file"),
    ],
)
def test_a_wrong_answers_file_stops_before_the_model(
    clarify: Clarify, shop: Path, text: str, line: str
) -> None:
    answers = _file("answers.json", text.encode())
    with OpenAIStub() as stub:
        code, _, err = clarify("ask", str(shop), "--answers", answers, *_at(stub))
        assert stub.requests == []
    assert code == 1
    assert line in err


def test_apply_needs_a_file_to_apply_to(clarify: Clarify) -> None:
    code, _, err = clarify(
        "ask", "print hi", "--apply", "--base-url", "http://127.0.0.1:1/v1", "--model", "m"
    )
    assert code == 2
    assert "--output" in err


def test_code_without_the_function_is_shown_and_not_written(clarify: Clarify, shop: Path) -> None:
    with OpenAIStub(["```python\ndef sum_up(x):\n    return 1\n```"]) as stub:
        code, out, err = clarify("ask", str(shop), "--function", "total", "--apply", *_at(stub))
    assert code == 1
    assert "def sum_up" in out
    assert "total" in err
    assert "sum_up" in err
    assert shop.read_text(encoding="utf-8") == STUBS


def test_one_bad_spec_costs_neither_the_others_nor_the_document(clarify: Clarify, shop: Path) -> None:
    with OpenAIStub(["I cannot.", SHIP]) as stub:
        code, out, err = clarify("ask", str(shop), "--json", "--apply", *_at(stub))
    assert code == 1
    first, second = json.loads(out)["specs"]
    assert first["decision"] is None
    assert first["error"].startswith("shop.py:6: the reply is neither questions nor code")
    assert second["code"].startswith("def ship(order):")
    assert "I cannot." in err
    assert shop.read_text(encoding="utf-8") == STUBS


def test_a_failing_write_keeps_the_document(clarify: Clarify, shop: Path) -> None:
    with OpenAIStub(["```python\ndef sum_up(x):\n    return 1\n```"]) as stub:
        code, out, err = clarify("ask", str(shop), "--function", "total", "--apply", "--json", *_at(stub))
    assert code == 1
    assert "sum_up" in json.loads(out)["specs"][0]["code"]
    assert "sum_up" in err


def test_deciding_about_words_prints_the_decision(clarify: Clarify) -> None:
    with OpenAIStub(openings=[{"```": 0.9, "1": 0.1}]) as stub:
        assert clarify("ask", "print hi", "--decide", *_at(stub))[:2] == (0, "request: code (p_ask 0.10)\n")


@pytest.mark.parametrize("text", ["- sort the list", "-1 means none, 1 means some"])
def test_a_request_may_begin_with_a_dash(clarify: Clarify, text: str) -> None:
    with OpenAIStub(["```python\nprint(1)\n```"]) as stub:
        code, _, _ = clarify("ask", *_at(stub), text)
        assert stub.requests[-1].json["messages"][-1]["content"] == text
    assert code == 0


@pytest.mark.parametrize("output", ["-", ".."])
def test_an_output_that_cannot_be_is_refused_before_the_model_runs(clarify: Clarify, output: str) -> None:
    with OpenAIStub() as stub:
        code, out, _ = clarify("ask", "print hi", "--output", output, *_at(stub))
        assert stub.requests == []
    assert (code, out) == (2, "")
