from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.reliability import Bin
from eval.reports.charts import Mark, Series, bars, lines, reliability

_FRACTIONS = st.floats(0, 1)
_MARKS = st.one_of(
    st.builds(Mark, st.one_of(st.none(), _FRACTIONS)),
    st.tuples(_FRACTIONS, _FRACTIONS, _FRACTIONS).map(
        lambda found: Mark(*(sorted(found)[i] for i in (1, 0, 2)))
    ),
)


def _places(svg: str) -> list[ElementTree.Element]:
    """All elements, after a look at whether they are within the picture."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for element in root:
        for name, value in element.attrib.items():
            if name in {"x", "x1", "x2", "cx"}:
                assert 0 <= float(value) <= width
            if name in {"y", "y1", "y2", "cy"}:
                assert -0.05 <= float(value) <= height
    return list(root)


@given(data=st.data(), groups=st.integers(1, 8), series=st.integers(1, 9))
def test_bars_stay_within_the_picture(data: st.DataObject, groups: int, series: int) -> None:
    names = [f"g{number}" for number in range(groups)]
    marks = data.draw(st.lists(_MARKS, min_size=groups, max_size=groups))
    elements = _places(
        bars("bars", names, [Series(f"run {number}", tuple(marks)) for number in range(series)])
    )
    drawn = [element for element in elements if element.tag == "rect"]
    assert len(drawn) == series * sum(mark.value is not None for mark in marks)


def test_a_bar_says_what_it_is_and_markup_in_names_is_text() -> None:
    svg = bars("a & b", ["1a"], [Series("<b>&", (Mark(0.5, 0.4, 0.625),))])
    (bar,) = (element for element in _places(svg) if element.tag == "rect")
    assert [child.text for child in bar] == ["<b>&, 1a: 50.00 % (40.0–62.5)"]
    assert bar.attrib["class"] == "s0"


def test_a_line_leaves_out_what_is_not_known() -> None:
    svg = lines("line", "ratio", [Series("run", (Mark(0.2), Mark(None), Mark(0.4)), (0.2, 0.5, 1.0))])
    elements = _places(svg)
    assert sum(element.tag == "circle" for element in elements) == 2
    (line,) = (element for element in elements if element.tag == "polyline")
    assert len(line.attrib["points"].split()) == 2


def test_a_bin_on_the_diagonal_is_drawn_on_it() -> None:
    svg = reliability("reliability", [("run", [Bin(0.5, 0.6, 0.5, 0.5, 1.0, 10)])])
    elements = _places(svg)
    dot = next(element for element in elements if element.tag == "circle")
    diagonal = next(element for element in elements if element.get("class") == "diagonal")
    (x1, y1), (x2, y2) = (map(float, point.split(",")) for point in diagonal.attrib["points"].split())
    assert abs(float(dot.attrib["cx"]) - (x1 + x2) / 2) <= 0.1
    assert abs(float(dot.attrib["cy"]) - (y1 + y2) / 2) <= 0.1
