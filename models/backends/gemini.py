"""Replies from Google's Gemini models, through the Gemini API (not Vertex AI)."""

from __future__ import annotations

import functools
import logging
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from models.backends.access import read_address, read_key
from models.backends.base import (
    Capabilities,
    Completion,
    Finish,
    Identity,
    OpenerMass,
    Prompt,
    Sampling,
    Usage,
)
from models.backends.failures import RetryPolicy, Service, ServiceError, is_transport_error
from models.backends.refusals import Refusal
from models.backends.remote import generate, guarded
from models.backends.streamed import Piece, StreamedReply, encodable
from models.errors import UserError

if TYPE_CHECKING:
    from google.genai import Client
    from google.genai.errors import APIError
    from google.genai.types import Content, GenerateContentConfig, GenerateContentResponse, SafetySetting

log = logging.getLogger(__name__)

GEMINI_URL = "https://generativelanguage.googleapis.com"
_VERSION = "v1beta"
_KEY_SETTING = "GEMINI_API_KEY, or gemini_api_key in the settings"

# The filters that a request can set; those on images are for other models.
_FILTERS = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
_BLOCKS = frozenset({
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "ESCALATION",
    "MODEL_ARMOR",
})


class GeminiBackend:
    """A Gemini model.

    Args:
        model: its name, such as `gemini-2.5-flash`.
        api_key: the caller's; sent to this address and nowhere else. Redirects are not followed.
        base_url: None for Google's.
        safety_filters: False turns off the content filters that a request can turn off, for making data.
        timeout: seconds without a byte from the service after which it counts as dead; the service itself is
            told to give up then, too.
        retries: how often a failed call is made again.
        whole_replies: ask for replies in one piece; nothing of a reply is there before all of it.

    Raises:
        UserError: no key, or the base URL is no address.
    """

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None,
        base_url: str | None = None,
        safety_filters: bool = True,
        timeout: float = 300.0,
        retries: RetryPolicy | None = None,
        whole_replies: bool = False,
    ) -> None:
        self._address = read_address(base_url or GEMINI_URL)
        self._key = read_key(api_key, _KEY_SETTING)
        if not self._key:
            raise UserError("Gemini needs a key", do=f"set {_KEY_SETTING}")
        self._safety_filters = safety_filters
        self._timeout = timeout
        self._retries = retries or RetryPolicy()
        self._whole_replies = whole_replies
        self._skips_thinking = True
        self._service = Service(where=self._address.url, model=model, key=_KEY_SETTING, secret=self._key)
        self.identity = Identity(model=model)
        self.capabilities = Capabilities(opener_mass=False, reply_prefix=False, context_tokens=None)

    def count_tokens(self, prompt: Prompt) -> int | None:
        """Only the service knows; asking it would be a request of its own."""
        return None

    def opener_mass(self, prompt: Prompt, openers: Sequence[str]) -> OpenerMass | None:
        """None: the Gemini API has given log-probabilities for some models and withdrawn them again.

        Where they are given, thinking comes before the token that they belong to. A decision must not rest on
        numbers that come and go with the model's name, so the reply's own form decides.
        """
        return None

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        """Generate a reply, streaming its new text to `on_text` piece by piece.

        Thinking is turned off where the model allows it, and is never part of the reply; its tokens count as
        generated. A call is repeated only while nothing was passed to `on_text`; an error after that keeps
        what came in `partial`.

        Raises:
            ContextOverflow: the prompt does not fit.
            BlockedReply: the service refused the prompt for its content, or withheld the reply.
            EmptyReply: there is no text in the reply.
            UserError: the service failed otherwise.
        """
        if prompt.reply_prefix:
            raise ValueError("this backend cannot continue a started reply; see its capabilities")
        _ = self._client  # loading it is not part of the reply's time
        reply = StreamedReply(on_text)
        return generate(
            lambda: self._pieces(prompt, sampling), self._finish, reply, self._service, self._retries
        )

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        client = self.__dict__.pop("_client", None)
        if client is not None:
            client.close()

    @functools.cached_property
    def _client(self) -> Client:
        from google import genai
        from google.genai.types import HttpOptions

        # The client takes a reason that is newer than itself as it comes, but not without a word to stderr.
        warnings.filterwarnings("ignore", ".* is not a valid ", UserWarning, r"google\.genai")
        # Address, version and kind of service are all said here, so that no environment variable of the
        # client's own can send the key elsewhere. Without retry options it does not retry.
        with _without_warning():
            return genai.Client(
                api_key=self._key,
                vertexai=False,
                http_options=HttpOptions(
                    base_url=self._address.url,
                    api_version=_VERSION,
                    timeout=int(self._timeout * 1000),
                    client_args={"follow_redirects": False, "trust_env": not self._address.loopback},
                ),
            )

    def _config(self, prompt: Prompt, sampling: Sampling) -> GenerateContentConfig:
        from google.genai import types

        system = [message.content for message in prompt.messages if message.role == "system"]
        return types.GenerateContentConfig(
            system_instruction=encodable("\n\n".join(system)) if system else None,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            top_k=sampling.top_k or None,
            seed=sampling.seed,
            max_output_tokens=sampling.max_tokens,
            stop_sequences=list(sampling.stop) or None,
            safety_settings=None if self._safety_filters else _filters_off(),
            thinking_config=types.ThinkingConfig(thinking_budget=0) if self._skips_thinking else None,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        )

    def _pieces(self, prompt: Prompt, sampling: Sampling) -> Generator[Piece]:
        """One attempt at a reply; a second one when the model refuses not to think."""
        try:
            yield from self._attempt(prompt, sampling)
        except ServiceError as error:
            if not (
                self._skips_thinking and error.name == "refused-request" and "thinking" in error.what.lower()
            ):
                raise
            log.info("%s cannot turn off its thinking", self._service.model)
            self._skips_thinking = False
            yield from self._attempt(prompt, sampling)

    def _attempt(self, prompt: Prompt, sampling: Sampling) -> Generator[Piece]:
        arrived = began = ended = False
        with closing(
            self._whole(prompt, sampling) if self._whole_replies else self._events(prompt, sampling)
        ) as events:
            for event in events:
                arrived = True
                began = began or bool(event.candidates)
                if blocked := _block_of(event):
                    raise self._service.failed("blocked", blocked)
                piece = _piece_of(event)
                ended = ended or bool(piece.reason)
                yield piece
        if not ended and (began or not arrived):
            raise self._service.failed("connection-lost")

    def _events(self, prompt: Prompt, sampling: Sampling) -> Generator[GenerateContentResponse]:
        """The events of a reply; the request is made when the first is asked for."""
        with self._failures():
            contents: Any = _contents(prompt)
            stream: Any = self._client.models.generate_content_stream(
                model=self._service.model, contents=contents, config=self._config(prompt, sampling)
            )
        with closing(stream):
            yield from guarded(stream, self._failures)

    def _whole(self, prompt: Prompt, sampling: Sampling) -> Generator[GenerateContentResponse]:
        """The one event of a reply that comes in one piece."""
        with self._failures():
            contents: Any = _contents(prompt)
            answer = self._client.models.generate_content(
                model=self._service.model, contents=contents, config=self._config(prompt, sampling)
            )
        yield answer

    def _finish(self, reason: str) -> Finish:
        if reason in _BLOCKS:
            raise self._service.failed("blocked", reason)
        return "length" if reason == "MAX_TOKENS" else "stop"

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Turn the client's exceptions into ours. The cause is cut off: its text may hold the key."""
        from google.genai import errors

        try:
            yield
        except errors.APIError as error:
            raise self._service.refused(_refusal_of(error)) from None
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            # JSON that is none, or of another shape: the client takes it apart without looking.
            raise self._service.unreadable(error) from None
        except Exception as error:
            if not is_transport_error(error):
                raise
            raise self._service.unreachable(error) from None


