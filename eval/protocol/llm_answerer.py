"""An answerer that is a model: it has the original description and is to tell no more than is asked.

What it says is cut to a few words per question, and code is never passed on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from eval.protocol.answerer import NO_INFORMATION
from eval.schema import Variant
from models.backends.base import Message, Prompt, Sampling, TextBackend
from models.reply import Answer, Question, render_questions

INSTRUCTION = (
    "You are the person who wants a program. You know the full description of it; a programmer has seen only "
    "the short one and asks you questions. Answer each question by its number, in a line of its own, in one "
    "short sentence, with nothing but what the full description says about that question. Where it says "
    f"nothing about it, answer: {NO_INFORMATION} Write no code, and do not tell what was not asked."
)

_ITEM = re.compile(r"^\s*(?:\*\*)?(\d{1,2})[.):]\s*(.*\S)\s*$")
_CODE = re.compile(r"```|\bdef \w+\s*\(|\blambda\b")
_NOTHING = re.compile(
    r"\bno (?:further )?information\b|\bnot (?:mentioned|specified|stated)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class LlmAnswerer:
    """Answers by a model.

    Args:
        backend: the model; whoever made it closes it.
        max_words: most words of an answer; longer ones are cut.
        sampling: of its reply.
    """

    backend: TextBackend
    max_words: int = 40
    sampling: Sampling = field(default_factory=lambda: Sampling(max_tokens=400))

    @property
    def name(self) -> str:
        """`llm:` and the model's name."""
        return f"llm:{self.backend.identity.model}"

    def answer(self, variant: Variant, questions: Sequence[Question]) -> tuple[Answer, ...]:
        """An answer to each question; what the model says of no question is left out.

        Raises:
            UserError: the model's service failed.
        """
        shown = (
            f"Full description:\n{variant.original}\n\nWhat the programmer saw:\n{variant.text}\n\n"
            f"Questions:\n{render_questions(tuple(questions))}"
        )
        prompt = Prompt((Message("system", INSTRUCTION), Message("user", shown)))
        said = _by_number(self.backend.complete(prompt, self.sampling).text, len(questions))
        return tuple(
            Answer(question=question, text=self._allowed(said.get(number, ""), variant))
            for number, question in enumerate(questions, 1)
        )

    def _allowed(self, text: str, variant: Variant) -> str:
        words = text.split()
        if not words or _CODE.search(text) or _NOTHING.search(text) or _tells_all(text, variant):
            return NO_INFORMATION
        return " ".join(words) if len(words) <= self.max_words else " ".join(words[: self.max_words]) + " …"


def _tells_all(text: str, variant: Variant) -> bool:
    """Whether an answer holds the whole description."""
    return " ".join(variant.original.split()) in " ".join(text.split())


def _by_number(reply: str, count: int) -> dict[int, str]:
    """Answers by the number of their question; of one question the whole reply is the answer."""
    found = {int(item[1]): item[2] for line in reply.splitlines() if (item := _ITEM.match(line))}
    return found or ({1: " ".join(reply.split())} if count == 1 else {})
