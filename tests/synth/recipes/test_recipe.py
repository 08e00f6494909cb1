"""Recipes: those that are shipped, and what is refused."""

from __future__ import annotations

import re
import tomllib

import pytest

from models.errors import UsageError, UserError
from models.recipe_file import shipped
from synth.generators import open_generator
from synth.output.balance import FLAWS
from synth.output.report import BuildReport
from synth.recipes.recipe import FOLDER, GeneratorSettings, Recipe, load, with_options


@pytest.mark.parametrize("name", shipped(FOLDER))
def test_a_shipped_recipe_is_complete_and_can_be_used(name):
    recipe = load(name)
    assert recipe.name == name
    assert recipe.command() == f"clarify synth build --recipe {name}"
    open_generator(recipe.generator, recipe.seed)


@pytest.mark.parametrize("name", shipped(FOLDER))
def test_every_field_of_a_shipped_recipe_has_a_comment_above_it(name):
    lines = (FOLDER / f"{name}.toml").read_text().splitlines()
    for number, line in enumerate(lines):
        if re.match(r"\w+ = ", line):
            above = lines[number - 1]
            assert above.startswith("#") or re.match(r"\w+ = ", above), f"{name}: {line}"


def test_the_default_keeps_its_share_of_clear_problems():
    default = load("default")
    assert default.balance.clear >= 0.35
    assert default.balance.uneven == 1
    assert default.generator.name == "rules"
    assert "corpus" in default.sources


def test_the_papers_recipe_has_the_papers_numbers():
    apps = load("apps-gemini")
    assert apps.problems == 5000  # of each half
    assert len(apps.sources) == 2
    options = apps.generator.options
    assert (options["temperature"], options["top_p"], options["top_k"]) == (0.1, 1, 1)
    assert options["max_tokens"] == 2048
    assert apps.balance.keep == "all"


def test_the_packages_are_pinned():
    lines = (FOLDER / "default-packages.txt").read_text().splitlines()
    assert all(re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line) for line in lines)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('sources = ["a:b"]\nsed = 1', "unknown field `sed`; did you mean `seed`"),
        ('sources = ["a:b"]\n[balance]\ncleer = 0.4', "unknown field `balance.cleer`; did you mean `clear`"),
        ("seed = 1", "sources: field required"),
        ("sources = []", "sources: "),
        ('sources = ["a"]\n[balance]\nclear = 2', "balance.clear: "),
        ('sources = ["a"]\n[generator]\nname = "magic"', "generator.name: "),
        ('sources = ["a"]\n[split]\ntest = 1', "split: "),
        ("sources = [", "not TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, words):
    path = tmp_path / "recipe.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=re.escape(words)) as caught:
        load(str(path))
    assert "recipe.toml" in str(caught.value)


def test_names_that_no_recipe_has(tmp_path):
    with pytest.raises(UserError, match="did you mean `default`"):
        load("defalt")
    with pytest.raises(UserError, match="cannot read"):
        load(str(tmp_path / "missing.toml"))


def test_a_generators_options_are_checked():
    with pytest.raises(UserError, match="per_typ"):
        open_generator(GeneratorSettings(options={"per_typ": 1}), 0)
    with pytest.raises(UserError, match="model"):
        open_generator(GeneratorSettings(name="llm"), 0)


def test_a_command_line_changes_a_recipe():
    base = load("default")
    assert with_options(base, {"seed": None, "sources": ()}) == base
    changed = with_options(
        base, {"seed": 9, "generator.name": "llm"}, ["model=m:x=1", "top_k=0", "originals=false"]
    )
    assert (changed.seed, changed.generator.name, changed.name) == (9, "llm", "")
    assert changed.generator.options["model"] == "m:x=1"
    assert changed.generator.options["top_k"] == 0
    assert changed.generator.options["originals"] is False
    assert changed.split == base.split
    with pytest.raises(UsageError, match="no source"):
        with_options(None, {"seed": 1})
    with pytest.raises(UsageError, match="NAME=VALUE"):
        with_options(base, {}, ["model"])


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(sources=("a:b", "c:d e"), seed=4, limit=3, problems=2, any_licence=True),
        Recipe(
            sources=("a",),
            generator=GeneratorSettings(name="llm", options={"model": "m x", "originals": False}),
        ),
    ],
)
def test_the_command_of_a_recipe_makes_this_recipe(recipe):
    import shlex

    import click

    from synth.commands import build

    words = shlex.split(recipe.command())
    assert words[:3] == ["clarify", "synth", "build"]
    given = build.make_context("build", [*words[3:], "--out", "x"], resilient_parsing=False).params
    assert isinstance(build, click.Command)
    names = {"generator": "generator.name", "tokenizer": "gate.tokenizer"}
    fields = {"sources", "generator", "seed", "limit", "problems", "any_licence", "tokenizer"}
    options = {names.get(name, name): value for name, value in given.items() if name in fields}
    assert with_options(None, options, given["generator_options"]) == recipe


def test_the_shipped_files_are_toml():
    for name in shipped(FOLDER):
        assert tomllib.loads((FOLDER / f"{name}.toml").read_text())


def test_the_counts_are_of_the_recipe_and_meet_its_shares() -> None:
    report = BuildReport.model_validate_json((FOLDER / "default-counts.json").read_text())
    assert report.recipe == load("default").portable()
    assert report.decontamination.behaviour is not None
    kinds = report.kinds
    assert kinds["clear"] >= 0.35 * report.samples
    flaws = [kinds[flaw] for flaw in FLAWS]
    assert max(flaws) - min(flaws) <= len(report.files)
    assert set(report.files) == {"train", "validation", "test"}
