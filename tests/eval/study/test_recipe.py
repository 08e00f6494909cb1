"""Recipes of a study: what is refused, what is left out, and that the shipped one is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.study.recipe import FOLDER, RowSettings, StudyRecipe, load
from models import recipe_file
from models.errors import UserError

_ROW = '[[rows]]\nname = "a"\nevidence = "opening"\n'


def _recipe(text: str) -> StudyRecipe:
    Path("own.toml").write_text(text, encoding="utf-8")
    return load("own.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "rows"),
        (_ROW + _ROW, "two rows are called `a`"),
        (_ROW + 'system = "cue-or"\n', "evidence or a system"),
        ('[[rows]]\nname = "a"\n', "evidence or a system"),
        ('[[rows]]\nname = "a"\nevidence = ["openin"]\n', "did you mean"),
        ('[[rows]]\nname = "a"\nevidence = ["opening", "opening"]\n', "twice"),
        (_ROW + 'curve = "c"\n', "both a curve and an x"),
        (_ROW + "drafts = 3\n", "writes no drafts"),
        (_ROW + "budget = 3\n", "unknown field `rows.0.budget`"),
        ('[[rows]]\nname = "a"\nsystem = "cue-or"\neffort = "low"\n', "an effort goes with weights"),
        ('[[rows]]\nname = "a"\nevidence = ["opening", "drafts"]\neffort = "low"\n', "looks at opening, and"),
        ('[[rows]]\nname = "a"\nevidence = "drafts"\neffort = "high"\n', "`opening` is a must"),
        (f"limit = 1\n{_ROW}", "limit"),
        (f"[limits]\nfew = 1\n{_ROW}", "limits.few"),
        (f'[limits]\nfew = 9\n{_ROW}limit = "fews"\n', "did you mean `few`"),
        (_ROW + 'limit = "few"\n', "none is known"),
    ],
)
def test_what_is_no_recipe_is_refused(text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        _recipe(text)


def test_rows_of_a_name_without_a_place_are_left_out() -> None:
    text = f'[adapters]\nall = ""\n[models]\nlarge = ""\n{_ROW}adapter = "all"\n'
    recipe = _recipe(text + '[[rows]]\nname = "b"\nmodel = "large"\nevidence = "opening"\n')
    reasons = [recipe.left_out(row) for row in recipe.rows]
    assert reasons[0] is not None
    assert "--set adapters.all=FILE" in reasons[0]
    assert reasons[1] is not None
    assert "--set models.large=NAME" in reasons[1]
    told = load("own.toml", ["adapters.all=runs/all/adapter.gguf", "limit=5", "models.large=b.gguf"])
    assert [told.left_out(row) for row in told.rows] == [None, None]
    assert told.adapter_of(told.rows[0]) == "runs/all/adapter.gguf"
    assert told.model_of(told.rows[1]) == "b.gguf"
    assert told.limit == 5


def test_opening_alone_is_not_fitted() -> None:
    recipe = _recipe(
        _ROW
        + '[[rows]]\nname = "b"\nevidence = ["opening", "drafts"]\n'
        + '[[rows]]\nname = "c"\nevidence = ["examples"]\n'
        + '[[rows]]\nname = "d"\nsystem = "cue-or"\n'
        + '[[rows]]\nname = "e"\nevidence = "opening"\nfit = true\n'
    )
    assert [row.fitted for row in recipe.rows] == [False, True, True, False, True]


def test_every_field_says_what_it_is() -> None:
    for kind in (StudyRecipe, RowSettings):
        assert [name for name, field in kind.model_fields.items() if not field.description] == []


def test_a_row_may_be_measured_on_fewer_pairs() -> None:
    _recipe(f'[limits]\nfew = 9\n{_ROW}limit = "few"\n[[rows]]\nname = "b"\nsystem = "cue-or"\n')
    recipe = load("own.toml", ["limits.few=4"])
    assert [recipe.limit_of(row) for row in recipe.rows] == [4, None]


def test_the_shipped_study_drafts_on_a_cut_alone() -> None:
    recipe = load("study")
    of_limit = {row.limit for row in recipe.rows if row.plan.drafts}
    assert of_limit == {"drafted"}
    compared = [row for row in recipe.rows if row.limit == "drafted" and not row.plan.drafts]
    assert any(row.evidence == ("opening",) for row in compared)


@pytest.mark.parametrize("name", recipe_file.shipped(FOLDER))
def test_the_shipped_recipes_can_be_read(name: str) -> None:
    recipe = load(name)
    assert recipe.name == name
    assert not recipe.left_out(recipe.rows[0])
