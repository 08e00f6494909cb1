"""Replies from OpenAI and from servers that speak its chat protocol: vLLM, the llama.cpp server, Ollama.

Servers differ in what they take and give. What one refuses by name is left out from then on; what one does
not report (usage, log-probabilities) is done without. Nothing is read from the environment here: the key is
the caller's, and goes to the address it was given with.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
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
)
from models.backends.failures import RetryPolicy, Service
from models.backends.first_token import first_token_mass
from models.backends.openai_dialect import Dialect
from models.backends.openai_wire import first_tokens, piece_of, refusal_of, usage_of, whole_piece_of
from models.backends.remote import generate, guarded
from models.backends.streamed import Piece, StreamedReply, encodable
from models.errors import UserError

if TYPE_CHECKING:
    from openai import OpenAI, Stream

log = logging.getLogger(__name__)

OPENAI_URL = "https://api.openai.com/v1"
_TOP = 20  # the most alternatives that OpenAI and a default vLLM list
_NO_KEY = "none"  # the client wants one; servers without keys ignore it
_KEY_SETTING = "OPENAI_API_KEY, or openai_api_key in the settings"
_SERVER_KEY_SETTING = "server_api_key in the settings"

# All that may go to a server that is not OpenAI. Headers which the client makes from environment variables
# (organisation, project, OPENAI_CUSTOM_HEADERS) and from facts on this machine stay here.
_HEADERS = frozenset({
    b"host",
    b"accept",
    b"accept-encoding",
    b"connection",
    b"content-type",
    b"content-length",
    b"user-agent",
    b"authorization",
})


class OpenAIBackend:
    """A model behind OpenAI's chat protocol.

    Args:
        model: its name there.
        base_url: of a compatible server, such as `http://localhost:8000/v1`; None for OpenAI itself.
        api_key: for this address, and sent nowhere else; needed for OpenAI. Redirects are not followed.
        timeout: seconds without a byte from the service after which it counts as dead.
        retries: how often a failed call is made again.
        whole_replies: ask for replies in one piece, which costs both sides less, and keeps connections open;
            nothing of a reply is there before all of it.

    Raises:
        UserError: no key for OpenAI, or the base URL is no address.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = 300.0,
        retries: RetryPolicy | None = None,
        whole_replies: bool = False,
    ) -> None:
        self._address = read_address(base_url or OPENAI_URL)
        self._is_openai = self._address.host == "api.openai.com"
        setting = _KEY_SETTING if self._is_openai else _SERVER_KEY_SETTING
        key = read_key(api_key, setting)
        if self._is_openai and not self._address.url.startswith("https:"):
            raise UserError("OpenAI is not called without encryption", do=f"use {OPENAI_URL}")
        if self._is_openai and not key:
            raise UserError("OpenAI needs a key", do=f"set {setting}")
        self._key = key or _NO_KEY
        self._timeout = timeout
        self._retries = retries or RetryPolicy()
        self._whole_replies = whole_replies
        self._dialect = Dialect()
        self._gives_logprobs = True
        self._service = Service(where=self._address.url, model=model, key=setting, secret=key)
        self.identity = Identity(model=model)

    @property
    def capabilities(self) -> Capabilities:
        """No started replies: servers open a new turn instead. Log-probabilities until one try shows none."""
        return Capabilities(opener_mass=self._gives_logprobs, reply_prefix=False, context_tokens=None)

    def count_tokens(self, prompt: Prompt) -> int | None:
        """Only the service knows."""
        return None

    def opener_mass(self, prompt: Prompt, openers: Sequence[str]) -> OpenerMass | None:
        """The openers' share of the reply's first token, from the 20 likeliest that the service lists.

        See `first_token_mass` for how a token counts, and when that is exact. None when the service lists
        none, or when the model thinks first, so that the first token says nothing of the reply; one try
        settles it for this backend.

        Raises:
            ContextOverflow: the prompt does not fit.
            UserError: the service failed.
        """
        if not self._gives_logprobs:
            return None
        request = self._request(prompt, Sampling(max_tokens=1)) | {"logprobs": True, "top_logprobs": _TOP}
        _ = self._client  # loading it is not part of the reply's time
        started = time.perf_counter()
        answer = self._retries.call(lambda: self._probe(request))
        top = first_tokens(answer) if answer is not None else ()
        if answer is None or not top:
            log.info("%s gives no log-probabilities of the reply", self._address.url)
            self._gives_logprobs = False
            return None
        mass, exact = first_token_mass(top, openers)
        return OpenerMass(
            mass, exact, replace(usage_of(answer.get("usage")), prefill_seconds=time.perf_counter() - started)
        )

    def complete(
        self, prompt: Prompt, sampling: Sampling, on_text: Callable[[str], None] | None = None
    ) -> Completion:
        """Generate a reply, streaming its new text to `on_text` piece by piece.

        Reasoning (`reasoning_content`, or `<think>…</think>` at the start) is not part of it. A call is
        repeated only while nothing was passed to `on_text`; an error after that keeps what came in `partial`.

        Raises:
            ContextOverflow: the prompt does not fit.
            BlockedReply: the service withheld the reply.
            EmptyReply: there is no text in it.
            UserError: the service failed otherwise.
        """
        if prompt.reply_prefix:
            raise ValueError("this backend cannot continue a started reply; see its capabilities")
        request, attempt = self._request(prompt, sampling), self._whole
        if not self._whole_replies:
            request |= {"stream": True, "stream_options": {"include_usage": True}}
            attempt = self._events
        _ = self._client  # loading it is not part of the reply's time
        reply = StreamedReply(on_text, stop=sampling.stop)
        return generate(lambda: attempt(request), self._finish, reply, self._service, self._retries)

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        client = self.__dict__.pop("_client", None)
        if client is not None:
            client.close()

    @functools.cached_property
    def _client(self) -> OpenAI:
        import openai

        hooks = [] if self._is_openai else [self._strip]
        timeout = openai.Timeout(self._timeout, connect=min(self._timeout, 10.0))
        return openai.OpenAI(
            api_key=self._key,
            base_url=self._address.url,
            max_retries=0,
            timeout=timeout,
            http_client=openai.DefaultHttpxClient(
                timeout=timeout,
                follow_redirects=False,
                trust_env=not self._address.loopback,
                event_hooks={"request": hooks},
            ),
        )

    def _strip(self, request: Any) -> None:
        """Leave only what this backend means to send."""
        kept = [(name, value) for name, value in request.headers.raw if name.lower() in _HEADERS]
        request.headers = type(request.headers)(kept)  # to delete one by one takes as long as to send
        request.headers["Authorization"] = f"Bearer {self._key}"

    def _request(self, prompt: Prompt, sampling: Sampling) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._service.model,
            "messages": [
                {"role": message.role, "content": encodable(message.content)} for message in prompt.messages
            ],
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "seed": sampling.seed,
        }
        if sampling.temperature > 0:
            request["top_p"] = sampling.top_p
            if sampling.top_k and not self._is_openai:
                request["top_k"] = sampling.top_k
        if sampling.stop:
            request["stop"] = list(sampling.stop)
        return request

    def _send(self, request: dict[str, Any]) -> Any:
        """Send a request, and again without each parameter that the service then refuses by name.

        The client's typed methods would take the request and the answer apart field by field, three times the
        work of all the rest; here both are plain JSON.

        Returns:
            The answer's JSON, its text when it is of another type; or a stream of events' JSON.
        """
        import openai

        streams = bool(request.get("stream"))
        while True:
            body = self._dialect.put(request)
            try:
                return self._client.post(
                    "/chat/completions",
                    cast_to=object,
                    body=body,
                    stream=streams,
                    stream_cls=openai.Stream[object],
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                refused = self._dialect.learn(refusal_of(error), error.param, request)
                if refused is None:
                    raise
                log.info("%s refuses %s: left out from now on", self._address.url, refused)

    def _probe(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """A reply of one token; None from a service that refuses log-probabilities or answers otherwise."""
        import openai

        with self._failures():
            try:
                answer = self._send(request)
            except openai.APIStatusError as error:
                if "logprobs" in str(error.body):
                    return None
                raise
        return answer if isinstance(answer, dict) else None

    def _events(self, request: dict[str, Any]) -> Generator[Piece]:
        """The pieces of a reply as they come."""
        with self._failures():
            stream: Stream[object] = self._send(request)
        ended = False
        with closing(stream):
            for piece in guarded(map(piece_of, stream), self._failures):
                ended = ended or bool(piece.reason)
                yield piece
        if not ended:
            kind = stream.response.headers.get("content-type", "")
            if "event-stream" in kind:
                raise self._service.failed("connection-lost")
            raise self._service.failed("other-protocol", f"its answer is of type {kind or 'unknown'}")

    def _whole(self, request: dict[str, Any]) -> Generator[Piece]:
        """A reply that comes in one piece."""
        with self._failures():
            answer = self._send(request)
            if isinstance(answer, str):
                raise self._service.failed("other-protocol", "its answer is not JSON")
            piece = whole_piece_of(answer)
        yield piece

    def _finish(self, reason: str) -> Finish:
        if reason == "content_filter":
            raise self._service.failed("blocked")
        return "length" if reason == "length" else "stop"

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Turn the client's exceptions into ours. The cause is cut off: its text may hold the key."""
        import openai

        try:
            yield
        except openai.APIStatusError as error:
            raise self._service.refused(refusal_of(error)) from None
        except openai.APIConnectionError as error:
            raise self._service.unreachable(error) from None
        except openai.APIError as error:  # an error that came within the stream
            raise self._service.refused(refusal_of(error)) from None
        except ValueError as error:  # JSON that is none, or of another shape
            raise self._service.unreadable(error) from None
