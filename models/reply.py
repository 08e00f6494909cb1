"""The reply protocol: a reply is either a numbered list of questions or one fenced code block.

Here stand the instruction texts, and `render_*` and `parse`, which are inverses. Training data, the
assistant and the evaluation all use these, so that a model is asked the way it was trained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from models.backends.base import Message

LIST_OPENER = "1."
FENCE_OPENER = "```"

INSTRUCTION = (
    "You are an expert programmer. Read the request and reply in exactly one of two ways.\n"
    "If something needed is missing, can be read in more than one way, or contradicts itself, reply only "
    "with a numbered list of short clarifying questions, each about one point of the request.\n"
    "If the request says all that is needed, reply only with one fenced code block that solves it."
)
"""The first round's instruction: it offers both replies."""

ASK_INSTRUCTION = (
    "You are an expert programmer. Read the request and reply only with a numbered list of short "
    "clarifying questions, each about one point of the request that is missing, can be read in more than "
    "one way, or contradicts itself. Write no code."
)
"""Used instead where questions are wanted and the reply cannot be started for the model."""

CODE_INSTRUCTION = (
    "You are an expert programmer. Read the request and reply only with one fenced code block that solves "
    "it. Where the request leaves something open, choose the most natural reading and state it in the code "
    "in a comment line that starts with `# Assumption:`."
)
"""Used where code is wanted regardless of what is open."""

_AFTER_ANSWERS = "Now reply only with one fenced code block that solves the request."
_UNANSWERED = "(left to you: take the most natural reading)"


class Question(BaseModel):
    """One clarifying question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, description="The question, one point, in one line.")
    options: tuple[str, ...] = Field(default=(), description="Answers to choose from, where they are known.")


class Answer(BaseModel):
    """A question with what the user said to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: Question
    text: str | None = Field(default=None, description="The answer; None when the user left it to the model.")


@dataclass(frozen=True, slots=True)
class QuestionList:
    """A reply that asks."""

    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A reply that is code.

    Args:
        code: without the fence, ending in a newline unless empty.
        language: the fence's info word, lower-cased; empty when none.
        closed: whether the fence was closed; an open one was cut off or stopped at its end.
    """

    code: str
    language: str = ""
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Prose:
    """A reply that keeps to neither form."""

    text: str


Reply = QuestionList | CodeBlock | Prose

_SHELLS = frozenset({"bash", "console", "powershell", "sh", "shell", "zsh"})
_ITEM = re.compile(r"^ {0,3}(?P<bold>\*\*)?(\d{1,3})[.)](?:[ \t]+|(?=[^\W\d_]))(?P<text>\S.*)$")
_OPTION = re.compile(r"^\s+(?:[-*•]|\(?[a-zA-Z][.)])[ \t]+(\S.*)$")
# Bold text, but not `x**2`, `**options` or what stands in a code span; `__name__` is Python, not emphasis.
# The length is bounded so that a model stuck on `**` costs no time.
_BOLD = re.compile(r"(`+[^`]*`+)|(?<![\w*])\*\*(?=[^\s*])(.{1,200}?)(?<=[^\s*])\*\*(?![\w*])")


def render_questions(questions: tuple[Question, ...]) -> str:
    """A numbered list, options indented below their question as `- option`."""
    lines: list[str] = []
    for number, question in enumerate(questions, 1):
        lines.append(f"{number}. {question.text}")
        lines.extend(f"   - {option}" for option in question.options)
    return "\n".join(lines)


def render_code(code: str, language: str = "python") -> str:
    """One fenced block; the fence is longer than any run of backticks in the code."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    body = code if code.endswith("\n") or not code else code + "\n"
    return f"{fence}{language}\n{body}{fence}"


