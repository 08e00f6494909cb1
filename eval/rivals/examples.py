"""Examples that show how to reply, from the training part of the project's own corpus."""

from __future__ import annotations

from dataclasses import dataclass

from models.backends.base import Message
from models.reply import Question, render_code, render_questions
from synth.corpus.files import find
from synth.schema import Flaw


@dataclass(frozen=True, slots=True)
class Shot:
    """An example.

    Args:
        id: of the problem.
        kind: of the point that makes it unclear; None for the clear text.
    """

    id: str
    kind: Flaw | None


# Unclear and clear in turn, so that neither reply is the usual one.
SHOTS = (
    Shot("corpus:dicts-and-sets/invert", "incomplete"),
    Shot("corpus:recursion/to-pairs", None),
    Shot("corpus:geometry/field-of", "ambiguous"),
    Shot("corpus:simulations/fish-after", None),
    Shot("corpus:arithmetic/largest-drop", "inconsistent"),
)


def conversation(count: int) -> tuple[Message, ...]:
    """The first examples as turns of a conversation.

    Args:
        count: how many, at most as many as there are.
    """
    return tuple(message for shot in SHOTS[:count] for message in turn(shot))


def turn(shot: Shot) -> tuple[Message, Message]:
    """A request and the reply that it should get."""
    problem = find(shot.id)
    if shot.kind is None:
        request, reply = problem.text, render_code(problem.solution.strip(), "python")
    else:
        point = next(one for one in problem.points if one.kind == shot.kind and one.of == "text")
        request, reply = problem.unclear(point), render_questions((Question(text=point.questions[0]),))
    return Message("user", request.strip("\n")), Message("assistant", reply)
