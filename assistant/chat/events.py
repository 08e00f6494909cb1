"""What happens in a chat, as typed events: the lines of a session file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from assistant.decision.effort import Effort
from assistant.decision.outcome import Finding
from assistant.decision.request import AskMode
from models.backends.base import CodeBy, Usage
from models.reply import Question


def _now() -> datetime:
    return datetime.now().astimezone()


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime = Field(default_factory=_now, description="When it happened.")


class Started(_Event):
    """The session began."""

    kind: Literal["started"] = "started"
    version: Literal[1] = 1
    folder: str = Field(description="The working folder.")


class Configured(_Event):
    """The settings from here on; what is None follows the configuration."""

    kind: Literal["configured"] = "configured"
    model: str | None = None
    adapter: str | None = None
    code_by: CodeBy | None = None
    base_url: str | None = None
    ask: AskMode = "auto"
    threshold: float = 0.5
    effort: Effort = "low"
    context: int | None = None
    threads: int | None = None
    max_tokens: int = 1024


class FileAdded(_Event):
    """A file belongs to the context of later requests; its content is read anew for each."""

    kind: Literal["file-added"] = "file-added"
    path: str = Field(description="Absolute.")


class FileDropped(_Event):
    """A file no longer belongs to the context."""

    kind: Literal["file-dropped"] = "file-dropped"
    path: str


class Requested(_Event):
    """The user wants something; a new turn."""

    kind: Literal["requested"] = "requested"
    text: str


class _Decided(_Event):
    """What came of a decision, with what it rests on."""

    p_ask: float | None = None
    findings: tuple[Finding, ...] = ()
    ask: AskMode = Field(default="auto", description="The mode that the decision was made in.")
    threshold: float | None = Field(
        default=None, description="That p_ask was held against; None where the session did not record it."
    )
    usage: Usage = Usage()


class Asked(_Decided):
    """The model asks about the newest request."""

    kind: Literal["asked"] = "asked"
    questions: tuple[Question, ...] = Field(min_length=1)


class Answered(_Event):
    """The answer to one question of the newest request; a later one to the same question replaces it."""

    kind: Literal["answered"] = "answered"
    index: int = Field(ge=0, description="Of the question, from 0.")
    text: str | None = Field(description="None when the point is left to the model.")


class Coded(_Decided):
    """The code for the newest request; a later one replaces it."""

    kind: Literal["coded"] = "coded"
    code: str
    language: str = ""
    assumptions: tuple[str, ...] = ()


class Broken(_Event):
    """The reply to the newest request did not come to its end."""

    kind: Literal["broken"] = "broken"
    reason: Literal["stopped", "failed"]
    text: str = Field(default="", description="What there was of it.")
    usage: Usage = Usage()


class Applied(_Event):
    """Code was written into files."""

    kind: Literal["applied"] = "applied"
    step: str = Field(description="Its id in the undo journal.")


class Cleared(_Event):
    """The conversation is forgotten; files and settings stay."""

    kind: Literal["cleared"] = "cleared"


Event = Annotated[
    Started
    | Configured
    | FileAdded
    | FileDropped
    | Requested
    | Asked
    | Answered
    | Coded
    | Broken
    | Applied
    | Cleared,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
