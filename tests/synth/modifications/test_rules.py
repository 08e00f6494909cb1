"""Each rule on a problem it fits, and what it refuses."""

from random import Random

import pytest

from synth.modifications.base import Modified, Modifier, Refusal
from synth.modifications.conditions import special_cases
from synth.modifications.recorded import literal
from synth.modifications.rules import RULES
from synth.modifications.rules.alternatives import Alternatives
from synth.modifications.rules.combined import combine
from synth.modifications.rules.contradict_example import ContradictExample
from synth.modifications.rules.contradict_pair import ContradictPair
from synth.modifications.rules.contradict_sentence import ContradictSentence
from synth.modifications.rules.contradict_type import ContradictType
from synth.modifications.rules.drop_definition import DropDefinition
from synth.modifications.rules.drop_parameter import DropParameter
from synth.modifications.rules.drop_return_value import DropReturnValue
from synth.modifications.rules.drop_tie_rule import DropTieRule
from synth.modifications.rules.drop_unit import DropUnit
from synth.modifications.rules.hard_negatives import hard_negatives
from synth.modifications.rules.missing_value import MissingValue
from synth.modifications.rules.special_cases import (
    DropErrorBehaviour,
    DropSpecialResult,
    EitherOutcome,
    VagueOutcome,
)
from synth.modifications.rules.truncate import Truncate
from synth.modifications.rules.vague_term import VagueTerm
from synth.schema import Problem
from tests.synth.modifications.made import made
from tests.synth.problems import problem, problems

CASES: list[tuple[Modifier, str, str, str]] = [
    # rule, problem, the words that go, words that must be left to ask about
    (VagueTerm(), "connection", "5 minutes", "minutes"),
    (Alternatives(), "crew_order", "lightest first", "lightest first"),
    (MissingValue(), "night_shifts", '"open"', "entry"),
    (DropUnit(), "error_rate", "in percent", "unit"),
    (DropTieRule(), "seat_winner", "favour of the candidate", "Ties are"),
    (DropErrorBehaviour(), "hide_mail", "raise ValueError", "has no at sign"),
    (DropSpecialResult(), "free_seats", "return -1", "no such place"),
    (VagueOutcome(), "connection", "the result should be None", "no train is left"),
    (EitherOutcome(), "parking_fee", "", "return None"),
    (DropDefinition(), "overdue", "more than 28 days", "overdue"),
    (DropParameter(), "night_shifts", "`rest`", "staff"),
    (DropReturnValue(), "split_parcels", "one list of weights per van", "result"),
]


def _made(rule: Modifier, one: Problem) -> Modified:
    for seed in range(40):
        found = rule.modify(one, Random(seed))
        if isinstance(found, Modified):
            return found
    raise AssertionError(found)


@pytest.mark.parametrize(
    ("rule", "name", "gone", "left"), CASES, ids=lambda value: getattr(value, "name", None)
)
def test_the_words_go_and_a_gap_is_left(rule: Modifier, name: str, gone: str, left: str) -> None:
    one = problem(name)
    found = [m for seed in range(60) if isinstance(m := rule.modify(one, Random(seed)), Modified)]
    assert found
    fitting = [
        m
        for m in found
        if (not gone or gone in m.changes[0].before)
        and left.lower() in (m.description + one.signature).lower()
    ]
    assert fitting
    for modified in fitting:
        assert modified.changes[0].flaw == rule.flaw
        assert modified.changes[0].kind == rule.name
        assert modified.changes[0].after in modified.description
        assert not gone or gone not in modified.description or rule.name == "alternatives"


def test_every_rule_keeps_its_promises_on_every_problem() -> None:
    fits = {rule.name: 0 for rule in RULES}
    for one in problems():
        for rule in RULES:
            modified = rule.modify(one, Random(one.id))
            if isinstance(modified, Refusal):
                assert modified.reason
                continue
            fits[rule.name] += 1
            assert len(modified.changes) == len(modified.topics) == 1
            calls = {example.call for example in (*one.examples, *modified.allowed)}
            assert all(example.call in calls for example in modified.allowed)
            same = modified.description == one.description and modified.signature == one.signature
            assert not same or modified.pinned
            assert "  " not in modified.description
            assert " ." not in modified.description.replace(" ...", "")
            assert modified.clear != modified.description or modified.pinned
            assert not modified.topics[0].readings or modified.topics[0].answer
    assert all(fits.values()), fits


