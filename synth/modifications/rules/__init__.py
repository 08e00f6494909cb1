"""The rules, one a file, and the table of them. A rule changes text and never runs anything."""

from __future__ import annotations

from synth.modifications.base import Modifier
from synth.modifications.rules.additions import ADDED_ALTERNATIVE, ADDED_GAP, ADDED_VAGUENESS
from synth.modifications.rules.alternatives import Alternatives
from synth.modifications.rules.contradict_example import ContradictExample
from synth.modifications.rules.contradict_pair import ContradictPair
from synth.modifications.rules.contradict_sentence import ContradictSentence
from synth.modifications.rules.contradict_type import ContradictType
from synth.modifications.rules.drop_definition import DropDefinition
from synth.modifications.rules.drop_parameter import DropParameter
from synth.modifications.rules.drop_return_value import DropReturnValue
from synth.modifications.rules.drop_tie_rule import DropTieRule
from synth.modifications.rules.drop_unit import DropUnit
from synth.modifications.rules.missing_value import MissingValue
from synth.modifications.rules.special_cases import (
    DropErrorBehaviour,
    DropSpecialResult,
    EitherOutcome,
    VagueOutcome,
)
from synth.modifications.rules.truncate import Truncate
from synth.modifications.rules.vague_term import VagueTerm

RULES: dict[Modifier, float] = {
    VagueTerm(): 1.0,
    Alternatives(): 0.8,
    VagueOutcome(): 0.8,
    EitherOutcome(): 0.4,
    ADDED_ALTERNATIVE: 0.3,
    ADDED_VAGUENESS: 0.3,
    MissingValue(): 1.0,
    DropUnit(): 1.0,
    DropTieRule(): 1.0,
    DropErrorBehaviour(): 0.7,
    DropSpecialResult(): 0.7,
    DropDefinition(): 1.0,
    DropParameter(): 1.0,
    DropReturnValue(): 0.7,
    ADDED_GAP: 0.35,
    Truncate(): 0.7,
    ContradictExample(): 1.0,
    ContradictPair(): 0.4,
    ContradictType(): 0.7,
    ContradictSentence(): 1.0,
}
"""Each rule with how often it is tried first, relative to the others of its type."""
