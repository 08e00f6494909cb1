from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import UsageError, UserError
from models.recipe_file import checked, shipped
from tests.training.material import recipe
from training.recipe import FOLDER, Recipe, load


def test_the_shipped_recipes_are_read_under_their_own_names() -> None:
    assert shipped(FOLDER) == ["paper", "qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"]
    for name in shipped(FOLDER):
        assert load(name).name == name


def test_the_paper_recipe_is_that_of_the_authors_scripts() -> None:
    paper = load("paper")
    assert (paper.adapter.rank, paper.adapter.alpha, paper.adapter.dropout) == (16, 16, 0.05)
    assert paper.adapter.targets == ("q_proj", "k_proj", "v_proj", "o_proj")
    assert (paper.schedule.samples_per_step, paper.schedule.steps) == (16, 400)
    assert (paper.schedule.learning_rate, paper.schedule.warmup_steps) == (5e-4, 100)
    assert paper.data.max_tokens == 512


@pytest.mark.parametrize("name", shipped(FOLDER))
def test_every_line_of_a_shipped_recipe_has_a_comment_above_it(name: str) -> None:
    lines = (FOLDER / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for above, line in zip(["", *lines], lines, strict=False)
        if "=" in line and not line.startswith("#") and not above.startswith("#")
    ]
    assert bare == []


@pytest.mark.parametrize("name", shipped(FOLDER))
def test_a_shipped_recipe_states_every_field(name: str) -> None:
    stated = load(name).model_dump(exclude_unset=True)
    optional = {"limit", "ratio", "steps", "threads"}
    for section, field in Recipe.model_fields.items():
        fields = getattr(field.annotation, "model_fields", {})
        assert set(fields) - set(stated.get(section, {})) <= optional, section


def test_a_recipe_survives_being_written(tmp_path: Path) -> None:
    made = recipe(
        'a "quoted" place',
        data={"weights": {"Ambiguous+Incomplete": 2.0}, "held_out_groups": ["a, b", "ü"], "ratio": 0.25},
        schedule={"steps": 3},
    )
    path = tmp_path / "r.toml"
    path.write_text(made.to_toml(), encoding="utf-8")
    assert load(str(path)) == made


@given(st.text())
def test_any_text_survives_being_written(text: str) -> None:
    import tomllib

    try:
        text.encode()
    except UnicodeEncodeError:
        return
    made = recipe(text or "x")
    assert checked(Recipe, tomllib.loads(made.to_toml())) == made


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ("schedule.epochs=3", ("schedule", "epochs", 3)),
        ("base.model=some/folder", ("base", "model", "some/folder")),
        ('data.held_out_groups=["a"]', ("data", "held_out_groups", ("a",))),
        ("loss.normalise=token", ("loss", "normalise", "token")),
        ("data.twins=off", ("data", "twins", "off")),
        ("data.weights.Ambiguous=2", ("data", "weights", {"Ambiguous": 2.0})),
    ],
)
def test_a_field_is_set_from_the_command_line(change: str, field: tuple[str, str, object]) -> None:
    section, name, value = field
    changes = ["loss.twin_weight=0", change]  # which only twins in one batch allow
    assert getattr(getattr(load("qwen2.5-coder-0.5b", changes), section), name) == value


def test_twins_apart_are_refused_by_the_shipped_recipe_with_the_way_out() -> None:
    with pytest.raises(UserError, match="0 leaves it out"):
        load("qwen2.5-coder-0.5b", ["data.twins=off"])


def test_a_field_without_a_value_has_its_default() -> None:
    changes = ["data.mode=clarify-only", "data.ratio=", "data.weights="]
    assert load("paper", changes).data.ratio is None
    with pytest.raises(UserError, match="field required"):
        load("paper", ["base.model="])


@pytest.mark.parametrize("change", ["schedule", "=3", "a.b.c.d=1", "name.x=1", "data.ratoi="])
def test_what_sets_no_field_is_refused(change: str) -> None:
    with pytest.raises(UsageError):
        load("paper", [change])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("schedule.epoch=1", "unknown field `schedule.epoch`; did you mean `epochs`?"),
        ("scedule.epochs=1", "unknown field `scedule`; did you mean `schedule`?"),
        ("schedule.epochs=0", "schedule.epochs: input should be greater than or equal to 1"),
        ("data.mode=baseline", "a ratio does not go with the mode `baseline`"),
        ("memory.share_prefix=true", "dropout needs memory.share_prefix = false"),
        ("data.weights.Clear=1", "data.weights.Clear"),
    ],
)
def test_a_wrong_field_is_named(change: str, says: str) -> None:
    with pytest.raises(UserError, match=".") as caught:
        load("paper", [change])
    assert says in str(caught.value)


def test_an_unknown_recipe_gets_the_nearest_name() -> None:
    with pytest.raises(UserError, match="did you mean `qwen2.5-coder-0.5b`"):
        load("qwen2.5-coder-0.5")


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text("a =", encoding="utf-8")
    with pytest.raises(UserError, match="not TOML") as caught:
        load(str(path))
    assert caught.value.where == str(path)
