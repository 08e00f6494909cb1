from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.sources.base import SourceOptions
from synth.sources.recording.inside import NotPlain, render
from synth.sources.recording.recorder import Recorder
from synth.sources.recording.records import Outcome, Recording, Records, Task

CODE = """
import random
def double(x): return x * 2
def grow(items):
    items.append(0)
    return len(items)
def count(n): yield from range(n)
def forever():
    while True: pass
def letters(): return list({'a', 'b', 'c', 'd', 'e', 'f'})
def named(): return {'b', 'a'}
def say(): print('hi'); return 1
class Thing: pass
def leak():
    with open('/tmp/x', 'w') as file: file.write('x')
    return 1
"""


def record(options: SourceOptions, *tasks: Task) -> list[Recording]:
    return list(Recorder(options).record(tasks))


def outcome(options: SourceOptions, expression: str) -> Outcome:
    (found,) = record(options, Task(CODE, (expression,)))
    return found.outcomes[0]


def test_values_errors_and_iterators_are_told_apart(options: SourceOptions) -> None:
    task = Task(CODE, ("double(3)", "double({})", "count(3)", "named()", "Thing()", "double"))
    (found,) = record(options, task)
    value, error, listed, ordered, thing, function = found.outcomes
    assert (value.value, value.stable, value.impure) == ("6", True, ())
    assert error.raises == "TypeError"
    assert (listed.value, listed.listed) == ("[0, 1, 2]", True)
    assert ordered.value == "{'a', 'b'}"
    assert thing.value is None
    assert function.value is None


@pytest.mark.parametrize(
    ("expression", "told"), [("grow([1])", "mutates"), ("say()", "writes"), ("leak()", "open")]
)
def test_what_is_done_besides_giving_a_value_is_seen(
    expression: str, told: str, options: SourceOptions
) -> None:
    assert told in outcome(options, expression).impure


def test_what_depends_on_the_order_of_sets_or_on_chance_is_not_stable(options: SourceOptions) -> None:
    task = Task(CODE, ("letters()", "random.random()", "double(1)"))
    (found,) = record(options, task)
    assert [one.stable for one in found.outcomes] == [False, False, True]


def test_state_that_calls_leave_behind_is_not_stable(options: SourceOptions) -> None:
    code = "seen = []\ndef turn(x):\n    seen.append(x)\n    return len(seen)\n"
    (found,) = record(options, Task(code, ("turn(1)", "turn(2)", "turn(3)")))
    assert not all(one.stable for one in found.outcomes)


def test_an_endless_loop_and_a_killer_cost_only_themselves(options: SourceOptions) -> None:
    killer = Task("import os\nos.kill(os.getppid(), 9)\n", ("1",))
    tasks = [Task(CODE, ("double(1)", "forever()", "double(2)")), killer, Task(CODE, ("double(4)",))]
    first, second, third = record(options, *tasks)
    assert [one.value or one.raises for one in first.outcomes] == ["2", "TookTooLong", "4"]
    assert second.failure
    assert third.outcomes[0].value == "8"


def test_a_solution_that_does_not_load_says_why(options: SourceOptions) -> None:
    (found,) = record(options, Task("import numpy_is_not_here\n", ("1",)))
    assert found.failure is not None
    assert "numpy_is_not_here" in found.failure


def test_a_script_runs_once_for_each_input(options: SourceOptions) -> None:
    script = "import sys\nn = int(input())\nprint(n * 2)\nsys.exit(0 if n else 3)\n"
    (found,) = record(options, Task(script, ("4\n", "0\n", "x\n"), kind="script"))
    assert [(one.value, one.raises) for one in found.outcomes] == [
        ("8\n", None),
        (None, "SystemExit"),
        (None, "SystemExit"),
    ]


def test_what_was_recorded_is_not_run_again(options: SourceOptions) -> None:
    task = Task(CODE, ("double(21)",))
    record(options, task)
    file = options.work / "recorded.jsonl"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"42"', '"43"'), encoding="utf-8")
    (found,) = record(options, task)
    assert found.outcomes[0].value == "43"  # from the file: a run would give 42
    assert file.read_text(encoding="utf-8").count("\n") == 1


def test_a_torn_line_costs_that_line_only(options: SourceOptions) -> None:
    tasks = [Task(CODE, (f"double({number})",)) for number in range(100)]
    before = record(options, *tasks)
    file = options.work / "recorded.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    assert len(lines) > 1
    file.write_bytes(b"".join(lines[:-1]) + lines[-1][: len(lines[-1]) // 2])
    assert record(options, *tasks) == before


def test_recordings_of_another_form_are_made_anew(options: SourceOptions) -> None:
    task = Task(CODE, ("double(2)",))
    options.work.mkdir()
    line = json.dumps({task.key: {"outcomes": [{"unheard": 1}]}})
    (options.work / "recorded.jsonl").write_text(line + "\n", encoding="utf-8")
    assert record(options, task)[0].outcomes[0].value == "4"


def test_results_come_in_the_order_of_tasks(options: SourceOptions) -> None:
    tasks = [Task(CODE, (f"double({number})",)) for number in range(120)]
    list(Recorder(options).record(tasks[::3]))  # some are known already
    found = record(options, *tasks)
    assert [one.outcomes[0].value for one in found] == [str(2 * number) for number in range(120)]


outcomes = st.builds(
    Outcome,
    value=st.none() | st.text(),
    shown=st.text(),
    raises=st.none() | st.text(min_size=1),
    stable=st.booleans(),
    impure=st.lists(st.text()).map(tuple),
)


@settings(deadline=None)
@given(st.builds(Recording, outcomes=st.lists(outcomes).map(tuple)))
def test_a_recording_survives_the_file(recording: Recording) -> None:
    assert Recording.from_json(json.loads(json.dumps(recording.to_json()))) == recording


def test_records_of_two_writers_are_both_read(options: SourceOptions) -> None:
    path = options.work / "recorded.jsonl"
    one, other = Task("", ("1",)), Task("", ("2",))
    Records(path).keep({one.key: Recording(failure="a")})
    Records(path).keep({other.key: Recording(failure="b")})
    both = Records(path)
    assert [both.get(one), both.get(other)] == [Recording(failure="a"), Recording(failure="b")]


atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.binary(max_size=20)
)
hashable = atoms | st.tuples(atoms, atoms) | st.frozensets(atoms, min_size=1, max_size=3)
plain = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(hashable, inner, max_size=3)
        | st.sets(hashable, max_size=4)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(plain)
def test_a_plain_value_is_rendered_as_a_literal_of_itself(value: Any) -> None:
    text = render(value)
    scope = {"__builtins__": {"set": set, "frozenset": frozenset}}
    again = eval(text, scope)  # our own text
    assert again == value
    assert type(again) is type(value)
    assert render(again) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), [object()], len, {1: object()}])
def test_what_no_literal_shows_is_not_plain(value: Any) -> None:
    with pytest.raises(NotPlain):
        render(value)


@settings(deadline=None)
@given(st.sets(st.text(max_size=3)))
def test_sets_are_rendered_in_one_order(items: set[str]) -> None:
    text = render(items)
    assert text == render(set(sorted(items, reverse=True)))
    if items:
        assert ast.literal_eval(text) == items
