import pytest

from eval.reports.basis import Basis, NotComparable
from eval.reports.drawings import AtRatio, figure_5
from eval.reports.grid import Block, Cell, Row, blocks
from eval.reports.tables import table_3, table_5
from eval.schema import Figures
from tests.eval.reports.material import BASIS, result

OTHERS = [
    (Basis("humanevalcomm-v1", "neutral", "reference-1"), "humanevalcomm-v1"),
    (Basis("humanevalcomm-v2", "raw", "reference-1"), "raw"),
    (Basis("humanevalcomm-v2", "neutral", "rule-1"), "rule-1"),
]


@pytest.mark.parametrize(("other", "differs"), OTHERS)
def test_figures_of_two_bases_do_not_share_a_column(other: Basis, differs: str) -> None:
    rows = tuple(Row(basis.judge, basis, (Cell("1"),)) for basis in (BASIS, other))
    with pytest.raises(NotComparable, match=differs):
        Block("together", ("CR %",), rows)
    apart = blocks(("CR %",), rows)
    assert [block.rows for block in apart] == [(rows[0],), (rows[1],)]


@pytest.mark.parametrize(("other", "differs"), OTHERS)
def test_figures_of_two_bases_are_not_drawn_as_one_line(other: Basis, differs: str) -> None:
    points = [AtRatio(0.2, "a", BASIS, Figures(rows=1)), AtRatio(1.0, "b", other, Figures(rows=1))]
    with pytest.raises(NotComparable, match=differs):
        figure_5(points)


@pytest.mark.parametrize("other", [other for other, _ in OTHERS])
def test_a_report_gives_each_basis_its_own_block_and_the_paper_another(other: Basis) -> None:
    results = [result(), result(basis=other, name="other"), result("never", asks_on=())]
    for table in (table_3(results), table_5(results)):
        ours, theirs, paper = table.blocks
        assert {row.name for row in ours.rows} == {"ours", "never"}
        assert {row.name for row in theirs.rows} == {"other"}
        assert "published" in paper.heading
        assert "gpt-4o-mini" in paper.heading
