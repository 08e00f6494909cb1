"""Tables beside the paper's: our figures are those of the document, the paper's are as printed."""

from dataclasses import replace

import pytest

from eval.reports.asked import concrete_share, good_per_ask
from eval.reports.grid import NOTHING, Cell, Row, Table, blocks
from eval.reports.markdown import markdown
from eval.reports.report import document_of, report
from eval.reports.tables import stars, table_3, table_4, table_5, what_ran
from models.errors import UsageError
from tests.eval.reports.material import BASIS, result


def _texts(table: Table, block: int, name: str, group: str = "") -> list[str]:
    (row,) = (row for row in table.blocks[block].rows if (row.name, row.group) == (name, group))
    return [cell.text for cell in row.cells]


def test_table_3_has_our_figures_and_the_published_ones() -> None:
    table = table_3([result()])
    # 4 tasks: 1a asks, fair; 1c codes; 1p asks, good. A third of the code is wrong.
    assert _texts(table, 0, "ours") == ["12", "66.67", "50.00", "33.33", "75.00", "66.67", "66.67"]
    of_paper = _texts(table, 1, "ClarifyCoder (loss on answer)")
    assert of_paper == ["63.61", "51.93", "40.25", "81.64", "29.38", "40.96"]
    assert all(cell.interval for cell in table.blocks[0].rows[0].cells[1:])


def test_table_4_has_the_originals_alone() -> None:
    table = table_4([result(asks_on=("original",))])
    rows, solved, passed, _, false_asks = _texts(table, 0, "ours")
    assert (rows, solved, passed, false_asks) == ("4", "50.00", "50.00", "100.00")
    assert "originals" in table.blocks[0].heading
    assert _texts(table, 1, "CodeQwen1.5 Chat 7B") == ["76.22", "84.95"]


def test_table_5_goes_by_category() -> None:
    table = table_5([result()])
    assert _texts(table, 0, "ours", "1p")[1:4] == ["100.00", "100.00", "100.00"]
    assert _texts(table, 0, "ours", "1c")[1:5] == ["0.00", "0.00", "0.00", "–"]
    assert _texts(table, 1, "ClarifyCoder (loss on answer)", "2cp")[:2] == ["55.88", "44.12"]


def test_a_judge_of_asking_alone_leaves_the_good_questions_open() -> None:
    base = result()
    judged = {
        key: one.model_copy(update={"quality": None if one.asked else 0})
        for key, one in base.judgements.items()
    }
    assert good_per_ask(replace(base, judgements=judged)) is None


@pytest.mark.parametrize(
    ("p", "text"),
    [(None, ""), (0.1, ""), (0.099, "*"), (0.051, "*"), (0.05, "**"), (0.01, "**"), (0.0099, "***")],
)
def test_stars_are_the_papers(p: float | None, text: str) -> None:
    assert stars(p) == text


def test_what_ran_names_command_model_hash_and_judge() -> None:
    table = what_ran([result()])
    assert "tiny (0123456789ab)" in _texts(table, 0, "ours")
    assert "reference-1" in table.blocks[0].heading
    assert any("`clarify eval run --system ours --out ours`" in note for note in table.notes)


def test_the_share_that_names_a_point_needs_the_requests() -> None:
    found = concrete_share(result())
    assert found is not None
    assert (found.value, found.n) == (1.0, 8)
    assert concrete_share(replace(result(), variants={})) is None


def test_two_results_of_one_name_are_refused() -> None:
    with pytest.raises(UsageError, match="two results are called `ours`"):
        report([result(), result()])


def test_one_document_holds_all() -> None:
    first, second = result(), result("never", asks_on=())
    found = document_of([first, second])
    assert found.overall == first.document.overall
    assert found.others == (second.document,)


def test_markdown_shows_names_as_they_are() -> None:
    text = markdown(report([result(name="a|b*c <d>")]))
    assert r"a\|b\*c \<d\>" in text
    heads = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(line.endswith(" |") for line in heads)
    assert "Table 5: by category" in text


def test_columns_that_no_run_has_are_left_out() -> None:
    rows = [Row("a", BASIS, (Cell("1"), Cell(NOTHING))), Row("b", BASIS, (Cell(NOTHING), Cell(NOTHING)))]
    (block,) = blocks(("x", "y"), rows, only_known=True)
    assert block.columns == ("x",)
    assert [len(row.cells) for row in block.rows] == [1, 1]
    assert blocks(("x", "y"), rows)[0].columns == ("x", "y")
    assert blocks(("y",), [Row("a", BASIS, (Cell(NOTHING),))], only_known=True) == ()
