"""All that a model is told: the paper's two steps for each type of flaw, in our own words.

The definitions follow the paper's 2.1 to 2.3. No problem of any benchmark and no illustration of the paper
stands here, nor may one.
"""

from __future__ import annotations

import functools
import hashlib

from models.backends.base import Message, Prompt
from synth.schema import Flaw

REQUEST_TAG = "request"
QUESTIONS_TAG = "questions"

_DEFINITIONS: dict[Flaw, str] = {
    "ambiguous": (
        "A request is ambiguous when a program can meet every requirement in it and still not be what its "
        "author wants, because a word, a rule or a detail can sensibly be read in more than one way."
    ),
    "incomplete": (
        "A request is incomplete when a concept, a condition or a rule that one needs is missing from it, so "
        "that nobody can tell from the text what the program has to do there."
    ),
    "inconsistent": (
        "A request is inconsistent when two of its statements cannot both hold, so that no program can do "
        "all that it says."
    ),
}

_HOW: dict[Flaw, str] = {
    "ambiguous": (
        "Put wording that has several valid readings, each leading to another result, in place of exact "
        "wording, or leave a key detail open. Take away whatever else in the text would settle the reading."
    ),
    "incomplete": (
        "Leave out one concept or condition without which the program cannot be written as intended, and "
        "whatever else in the text gives it away. What remains must read smoothly."
    ),
    "inconsistent": (
        "Add or change a statement, or the result of an example, so that it conflicts with another statement "
        "that stays. Both must look as if they were meant."
    ),
}

_AIM: dict[Flaw, str] = {
    "ambiguous": "Find what can be read in more than one way, and ask which reading is meant.",
    "incomplete": "Find what is missing, and ask for it.",
    "inconsistent": "Find the statements that conflict, name both sides, and ask which one holds.",
}

_MODIFY = """\
You rewrite programming requests so that a reader has something to ask about.

{definition}

Rewrite the request that you are given so that it is {flaw}. {how}
Keep all the rest as it is: names, signature, layout, language and tone. Nothing in the new text may show that
it was rewritten, and it must not point at its own flaw. Write no solution.

Go step by step. First list what the request demands. Then choose the one point whose change makes programs
behave differently, and say which programs would now be possible. Then decide on the wording and check it
against the definition.
At the end give the whole rewritten request, and nothing else, between <{tag}> and </{tag}>."""

_ASK = """\
You are a careful programmer who asks before writing code.

{definition}

You are given two texts: a clear one, which only you can see, and the one that its author sent, which is
{flaw}. {aim}
The answers to your questions must make the sent text as clear as the clear one. Each question is about one
point, quotes or names the words that it is about, is one line, and ends with a question mark. Ask as few as
will do, at most three.
The author has written nothing but the sent text. So a question must never speak of another, an earlier or a
changed text, and must not give away what the clear text says.

Go step by step. First find where the two texts differ. Then say what somebody who has only the sent text
cannot know. Then put it as questions.
At the end give a numbered list of the questions, and nothing else, between <{tag}> and </{tag}>."""

_BOTH = "The clear text:\n\n{original}\n\nThe sent text:\n\n{modified}"


def modify_prompt(flaw: Flaw, request: str) -> Prompt:
    """The first step: make a request unclear.

    Args:
        flaw: the type to make it.
        request: the clear text, as it would be sent.
    """
    return Prompt((Message("system", _modify(flaw)), Message("user", request.strip("\n"))))


def ask_prompt(flaw: Flaw, original: str, modified: str) -> Prompt:
    """The second step: ask what undoes the modification.

    Args:
        flaw: the type of `modified`.
        original: the clear text.
        modified: the unclear one.
    """
    both = _BOTH.format(original=original.strip("\n"), modified=modified.strip("\n"))
    return Prompt((Message("system", _ask(flaw)), Message("user", both)))


@functools.cache
def prompt_sha256(flaw: Flaw) -> str:
    """A name for the wording of both steps: it changes when a word of them does."""
    return hashlib.sha256("\0".join([_modify(flaw), _ask(flaw), _BOTH]).encode()).hexdigest()


@functools.cache
def _modify(flaw: Flaw) -> str:
    return _MODIFY.format(definition=_DEFINITIONS[flaw], flaw=flaw, how=_HOW[flaw], tag=REQUEST_TAG)


@functools.cache
def _ask(flaw: Flaw) -> str:
    return _ASK.format(definition=_DEFINITIONS[flaw], flaw=flaw, aim=_AIM[flaw], tag=QUESTIONS_TAG)
