from __future__ import annotations

from collections.abc import Callable
from email.message import Message
from pathlib import Path

import pytest

from models.errors import UserError
from synth.sources.code.licences import UNSTATED, from_metadata, is_permissive
from synth.sources.code.trees import find

from .conftest import Writer


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"License-Expression": "Apache-2.0 OR BSD-2-Clause"}, "Apache-2.0 OR BSD-2-Clause"),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
        ({"Classifier": "License :: OSI Approved", "License": "BSD"}, "BSD-3-Clause"),
        ({"License": "GNU LGPL v2"}, "LGPL"),
        ({"License": "Mozilla Public License 2.0 (MPL 2.0)"}, "MPL"),
        ({"License": "UNKNOWN"}, UNSTATED),
    ],
)
def test_licences_are_read_from_metadata(headers: dict[str, str], expected: str) -> None:
    metadata = Message()
    for name, value in headers.items():
        metadata[name] = value
    assert from_metadata(metadata) == expected


def test_the_licence_file_counts_when_the_metadata_says_nothing() -> None:
    text = "Permission is hereby granted, free of charge, to any person\nobtaining a copy of this"
    assert from_metadata(Message(), text) == "MIT"
    assert from_metadata(Message(), "GNU General Public License version 3") == "GPL"


@pytest.mark.parametrize(
    ("expression", "permissive"),
    [
        ("MIT", True),
        ("(MIT AND PSF-2.0) OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("MPL-2.0", False),
        (UNSTATED, False),
    ],
)
def test_one_permissive_choice_is_enough(expression: str, permissive: bool) -> None:
    assert is_permissive(expression) is permissive


def test_a_folder_of_installed_packages_is_a_tree_per_distribution(install: Callable[..., Path]) -> None:
    install("alpha", {"alpha/__init__.py": "", "alpha/tests/test_x.py": ""}, "License: MIT\n")
    site = install("beta", {"beta.py": ""}, "License: GPL\n")
    trees = find(str(site))
    assert [(one.name, one.licence, one.permissive, list(one.modules)) for one in trees] == [
        ("alpha", "MIT", True, ["alpha"]),
        ("beta", "GPL", False, ["beta"]),
    ]
    (one,) = find(str(site / "alpha"))
    assert (one.name, one.licence) == ("alpha", "MIT")


def test_ones_own_code_needs_no_licence(write: Writer) -> None:
    root = write("project", {"src/app/__init__.py": "", "src/app/core.py": "", "src/tests/test_a.py": ""})
    (tree,) = find(str(root))
    assert list(tree.modules) == ["app", "app.core"]
    assert tree.permissive
    (file,) = find(str(root / "src/app/core.py"))
    assert list(file.modules) == ["app.core"]


def test_ones_own_code_keeps_the_licence_that_it_states(write: Writer) -> None:
    project = '[project]\nname = "mine"\nlicense = "GPL-3.0-only"\n'
    root = write("project", {"pyproject.toml": project, "mine/__init__.py": ""})
    (tree,) = find(str(root))
    assert (tree.name, tree.licence, tree.permissive) == ("mine", "GPL-3.0-only", False)


def test_an_importable_name_is_found_without_importing_it() -> None:
    (tree,) = find("textwrap")
    assert (tree.name, tree.licence, list(tree.modules)) == ("textwrap", "PSF-2.0", ["textwrap"])


def test_a_name_that_is_nowhere_gets_its_nearest() -> None:
    with pytest.raises(UserError, match="did you mean `hypothesis`"):
        find("hypothesys")
    with pytest.raises(UserError, match="no such file"):
        find("./nowhere/at/all")
