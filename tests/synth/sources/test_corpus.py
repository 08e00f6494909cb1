import ast

import pytest

from models.errors import UsageError
from synth.corpus.format import CODE_SHAPES
from synth.corpus.split import split
from synth.sources.base import open_source


def groups(spec: str) -> set[str]:
    return {problem.group.removeprefix("corpus:") for problem in open_source(spec).problems()}


def test_the_plain_spec_gives_nothing_but_the_part_for_training():
    assert groups("corpus") == groups("corpus:train") == set(split().train)


def test_the_parts_share_no_domain_and_make_up_the_whole():
    parts = [groups(f"corpus:{part}") for part in ("train", "dev", "test")]
    assert set().union(*parts) == groups("corpus:all")
    assert sum(map(len, parts)) == len(groups("corpus:all"))


def test_a_domain_can_be_had_alone():
    assert groups("corpus:strings") == {"strings"}


def test_an_unknown_part_names_the_nearest():
    with pytest.raises(UsageError, match="strings"):
        open_source("corpus:string")


def test_problems_are_whole():
    every = list(open_source("corpus:all").problems())
    assert len({problem.id for problem in every}) == len(every)
    for problem in every:
        ast.parse(problem.signature + ("\n    ..." if problem.signature.endswith(":") else ""))
        if problem.shape in CODE_SHAPES:
            assert ">>>" not in problem.description
        assert problem.tests
        assert problem.source == "corpus"
