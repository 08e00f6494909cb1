"""Two runs of our own tasks, paired."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.app import run as clarify
from eval.compare import Comparison, Difference, compare
from eval.reports.basis import Basis, NotComparable
from eval.reports.result import Result
from models.errors import UserError
from tests.eval.reports.material import result, write_benchmark, write_run


def _of(comparison: Comparison, figure: str, group: str) -> Difference:
    (found,) = (one for one in comparison.differences if (one.figure, one.group) == (figure, group))
    return found


def _always(tasks: int = 12) -> Result:
    return result("always", tasks=tasks, asks_on=("original", "1a", "1c", "1p"))


def test_differences_are_second_less_first() -> None:
    found = compare(result(tasks=12), _always())
    asks = _of(found, "asks", "overall")
    assert (asks.first, asks.second) == (pytest.approx(2 / 3), 1.0)
    assert asks.difference.value == pytest.approx(1 / 3)
    assert asks.difference.n == 36
    assert asks.p is None  # the texts of a task are not independent
    assert found.overall == result(tasks=12).document.overall
    assert found.other.overall == _always().document.overall


def test_mcnemar_counts_the_texts_on_which_they_differ_and_holm_corrects_over_categories() -> None:
    found = compare(result(tasks=12), _always())
    differing = _of(found, "asks", "1c")
    assert (differing.only_first, differing.only_second) == (0, 12)
    assert differing.p == pytest.approx(3 * 2 * 0.5**12)
    alike = _of(found, "asks", "1a")
    assert (alike.only_first, alike.only_second, alike.p) == (0, 0, 1.0)
    originals = _of(found, "asks", "original")
    assert originals.p == pytest.approx(2 * 0.5**12)


def test_a_run_does_not_differ_from_itself() -> None:
    found = compare(result(), result(name="again"))
    for one in found.differences:
        assert (one.difference.value, one.difference.low, one.difference.high) == (0, 0, 0)
        assert one.p in {None, 1.0}


def test_only_texts_of_both_count() -> None:
    base = result()
    found = compare(replace(base, responses=base.responses[:-4]), _always(tasks=4))
    assert _of(found, "asks", "overall").difference.n == 9
    assert "4 texts of always are left out: the other run does not have them" in found.notes
    with pytest.raises(UserError, match="no text in common"):
        compare(replace(base, responses=base.responses[:2]), replace(base, responses=base.responses[4:]))


@pytest.mark.parametrize(
    "basis",
    [Basis("humanevalcomm-v1", "neutral", "reference-1"), Basis("humanevalcomm-v2", "neutral", "rule-1")],
)
def test_other_versions_and_other_judges_are_refused(basis: Basis) -> None:
    with pytest.raises(NotComparable, match="cannot stand in one column"):
        compare(result(), result(basis=basis, name="other"))


def test_the_command_prints_tables_or_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    write_run(Path("a"))
    write_run(Path("b"), "never", asks_on=())
    write_benchmark(Path("own.jsonl"))
    assert clarify(["eval", "compare", "a", "b", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["names"] == ["a", "b"]
    assert document["overall"]["communication_rate"] == pytest.approx(2 / 3)
    assert {"asks", "good questions", "pass@1", "test pass rate"} == {
        one["figure"] for one in document["differences"]
    }
    assert clarify(["eval", "compare", "a", "b"]) == 0
    text = capsys.readouterr().out
    assert "asks; A: a, B: b" in text
    assert "-66.67" in text
    assert "McNemar" in text
