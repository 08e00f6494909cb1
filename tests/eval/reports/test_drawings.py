from dataclasses import replace

import pytest

from eval.figures import document
from eval.reports.drawings import drawings
from tests.eval.reports.material import BASIS, result


def _keys(*systems: str) -> set[str]:
    return {drawing.key for drawing in drawings([result(system) for system in systems])}


def test_figure_3_needs_a_prompt_without_training() -> None:
    assert "figure-3" not in _keys("ours", "never")
    (figure,) = (one for one in drawings([result(), result("few-shot-3")]) if one.key == "figure-3")
    (chart,) = figure.charts
    assert chart.legend == ("communication rate", "good question rate")
    assert [row.name for row in figure.table.blocks[0].rows] == ["ours", "few-shot-3"]


def test_calibration_needs_p_ask_of_both_classes() -> None:
    base = result()
    (figure,) = (one for one in drawings([base]) if one.key == "calibration")
    # Originals and 1c have p_ask 0.2, so a third of the unclear weight is there; 1a and 1p have 0.9.
    cells = [[cell.text for cell in row.cells] for row in figure.table.blocks[0].rows]
    assert cells == [["20.00", "25.00", "66.67"], ["90.00", "100.00", "33.33"]]
    unclear = replace(base, responses=tuple(one for one in base.responses if one.category != "original"))
    assert unclear.bins() == ()


@pytest.mark.parametrize("key", ["communication-rate", "good-question-rate", "pass-at-1"])
def test_bars_by_category_have_their_numbers_in_a_table(key: str) -> None:
    (figure,) = (one for one in drawings([result()]) if one.key == f"by-category-{key}")
    (block,) = figure.table.blocks
    assert block.columns == ("1a", "1c", "1p")
    assert figure.charts[0].svg.count("<rect") == 3


def test_a_run_of_originals_alone_has_no_bars_by_category() -> None:
    clear = result("never", replace(BASIS, benchmark="humaneval"))
    rows = [one for one in clear.responses if one.category == "original"]
    clear = replace(clear, document=document(rows, clear.scores, clear.judgements, clear.document.run))
    (figure,) = (one for one in drawings([result(), clear]) if one.key == "by-category-pass-at-1")
    assert [row.name for block in figure.table.blocks for row in block.rows] == ["ours"]