@contextmanager
def _without_warning() -> Iterator[None]:
    """Keep the client from announcing which of two environment variables it takes: it takes neither."""
    chatty = logging.getLogger("google_genai._api_client")
    chatty.addFilter(_is_no_choice_of_key)
    try:
        yield
    finally:
        chatty.removeFilter(_is_no_choice_of_key)


def _is_no_choice_of_key(record: logging.LogRecord) -> bool:
    return "GOOGLE_API_KEY" not in record.getMessage()


def _block_of(event: GenerateContentResponse) -> str:
    """Why the prompt was blocked; empty when it was not."""
    feedback = event.prompt_feedback
    return feedback.block_reason.value if feedback and feedback.block_reason else ""


def _piece_of(event: GenerateContentResponse) -> Piece:
    candidate = event.candidates[0] if event.candidates else None
    parts = (candidate.content.parts or []) if candidate and candidate.content else []
    told = event.usage_metadata
    return Piece(
        text="".join(part.text for part in parts if part.text and not part.thought),
        thinking=any(part.thought for part in parts),
        reason=candidate.finish_reason.value if candidate and candidate.finish_reason else "",
        usage=None
        if told is None
        else Usage(
            prompt_tokens=told.prompt_token_count or 0,
            cached_tokens=told.cached_content_token_count or 0,
            generated_tokens=(told.candidates_token_count or 0) + (told.thoughts_token_count or 0),
        ),
    )


def _contents(prompt: Prompt) -> list[Content]:
    """The conversation without its system messages, in Gemini's two roles."""
    from google.genai.types import Content, Part

    roles = {"user": "user", "assistant": "model"}
    return [
        Content(role=roles[message.role], parts=[Part(text=encodable(message.content))])
        for message in prompt.messages
        if message.role != "system"
    ]


def _filters_off() -> list[SafetySetting]:
    from google.genai.types import HarmBlockThreshold, HarmCategory, SafetySetting

    return [
        SafetySetting(category=HarmCategory[f"HARM_CATEGORY_{name}"], threshold=HarmBlockThreshold.BLOCK_NONE)
        for name in _FILTERS
    ]


def _refusal_of(error: APIError) -> Refusal:
    """What the service said, from the client's exception."""
    headers = getattr(error.response, "headers", None) or {}
    said = error.message if isinstance(error.message, str) else ""
    status = error.code if isinstance(error.code, int) else 500
    return Refusal(status, said, str(error.details), headers)
