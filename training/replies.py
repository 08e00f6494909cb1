"""Replies of a model to samples: each is asked for once and kept, so that a stopped command goes on.

A log holds one line for each reply, under a key that is of all that decides the reply: the model's and the
adapter's hash, the conversation and the sampling. Another model or other data do not meet old lines.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.backends.base import Message, Prompt, Sampling, TextBackend
from models.errors import ContextOverflow, UserError
from models.files import append_jsonl, read_jsonl
from models.reply import (
    FENCE_OPENER,
    LIST_OPENER,
    CodeBlock,
    QuestionList,
    parse,
    render_code,
    render_questions,
)

if TYPE_CHECKING:
    from models.backends.select import BackendChoice

_FENCE_STOP = "\n" + FENCE_OPENER
_QUESTION_TOKENS = 320


class ReplyLog:
    """Records by their key, kept in a file that only grows.

    Args:
        path: of the file; need not be there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known = {record["key"]: record for record in read_jsonl(path) if "key" in record}

    def get(self, key: str) -> dict[str, Any] | None:
        """The record of a key."""
        return self._known.get(key)

    def add(self, key: str, record: dict[str, Any]) -> None:
        """Keep a record; it is on the disk when this returns.

        Raises:
            UserError: the file cannot be written.
        """
        self._known[key] = {"key": key, **record}
        append_jsonl(self.path, self._known[key])


class Replies:
    """Replies of one model in the form that is asked for.

    Args:
        backend: the model; it continues a reply that was started for it.
        of: what tells the model from others, by hashes.
        log: where replies are kept.
        max_tokens: of a reply.
    """

    def __init__(self, backend: TextBackend, of: str, log: ReplyLog, *, max_tokens: int = 1024) -> None:
        self._backend, self._of, self.log = backend, of, log
        self._max_tokens = max_tokens

    def code(self, messages: Sequence[Message]) -> CodeBlock | None:
        """Greedy code in one block; None where it was cut off or is empty, or the request does not fit.

        Raises:
            UserError: the model failed, or the log cannot be written.
            KeyboardInterrupt: Ctrl-C; what was not complete is not kept.
        """
        sampling = Sampling(self._max_tokens, stop=(_FENCE_STOP,))
        text, whole = self._reply(messages, f"{FENCE_OPENER}python", sampling)
        found = parse(text)
        if not isinstance(found, CodeBlock) or not found.code.strip() or not (whole or found.closed):
            return None
        return found

    def questions(self, messages: Sequence[Message]) -> QuestionList | None:
        """A greedy list of questions; one that was cut off is dropped, and None is given where none is left.

        Raises:
            UserError: the model failed, or the log cannot be written.
            KeyboardInterrupt: Ctrl-C; what was not complete is not kept.
        """
        sampling = Sampling(min(self._max_tokens, _QUESTION_TOKENS), stop=(_FENCE_STOP,))
        text, whole = self._reply(messages, LIST_OPENER, sampling)
        found = parse(text)
        if not isinstance(found, QuestionList):
            return None
        questions = found.questions if whole else found.questions[:-1]
        return QuestionList(questions) if questions else None

    def _reply(self, messages: Sequence[Message], opener: str, sampling: Sampling) -> tuple[str, bool]:
        """The text, and whether the model ended it itself."""
        said = [[message.role, message.content] for message in messages]
        key = key_of("reply", self._of, said, opener, sampling.max_tokens)
        kept = self.log.get(key)
        if kept is None:
            try:
                completion = self._backend.complete(Prompt(tuple(messages), opener), sampling)
            except ContextOverflow:
                return "", False
            if completion.finish == "interrupted":
                raise KeyboardInterrupt
            kept = {"text": completion.text, "finish": completion.finish}
            self.log.add(key, kept)
        return kept["text"], kept["finish"] == "stop"


def rendered(reply: CodeBlock | QuestionList) -> str:
    """A reply as samples hold it."""
    if isinstance(reply, QuestionList):
        return render_questions(reply.questions)
    return render_code(reply.code, reply.language or "python")


def key_of(*parts: object) -> str:
    """A key that is of all the parts."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def open_model(choice: BackendChoice) -> tuple[TextBackend, str]:
    """A local model, and what tells it from others.

    Raises:
        UserError: it cannot be opened, or takes no reply that was started for it.
    """
    from models.backends.select import open_backend
    from models.registry.hashes import current_hash, hash_part

    backend = open_backend(choice)
    if not backend.capabilities.reply_prefix:
        backend.close()
        raise UserError("replies are started for the model here, which a service does not take",
                        where="--model", do="name a local model")  # fmt: skip
    identity = backend.identity
    adapter = choice.adapter and Path(choice.adapter)
    of = hash_part(adapter, 0, None) if adapter and adapter.is_file() else identity.adapter
    file = Path(choice.model or "")
    model = identity.sha256 or (current_hash(file) if file.is_file() else identity.model)
    return backend, key_of(model, of)