def render_answers(answers: tuple[Answer, ...]) -> str:
    """The user's message of the second round: each question with its answer, then the order to write code."""
    lines = []
    for number, answer in enumerate(answers, 1):
        lines.append(f"{number}. {answer.question.text}\n   Answer: {answer.text or _UNANSWERED}")
    return "\n".join([*lines, "", _AFTER_ANSWERS])


def render_request(text: str, context: str = "", context_name: str = "") -> str:
    """The user's message of the first round.

    Args:
        text: the request itself; alone it is sent as it is, which is also the form of training samples.
        context: what already stands around it (imports, neighbouring signatures, attached files).
        context_name: where the context comes from, a file name.
    """
    if not context.strip():
        return text.strip("\n")
    source = f" in {context_name}" if context_name else ""
    return f"Already there{source}:\n{render_code(context.strip(chr(10)))}\n\n{text.strip(chr(10))}"


def first_round(
    request: str, history: tuple[Message, ...] = (), *, instruction: str = INSTRUCTION
) -> tuple[Message, ...]:
    """The messages that put a rendered request to the model."""
    return (Message("system", instruction), *history, Message("user", request))


def second_round(
    request: str, answers: tuple[Answer, ...], history: tuple[Message, ...] = ()
) -> tuple[Message, ...]:
    """The messages that follow the answers: the first round, the questions asked, the answers given."""
    asked = render_questions(tuple(answer.question for answer in answers))
    return (
        *first_round(request, history),
        Message("assistant", asked),
        Message("user", render_answers(answers)),
    )


def parse(text: str, language: str = "") -> Reply:
    """Read a reply. Never raises; what keeps to neither form is `Prose`.

    A fenced block wins over a list, wherever it stands: a reply with code in it did not only ask. Of several
    blocks it is the first in the language wanted, else the first that is no shell session.

    Args:
        text: the reply.
        language: of the code wanted, where known.
    """
    if blocks := _blocks(text):
        wanted = [block for block in blocks if language and block.language == language.lower()]
        code = [block for block in blocks if block.language not in _SHELLS]
        return (wanted or code or blocks)[0]
    questions = _questions(text)
    return QuestionList(questions) if questions else Prose(text)


def _blocks(text: str) -> list[CodeBlock]:
    from markdown_it import MarkdownIt

    blocks: list[CodeBlock] = []
    lines = re.split(r"\r\n|[\r\n]", text)  # as Markdown does; splitlines() also splits at form feeds
    for token in MarkdownIt("commonmark").disable("inline").parse(text):
        if token.type != "fence" or token.map is None:
            continue
        code = token.content if token.content.endswith("\n") or not token.content else token.content + "\n"
        # The map spans both fences and the code between them; without the closing one it is a line shorter.
        closed = token.map[1] - token.map[0] - 1 > code.count("\n")
        opening = lines[token.map[0]]
        if not closed and (_ITEM.match(opening) or _OPTION.match(opening)):
            continue  # an item that begins with a fence's characters
        words = token.info.split()
        blocks.append(CodeBlock(code, words[0].lower() if words else "", closed))
    return blocks


def _questions(text: str) -> tuple[Question, ...]:
    """Numbered items; an item's following lines belong to it, as options or as more text."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if item := _ITEM.match(line):
            whole_is_bold = item["bold"] and item["text"].endswith("**")
            found.append((item["text"][:-2] if whole_is_bold else item["text"], []))
        elif found and (option := _OPTION.match(line)):
            found[-1][1].append(_plain(option[1]))
        elif found and line.startswith((" ", "\t")) and line.strip():
            found[-1] = (f"{found[-1][0]} {line.strip()}", found[-1][1])
    return tuple(Question(text=_plain(item), options=tuple(options)) for item, options in found)


def _plain(text: str) -> str:
    """One line without bold marks; half a surrogate pair, which a Question cannot hold, becomes `?`."""
    bare = _BOLD.sub(lambda match: match[1] or match[2], text)
    return " ".join(bare.encode("utf-8", "replace").decode("utf-8").split())