@pytest.mark.parametrize("rule", [ContradictExample(), ContradictPair()], ids=lambda rule: rule.name)
def test_a_contradicted_result_is_not_the_recorded_one(rule: Modifier) -> None:
    for one in problems():
        modified = rule.modify(one, Random(1))
        if isinstance(modified, Refusal):
            continue
        pinned = next(pair for pair in modified.pinned if pair.unclear != pair.clear)
        assert pinned.unclear.call == pinned.clear.call
        assert literal(pinned.unclear.result) != literal(pinned.clear.result)
        recorded = {e.call: e.result for e in one.examples} | {c.expression: c.expected for c in one.tests}
        if pinned.clear.call in recorded:
            assert recorded[pinned.clear.call] == pinned.clear.result
        topic = modified.topics[0]
        assert {topic.facts["shown"], topic.facts["expected"]} == {pinned.unclear.result, pinned.clear.result}


def test_an_order_that_is_left_open_is_not_contradicted_by_an_example() -> None:
    one = made("Return the words of a in any order.", calls={"f('a b')": "['a', 'b']"})
    assert isinstance(ContradictExample().modify(one, Random(0)), Refusal)


def test_a_contradicted_hint_differs_in_kind_and_the_example_stands_against_it() -> None:
    one = problem("restock")
    modified = _made(ContradictType(), one)
    assert modified.signature != one.signature
    assert modified.pinned[0].unclear == modified.pinned[0].clear
    unhinted = one.model_copy(update={"signature": "def restock(stock, sold):"})
    assert isinstance(ContradictType().modify(unhinted, Random(0)), Refusal)


def test_a_contradicting_sentence_is_added_and_its_twin_says_the_same_again() -> None:
    one = problem("parking_fee")
    modified = _made(ContradictSentence(), one)
    change = modified.changes[0]
    assert change.before in modified.description
    assert change.after in modified.description
    lead = change.after.split(":")[0]
    assert f"{lead}:" in modified.clear
    assert change.after not in modified.clear


def test_a_cut_text_ends_in_a_word_that_something_follows() -> None:
    seen = 0
    for one in problems():
        modified = Truncate().modify(one, Random(3))
        if isinstance(modified, Modified):
            seen += 1
            kept = modified.description.rstrip(". ")
            assert one.description.startswith(kept)
            assert kept.split()[-1].isalpha()
    assert seen >= 10


def test_examples_that_give_the_answer_away_are_not_allowed() -> None:
    one = made(
        "Return the sum of a. If a is empty, return None.",
        "def f(a):\n    return sum(a) if a else None\n",
        calls={"f([])": "None", "f([1])": "1"},
    )
    modified = _made(DropSpecialResult(), one)
    assert [example.call for example in modified.allowed] == ["f([1])"]
    assert modified.types == "hidden"


def test_a_class_whose_hints_tell_the_fallback_is_refused() -> None:
    assert isinstance(DropSpecialResult().modify(problem("TicketQueue"), Random(0)), Refusal)


def test_a_text_that_shows_results_is_not_opened() -> None:
    one = made(
        "Join the words of a by a comma. For example, the words x and y are joined to one.",
        "def f(a):\n    return ','.join(a)\n",
        calls={"f(['a', 'b'])": "'a,b'"},
    )
    assert isinstance(VagueTerm().modify(one, Random(0)), Refusal)


@pytest.mark.parametrize(
    ("sentence", "case", "action", "outcome"),
    [
        ("If a is empty, return None.", "If a is empty", "return", "None"),
        ("Return an empty list if a is empty.", "If a is empty", "return", "an empty list"),
        ("Raise ValueError if a is empty.", "If a is empty", "raise", "ValueError"),
        ("``ValueError`` will be raised if a is empty.", "If a is empty", "raise", "ValueError"),
        ("Empty lists raise ValueError.", "For empty lists", "raise", "ValueError"),
        ("For an empty list return -1.", "For an empty list", "return", "-1"),
    ],
)
def test_special_cases_are_read(sentence: str, case: str, action: str, outcome: str) -> None:
    code = "def f(a):\n    if a == 1:\n        raise ValueError\n    return None if a else [] or -1\n"
    one = made(f"Take the first thing. {sentence}", code, calls={"f([])": "[]", "f('')": "-1"})
    (special,) = special_cases(one)
    assert (special.case, special.action, special.outcome) == (case, action, outcome)


@pytest.mark.parametrize(
    "description",
    [
        "Return True if a is even.",
        "Take it. Return True if a is even.",
        "Take it. If a is empty, return 'x'.",
        "Take it. If a is odd, stop.",
    ],
)
def test_what_is_the_task_or_is_not_borne_out_is_no_special_case(description: str) -> None:
    assert not list(special_cases(made(description, "def f(a):\n    return a % 2 == 0\n")))


