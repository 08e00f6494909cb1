"""What crosses module borders in an evaluation: a variant of a task, a response, a score, the figures.

A response's row is a superset of the format in which benchmark logs are published, so that any system's
replies can be scored (`clarify eval rescore`).
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.decision.effort import Effort
from models.reply import Question

Category = Literal["original", "1a", "1c", "1p", "2ac", "2ap", "2cp", "3acp"]
"""The benchmark's: ambiguous, inconsistent (c: contradictory), incomplete (p: partial), and combinations."""

UNCLEAR_CATEGORIES: tuple[Category, ...] = ("1a", "1c", "1p", "2ac", "2ap", "2cp", "3acp")


def points_of(category: Category) -> int:
    """How many things a text of this category leaves open: 0 for an original, 2 for `2ac`."""
    return 0 if category == "original" else int(category[0])


View = Literal["raw", "neutral"]
"""`raw`: as published. `neutral`: the function has its entry point's name in all texts alike."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RelationTest(_Record):
    """A test of the benchmark: arguments, the expected output as text, and how the two are compared."""

    input: str = Field(description="Arguments as Python text: `[1, 2], 3`.")
    output: str = Field(description="The expected value as Python text.")
    relation: str = Field(
        default="==",
        description="`==`: the value, printed, is the output; else a condition with `candidate`, a program "
        "with `$input$` and `$demo$` that prints whether it holds, or statements that assert.",
    )


class Variant(_Record):
    """One text of one task: the original description or a modified one."""

    benchmark: str = Field(description="Name and version: `humanevalcomm-v2`, `humaneval`.")
    name: str = Field(description="The task: `HumanEval/7`. Intervals are taken over tasks.")
    category: Category
    view: View = "neutral"
    text: str = Field(min_length=1, description="The request, as it is put to the model.")
    original: str = Field(min_length=1, description="The unmodified description, in the same view.")
    entry_point: str
    solution: str = Field(description="A reference solution, complete.")
    tests: tuple[RelationTest, ...] = ()

    @property
    def key(self) -> str:
        """Unique in a run: `HumanEval/7|1a|neutral`."""
        return f"{self.name}|{self.category}|{self.view}"

    @property
    def points(self) -> int:
        """How many things were changed: 0 in an original, 2 in `2ac`."""
        return points_of(self.category)


class Response(_Record):
    """What a system did with a variant; one line of `responses.jsonl`. Scores are kept apart.

    The first block is the published row format; rows of foreign logs have no more than that.
    """

    name: str = Field(description="The task: `HumanEval/7`.")
    category: Category
    reply: str = Field(description="First-round reply, whole.")
    asked: int | None = Field(default=None, ge=0, le=1, description="A judge's label: 0 code, 1 question.")
    quality: int | None = Field(
        default=None, ge=0, le=2, description="A judge's label of the questions: 1 fair, 2 good; else 0."
    )
    answers: str | None = Field(default=None, description="What the answerer replied; None: not asked.")
    code: str = Field(default="", description="The code after the last round; empty: none.")
    counted: bool = Field(default=True, description="False: pass@1 and test pass rate leave the row out.")
    passed: int | None = Field(default=None, ge=0, description="Of a log that was scored; never read.")
    tests: int | None = Field(default=None, ge=0, description="Of a log that was scored; never read.")

    view: View | None = Field(default=None, description="None in foreign logs, which are raw.")
    system: str = Field(default="", description="Which way to decide: `ours`, or a rival's name.")
    sample: int = Field(default=0, ge=0, description="Number of the sample, for n > 1.")
    decision: Literal["ask", "code", "neither"] | None = Field(default=None)
    p_ask: float | None = Field(default=None, description="Probability of asking, where there is one.")
    questions: tuple[Question, ...] = Field(default=(), description="As they were put.")
    unclarified_code: str | None = Field(
        default=None, description="Code written without asking, for the gain; None: not generated."
    )
    reply_second: str | None = Field(default=None, description="Second-round reply, whole.")
    prompt_tokens: int = Field(default=0, ge=0)
    generated_tokens: int = Field(default=0, ge=0)
    seconds: float = Field(default=0.0, ge=0, description="Wall time of all calls for this row.")
    error: str | None = Field(default=None, description="Why there is no usable reply, in one line.")

    @property
    def variant_key(self) -> str:
        """The key of its variant; a foreign row is of the raw view."""
        return f"{self.name}|{self.category}|{self.view or 'raw'}"

    @property
    def key(self) -> str:
        """Unique in a run: `HumanEval/7|1a|neutral|0`."""
        return f"{self.variant_key}|{self.sample}"


class RunInfo(_Record):
    """What a run was: beside its responses in `run.json`, and printed with every figure."""

    benchmark: str
    view: View
    system: str
    p_ask_only: bool = Field(default=False, description="Decisions alone: nothing was generated.")
    answerer: str = Field(default="", description="Who answered: `spans`, `silent`, `llm:NAME`.")
    model: str
    model_sha256: str | None = None
    adapter: str | None = None
    adapter_sha256: str | None = None
    code_by: Literal["base"] | None = Field(
        default=None,
        description="`base`: the model without its adapter wrote the code, drafts too; null: the one that "
        "decided, or nobody.",
    )
    instruction_sha256: str = Field(description="Of the first round's instruction text.")
    threshold: float
    effort: Effort = Field(default="low", description="Of the assistant's decisions.")
    temperature: float
    seed: int
    samples: int = 1
    max_tokens: int
    parallel: int = Field(default=1, description="Replies at a time; their seconds overlap.")
    version: str = Field(description="Of this package.")
    command: str = Field(description="The command line, without paths outside the working directory.")
    sandbox: str = Field(default="", description="Kind of sandbox that ran the code.")


class Score(_Record):
    """What came of running a response's code; one line of `scores.jsonl`."""

    key: str = Field(description="`name|category|view|sample`.")
    passed: int = Field(ge=0)
    tests: int = Field(ge=0, description="Tests of the task; without code 0, and the row fails.")
    unclarified_passed: int | None = Field(default=None, ge=0, description="Of the code without asking.")
    unclarified_tests: int | None = Field(default=None, ge=0, description="As `tests`.")
    digest: str = Field(
        default="", description="Of the code and the tests; a score of other code or tests is not taken."
    )
    detail: str = Field(default="", description="Why the first failing test failed, in one line.")

    @property
    def solved(self) -> bool:
        """Whether every test passed."""
        return 0 < self.tests == self.passed


