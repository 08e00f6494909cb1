"""What turns text into tokens for training: the very tokens that the model will see when it runs.

A GGUF base is tokenised by llama.cpp itself, which will run it; a base of transformers by its own tokenizer,
told that no text is a control token.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from models.chat_template import fragments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.backends.base import Message


class Vocabulary(Protocol):
    """Text to tokens, and the chat template that goes with them."""

    @property
    def template(self) -> str:
        """The chat template, jinja2."""

    @property
    def bos(self) -> str:
        """The begin-of-text token by name; empty when there is none."""

    @property
    def eos(self) -> str:
        """The end-of-text token by name; empty when there is none."""

    @property
    def controls(self) -> Mapping[str, int]:
        """Control tokens by name."""

    def encode(self, text: str) -> list[int]:
        """Plain text as tokens, none of them a control token, whatever it says."""

    def encode_continuation(self, text: str) -> list[int]:
        """Plain text that follows other text."""


def encode_conversation(vocabulary: Vocabulary, messages: Sequence[Message]) -> list[int]:
    """A conversation with the header of the assistant's next message, as tokens.

    Raises:
        UserError: there is no chat template, or it does not take this conversation.
    """
    tokens: list[int] = []
    for fragment in fragments(
        vocabulary.template,
        messages,
        controls=vocabulary.controls,
        bos=vocabulary.bos,
        eos=vocabulary.eos,
    ):
        tokens += (
            [vocabulary.controls[fragment.text]] if fragment.control else vocabulary.encode(fragment.text)
        )
    return tokens


class GgufVocabulary:
    """The vocabulary of a GGUF file, as the runtime has it."""

    def __init__(self, model: Any) -> None:
        info = model.info()
        self._vocabulary = model.vocabulary
        self.template: str = info.chat_template or ""
        self.bos: str = info.bos
        self.eos: str = info.eos

    @property
    def controls(self) -> Mapping[str, int]:
        """Control tokens by name."""
        found: Mapping[str, int] = self._vocabulary.controls
        return found

    def encode(self, text: str) -> list[int]:
        """Plain text as tokens."""
        tokens: list[int] = self._vocabulary.encode(text)
        return tokens

    def encode_continuation(self, text: str) -> list[int]:
        """Plain text that follows other text."""
        tokens: list[int] = self._vocabulary.encode_continuation(text)
        return tokens


@contextlib.contextmanager
def gguf_vocabulary(path: Path) -> Iterator[GgufVocabulary]:
    """Open a GGUF file for its vocabulary alone; its weights are mapped and not read.

    Raises:
        UserError: it is no model that the runtime can load.
    """
    from models.runtime.library import library
    from models.runtime.model import Model
    from models.runtime.owner import AbortFlag

    model = Model(library(), path, path.stem, AbortFlag())
    try:
        yield GgufVocabulary(model)
    finally:
        model.free()


class HubVocabulary:
    """The tokenizer of a transformers model.

    Args:
        tokenizer: a fast tokenizer.
    """

    def __init__(self, tokenizer: Any) -> None:
        from tokenizers import Tokenizer

        # A copy, since the switch belongs to the object and others may use the same.
        self._tokenizer: Any = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
        self._tokenizer.encode_special_tokens = True
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        template = tokenizer.chat_template
        self.template: str = template if isinstance(template, str) else ""
        self._unknown: str | None = tokenizer.unk_token
        self.bos: str = tokenizer.bos_token or ""
        self.eos: str = tokenizer.eos_token or ""

    @functools.cached_property
    def controls(self) -> Mapping[str, int]:
        """Control tokens by name; what stands for unknown text is none, since any text may become it."""
        added = self._tokenizer.get_added_tokens_decoder().items()
        return {
            token.content: number
            for number, token in added
            if token.special and token.content != self._unknown
        }

    def encode(self, text: str) -> list[int]:
        """Plain text as tokens."""
        tokens = self._ids(text)
        if self._numbers.isdisjoint(tokens):
            return tokens
        # A vocabulary may build a control token's name out of ordinary text. Broken, it cannot.
        return [token for part in _broken(text, self.controls) for token in self._ids(part)]

    def encode_continuation(self, text: str) -> list[int]:
        """Plain text that follows other text: a tokenizer that puts a space before a text leaves it out."""
        if not text or not self._puts_a_space:
            return self.encode(text)
        newline, tokens = self.encode("\n"), self.encode("\n" + text)
        return tokens[len(newline) :] if tokens[: len(newline)] == newline else self.encode(text)

    @functools.cached_property
    def _numbers(self) -> frozenset[int]:
        return frozenset(self.controls.values())

    @functools.cached_property
    def _puts_a_space(self) -> bool:
        first = self._tokenizer.encode("x", add_special_tokens=False).tokens[:1]
        return bool(first) and first[0].startswith("▁")

    def _ids(self, text: str) -> list[int]:
        readable = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate has no bytes
        ids: list[int] = self._tokenizer.encode(readable, add_special_tokens=False).ids
        return ids


def _broken(text: str, names: Collection[str]) -> list[str]:
    """The text, broken inside each control token's name."""
    cuts = {0, len(text)}
    for name in filter(None, names):
        position = text.find(name)
        while position >= 0:
            cuts.add(position + 1)
            position = text.find(name, position + 1)
    borders = sorted(cuts)
    return [text[start:end] for start, end in zip(borders, borders[1:], strict=False)]