def test_combined_flaws_do_not_touch_each_other() -> None:
    seen = 0
    for one in problems():
        for seed in range(4):
            modified = combine(VagueTerm(), ContradictExample(), one, Random(seed))
            if isinstance(modified, Refusal):
                continue
            seen += 1
            assert [change.flaw for change in modified.changes] == ["ambiguous", "inconsistent"]
            assert modified.changes[0].after in modified.description
            assert {pinned.clear.call for pinned in modified.pinned}.isdisjoint(
                e.call for e in modified.allowed
            )
    assert seen >= 5


def test_hard_negatives_settle_what_they_mention() -> None:
    kinds = set()
    for one in problems():
        for text in hard_negatives(one, Random(one.id)):
            kinds.add(text.kind)
            assert text.description != one.description
    assert kinds >= {"defined-vague", "given-below", "restated"}


def test_the_keyword_goes_to_the_entry_point_inside_the_call() -> None:
    one = made("Give back its items.", "def f(a):\n    yield from a\n", calls={"list(f([1, 2]))": "[1, 2]"})
    modified = _made(ContradictPair(), one)
    assert {pair.clear.call for pair in modified.pinned} == {"list(f([1, 2]))", "list(f(a=[1, 2]))"}


def test_two_sides_of_a_condition_are_no_contradiction() -> None:
    one = made("Put it at the end. If a is larger than the limit, cut it.", "def f(a):\n    return a\n")
    assert isinstance(ContradictSentence().modify(one, Random(0)), Refusal)


@pytest.mark.parametrize(
    "text", ["Return a topological order of a.", "Find a path from a to b.", "Take a random one."]
)
def test_an_example_contradicts_no_text_that_allows_several_results(text: str) -> None:
    assert isinstance(
        ContradictExample().modify(made(text, calls={"f([1, 2])": "[1, 2]"}), Random(0)), Refusal
    )


def test_true_is_not_contradicted_by_int() -> None:
    code = "def f(a):\n    return a % 2 == 0\n"
    one = made("Return whether a is even.", code, signature="def f(a) -> bool:", calls={"f(2)": "True"})
    found = (ContradictType().modify(one, Random(seed)) for seed in range(20))
    assert not any("-> int" in m.signature for m in found if isinstance(m, Modified))


@pytest.mark.parametrize(
    "text",
    [
        "Takes the nth part of it by the usual way. k -- how many. Used for speed only.",
        "Gives back a list of all steps: [a, k*a, k*k*a, ...].",
        "Takes the steps from the start on. Returns k of them in the end.",
    ],
)
def test_a_parameter_whose_sentence_says_more_or_goes_on_is_kept(text: str) -> None:
    assert isinstance(DropParameter().modify(made(text, signature="def f(a, k):"), Random(0)), Refusal)


@pytest.mark.parametrize(
    "text",
    [
        "Check if a is a palindrome. Returns True if it is a list like that.",
        "Creates a list composed of the keys of a. Returns list of keys.",
    ],
)
def test_a_result_that_the_rest_tells_is_kept(text: str) -> None:
    assert isinstance(DropReturnValue().modify(made(text), Random(0)), Refusal)


def test_a_term_that_is_explained_twice_keeps_its_definition() -> None:
    text = "An echo is a word that comes again. Count each echo. Alternatively, echo can be taken as a copy."
    assert isinstance(DropDefinition().modify(made(text), Random(0)), Refusal)


def test_a_call_that_compares_with_the_fallback_shows_it() -> None:
    one = made("Find the pair that fits, or None if there is none.", "def f(a):\n    return None\n",
               calls={"f([1]) is None": "True", "f([1, 2])": "(1, 2)"})  # fmt: skip
    assert [example.call for example in _made(MissingValue(), one).allowed] == ["f([1, 2])"]


def test_a_case_that_goes_on_or_is_told_elsewhere_is_kept() -> None:
    code = "def f(a):\n    raise ValueError\n"
    goes_on = "Take it. Raises ValueError if a is empty. Or a is None."
    again = "Take it. When a is empty, ValueError is raised. Raises ValueError if a is empty."
    for text in (goes_on, again):
        one = made(text, code)
        assert isinstance(DropErrorBehaviour().modify(one, Random(0)), Refusal)
        assert isinstance(VagueOutcome().modify(one, Random(0)), Refusal)


def test_elements_in_another_order_contradict_only_a_text_that_speaks_of_order() -> None:
    calls = {"f([(1, 0), (0, 1), (5, 5)])": "[(0, 1), (1, 0)]"}
    for text, may in (("The two nearest points.", False), ("The two nearest points, sorted.", True)):
        made_ones = (ContradictExample().modify(made(text, calls=calls), Random(seed)) for seed in range(40))
        shown = {m.pinned[0].unclear.result for m in made_ones if isinstance(m, Modified)}
        assert ("[(1, 0), (0, 1)]" in shown) == may