class Judgement(_Record):
    """A judge's word on a first-round reply; one line of `judgements-JUDGE.jsonl`."""

    key: str
    judge: str = Field(description="Name and version: `rule-1`, `reference-1`, `gpt-4o-mini`.")
    asked: int | None = Field(ge=0, le=1, description="None: unreadable, ungraded.")
    quality: int | None = Field(ge=0, le=2, description="0 does not ask, 1 fair, 2 good; None: ungraded.")
    targeted: int | None = Field(
        default=None, ge=0, description="Questions about something that was changed; None: not told."
    )
    covered: int | None = Field(
        default=None,
        ge=0,
        description="Of the things changed, those that are asked about; None: not told.",
    )
    reason: str = ""


class Estimate(_Record):
    """A figure as a fraction, with its 95% bootstrap interval over tasks."""

    value: float
    low: float | None = None
    high: float | None = None
    n: int = Field(ge=0, description="Rows that it rests on.")


class Figures(_Record):
    """The figures of one group of rows, as fractions; None where they cannot be had."""

    rows: int
    communication_rate: float | None = None
    good_question_rate: float | None = None
    pass_at_1: float | None = None
    test_pass_rate: float | None = None
    good_only_rate: float | None = Field(default=None, description="Share of rows with good questions.")
    pass_at_1_unclarified: float | None = None
    mcnemar_p: float | None = Field(
        default=None,
        description="Of solving the same tasks' originals as often; with Holm's correction over categories.",
    )
    false_ask_rate: float | None = Field(default=None, description="On original descriptions.")
    auroc: float | None = None
    average_precision: float | None = None
    ece: float | None = Field(default=None, description="Expected calibration error, classes alike.")
    communication_at_5_percent_false_asks: float | None = None
    ask_f1: float | None = None
    key_question_coverage: float | None = None
    questions_per_ask: float | None = None
    distinct_questions: float | None = None
    tokens_per_task: float | None = None
    seconds_per_task: float | None = None
    intervals: dict[str, Estimate] = Field(default={}, description="By the name of the figure.")


class Document(_Record):
    """What every `clarify eval` command prints with `--json`."""

    version: Literal[1] = 1
    run: RunInfo | None = None
    judge: str = Field(description="Who said whether a reply asks and how well.")
    overall: Figures
    by_category: dict[str, Figures]
    notes: tuple[str, ...] = Field(default=(), description="What a reader must know: rows left out, errors.")
