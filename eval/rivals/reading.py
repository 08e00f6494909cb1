"""A reply as it came to an outcome: for systems whose reply's own form decides."""

from __future__ import annotations

import re

from assistant.decision.code_reply import Stopped, Unusable
from assistant.decision.outcome import Ask, Code, Outcome, Verdict
from models.backends.base import Completion
from models.reply import CodeBlock, Prose, Question, QuestionList, parse

_SENTENCE = re.compile(r"(?<=[.!?:])\s+")
_BULLET = "-*• "


def outcome_of(
    completion: Completion, language: str, most: int, verdict: Verdict | None = None, text: str | None = None
) -> Outcome:
    """What a reply says: code where it has a code block, else its questions.

    Args:
        completion: the reply.
        language: of the code wanted.
        most: questions that are put.
        verdict: whose p_ask goes with it.
        text: the part of the reply that counts; all of it by default.

    Raises:
        Stopped: the reply was interrupted.
        Unusable: it is neither code nor questions, or the code was cut off.
    """
    if completion.finish == "interrupted":
        raise Stopped(completion)
    reply = parse(completion.text if text is None else text, language)
    p_ask, findings = (verdict.p_ask, verdict.findings) if verdict else (None, ())
    if isinstance(reply, CodeBlock) and reply.code.strip():
        if completion.finish == "length" and not reply.closed:
            raise Unusable("the code was cut off", completion, do="give a larger --max-tokens")
        return Code(code=reply.code, language=reply.language, p_ask=p_ask, findings=findings)
    if questions := _questions(reply)[:most]:
        return Ask(questions=questions, p_ask=p_ask, findings=findings)
    raise Unusable("the reply is neither questions nor code", completion, do="try another model")


def _questions(reply: QuestionList | CodeBlock | Prose) -> tuple[Question, ...]:
    match reply:
        case QuestionList(questions):
            return tuple(question for question in questions if "?" in question.text)
        case Prose(text):
            sentences = (sentence.strip().lstrip(_BULLET) for sentence in _SENTENCE.split(text))
            return tuple(Question(text=sentence) for sentence in sentences if sentence.endswith("?"))
    return ()
