"""The proof finds a problem's faults: each case breaks one claim of a sound problem."""

import tomllib
from pathlib import Path

import pytest

from synth.corpus.combinations import pairs
from synth.corpus.format import DomainFile
from synth.corpus.proof import faults
from synth.corpus.proof.likeness import alike_faults, normalised
from synth.sources.base import SourceOptions
from synth.sources.recording.recorder import Recorder
from tests.synth.corpus.made import AMBIGUOUS, INCOMPLETE, INCONSISTENT, SOLUTION, TESTS, TEXT, made, point

CASES = {
    "edit": made(points=[point(INCOMPLETE, edits=[{"from": "no such words", "to": ""}])]),
    "shape": made(points=[point(INCOMPLETE, edits=[{"from": '"""Keep', "to": "Blank"}])]),
    "question": made(
        points=[point(INCOMPLETE, questions=["What about blank ones?", "Say what blank ones do."])]
    ),
    "beside the point": made(
        points=[point(INCOMPLETE, questions=["What about blank ones?", "In which colour?"])]
    ),
    "solution": made(tests=TESTS.replace("['a', 'b', 'b']", "['a', 'b']")),
    "example": made(text=TEXT.replace("['fig', 'pear', 'plum']", "['pear', 'plum']"), points=[INCOMPLETE]),
    "fits": made(points=[point(AMBIGUOUS, edits=AMBIGUOUS["edits"][:1])]),
    "differs": made(points=[point(AMBIGUOUS, differs_on="tidy([], 4)")]),
    "contradicted": made(
        points=[point(INCONSISTENT, edits=[{"from": '"fig", "plum"], 4)', "to": '"plum", "fig"], 4)'}])]
    ),
}


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Recorder:
    return Recorder(SourceOptions(work=Path(tmp_path_factory.mktemp("recordings"))))


def test_a_sound_problem_has_no_fault(recorder):
    assert list(faults([("words", made())], recorder)) == []


def test_the_example_of_the_docs_is_sound(recorder):
    told = (Path(__file__).parents[3] / "docs" / "corpus.md").read_text(encoding="utf-8")
    block = told.partition("```toml\n")[2].partition("```\n")[0]
    file = DomainFile.model_validate(tomllib.loads(block))
    assert list(faults([("words", problem) for problem in file.problems], recorder)) == []


@pytest.mark.parametrize("claim", CASES)
def test_a_broken_claim_is_found(claim, recorder):
    found = list(faults([("words", CASES[claim])], recorder))
    assert claim in {fault.claim for fault in found}
    assert all(str(fault).startswith("words/tidy") for fault in found)


SETTLING = point(
    INCONSISTENT,
    questions=[
        'By the text "figs" stays, but the second example for it gives []. Which holds?',
        'Should tidy(["figs"], 4) be [], as the example says?',
    ],
    answer="It stays.",
    edits=[{"from": '    []\n    """', "to": '    []\n    >>> tidy(["figs"], 4)\n    []\n    """'}],
    readings=[{"option": "['figs']", "meant": True}, {"option": "[]"}],
)


def test_a_pair_is_refused_when_a_reading_of_the_one_resolves_the_other(recorder):
    problem = made(points=[AMBIGUOUS, SETTLING])
    (fault,) = faults([("words", problem)], recorder)
    assert fault.claim == "combination"
    one, other = problem.points
    kept_apart = made(points=[AMBIGUOUS, SETTLING], apart=[[one.key, other.key]])
    assert list(faults([("words", kept_apart)], recorder)) == []
    assert list(pairs(kept_apart)) == []


def test_points_in_one_sentence_are_not_combined():
    shorter = point(
        INCOMPLETE,
        edits=[{"from": "in alphabetical order.", "to": "in the usual order."}],
        questions=["Which order?", "A to Z?"],
    )
    assert list(pairs(made(points=[AMBIGUOUS, shorter]))) == []
    assert len(list(pairs(made(points=[AMBIGUOUS, INCOMPLETE])))) == 1


def test_a_renamed_copy_is_alike():
    renamed = SOLUTION.replace("word", "entry").replace("kept", "rest").replace("most", "top")
    renamed = renamed.replace("tidy", "clean")
    long = "\n".join(f"    kept = [w + '{n}' for w in kept if len(w) > {n}]" for n in range(4))
    one = made(id="one", solution=SOLUTION.replace("    return", f"{long}\n    return"))
    other = made(
        id="two",
        name="tidy",
        solution=one.solution.replace("kept", "rest"),
        text="def tidy(x):\n    ...\n",
        points=[point(INCOMPLETE, edits=[{"from": "...", "to": "pass"}])],
    )
    assert [fault.problem for fault in alike_faults([("a/one", one), ("b/two", other)])] == ["b/two"]
    assert normalised(SOLUTION) == normalised(renamed)


def test_the_same_request_is_alike_whatever_solves_it():
    other = made(id="two", solution="def tidy(words, most):\n    return words\n")
    assert [fault.claim for fault in alike_faults([("a/one", made()), ("b/two", other)])] == ["alike"]
