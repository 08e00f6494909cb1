"""A model's vocabulary: text to tokens and back, and which tokens control the conversation."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterable, Mapping
from typing import Any

from models.chat_template import Fragment

_CONTROL = 1 << 0 | 1 << 3  # LLAMA_TOKEN_ATTR_UNKNOWN, LLAMA_TOKEN_ATTR_CONTROL
_SENTENCE_PIECE = 1  # LLAMA_VOCAB_TYPE_SPM
_PIECE_BYTES = 256


class Vocabulary:
    """The tokeniser of a loaded model.

    Args:
        library: the `llama_cpp` module.
        model: the loaded model's handle, which must outlive this.
    """

    def __init__(self, library: Any, model: Any) -> None:
        self._library = library
        self._handle = library.llama_model_get_vocab(model)
        self._piece = ctypes.create_string_buffer(_PIECE_BYTES)
        self.size: int = library.llama_vocab_n_tokens(self._handle)
        self.bos = self._name(library.llama_vocab_bos(self._handle))
        self.eos = self._name(library.llama_vocab_eos(self._handle))

    @functools.cached_property
    def controls(self) -> Mapping[str, int]:
        """Control tokens by name; reading them all takes some 40 ms, so it waits until they are needed."""
        attributes = self._library.llama_vocab_get_attr
        found = (token for token in range(self.size) if attributes(self._handle, token) & _CONTROL)
        return {name: token for token in found if (name := self._name(token))}

    def is_control(self, token: int) -> bool:
        """Whether a token is a control token."""
        return bool(self._library.llama_vocab_get_attr(self._handle, token) & _CONTROL)

    def ends_reply(self, token: int) -> bool:
        """Whether a token ends what the model has to say."""
        return bool(self._library.llama_vocab_is_eog(self._handle, token))

    def encode(self, text: str) -> list[int]:
        """Plain text as tokens, none of them a control token, whatever the text says."""
        tokens = self._tokenise(text)
        if any(map(self.is_control, tokens)):
            # A vocabulary may build a control token's name out of ordinary pieces. Broken, it cannot.
            tokens = [token for part in self._broken(text) for token in self._tokenise(part)]
        return tokens

    def encode_continuation(self, text: str) -> list[int]:
        """Plain text that follows other text, as a reply's start follows its header.

        SentencePiece puts a space before a text's beginning; here nothing begins.
        """
        if not text or self._library.llama_vocab_type(self._handle) != _SENTENCE_PIECE:
            return self.encode(text)
        newline = self.encode("\n")
        tokens = self.encode("\n" + text)
        return tokens[len(newline) :] if tokens[: len(newline)] == newline else self.encode(text)

    def encode_fragments(self, fragments: Iterable[Fragment]) -> list[int]:
        """A rendered conversation as tokens; only fragments that are control become control tokens."""
        tokens: list[int] = []
        for fragment in fragments:
            tokens += [self.controls[fragment.text]] if fragment.control else self.encode(fragment.text)
        return tokens

    def piece(self, token: int) -> bytes:
        """The bytes a token stands for, which may be a part of a character; none for a control token."""
        length = self._library.llama_token_to_piece(
            self._handle, token, self._piece, len(self._piece), 0, False
        )
        if length < 0:
            self._piece = ctypes.create_string_buffer(-length)
            return self.piece(token)
        return self._piece.raw[:length]

    def _tokenise(self, text: str) -> list[int]:
        data = text.encode("utf-8", errors="replace")  # a lone surrogate has no bytes
        tokens = (self._library.llama_token * (len(data) + 2))()
        count = self._library.llama_tokenize(self._handle, data, len(data), tokens, len(tokens), False, False)
        if count < 0:
            raise RuntimeError(f"a text of {len(data)} bytes cannot be tokenised")
        return list(tokens[:count])

    def _broken(self, text: str) -> list[str]:
        """The text, broken inside each control token's name."""
        cuts = {0, len(text)}
        for name in self.controls:
            position = text.find(name)
            while position >= 0:
                cuts.add(position + 1)
                position = text.find(name, position + 1)
        borders = sorted(cuts)
        return [text[start:end] for start, end in zip(borders, borders[1:], strict=False)]

    def _name(self, token: int) -> str:
        if token < 0:
            return ""
        name = self._library.llama_vocab_get_text(self._handle, token)
        return name.decode("utf-8", errors="replace") if name else ""
