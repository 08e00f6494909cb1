"""Replies from OpenAI and from servers that speak its chat protocol: vLLM, the llama.cpp server, Ollama.

Servers differ in what they take and give. What one refuses by name is left out from then on; what one does
not report (usage, log-probabilities) is done without. Nothing is read from the environment here: the key is
the caller's, and goes to the address it was given with.
"""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
from models.backends.failures import RetryPolicy, Service, ServiceError
from models.backends.first_token import first_token_mass
from models.backends.openai_dialect import Dialect
from models.backends.openai_wire import first_tokens, piece_of, refusal_of, usage_of
from models.backends.streamed import StreamedReply, encodable
from models.errors import UserError

if TYPE_CHECKING:
    from openai import OpenAI, Stream
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

log = logging.getLogger(__name__)

OPENAI_URL = "https://api.openai.com/v1"
_TOP = 20  # the most alternatives that OpenAI and a default vLLM list
_NO_KEY = "none"  # the client wants one; servers without keys ignore it
_KEY_SETTING = "OPENAI_API_KEY, or openai_api_key in the settings"
_SERVER_KEY_SETTING = "server_api_key in the settings"

# All that may go to a server that is not OpenAI. Headers which the client makes from environment variables
# (organisation, project, OPENAI_CUSTOM_HEADERS) and from facts on this machine stay here.
_HEADERS = frozenset({
    "host",
    "accept",
    "accept-encoding",
    "connection",
    "content-type",
    "content-length",
    "user-agent",
    "authorization",
})


class OpenAIBackend:
    """A model behind OpenAI's chat protocol.

    Args:
        model: its name there.
        base_url: of a compatible server, such as `http://localhost:8000/v1`; None for OpenAI itself.
        api_key: for this address, and sent nowhere else; needed for OpenAI. Redirects are not followed.
        timeout: seconds without a byte from the service after which it counts as dead.
        retries: how often a failed call is made again.

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
            mass, exact, replace(usage_of(answer.usage), prefill_seconds=time.perf_counter() - started)
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
        request = self._request(prompt, sampling) | {
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        reply = StreamedReply(on_text, stop=sampling.stop)
        try:
            return reply.completion(self._retries.call(lambda: self._receive(request, reply)))
        except KeyboardInterrupt:
            return reply.completion("interrupted")

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
        for name in set(request.headers) - _HEADERS:
            del request.headers[name]
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
        """Send a request, and again without each parameter that the service then refuses by name."""
        import openai

        while True:
            body = self._dialect.put(request)
            try:
                extra = {"top_k": body.pop("top_k")} if "top_k" in body else None
                create: Any = self._client.chat.completions.create
                return create(**body, extra_body=extra)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                refused = self._dialect.learn(refusal_of(error), error.param, request)
                if refused is None:
                    raise
                log.info("%s refuses %s: left out from now on", self._address.url, refused)

    def _probe(self, request: dict[str, Any]) -> ChatCompletion | None:
        """A reply of one token; None from a service that refuses log-probabilities or answers otherwise."""
        import openai

        with self._failures():
            try:
                answer = self._send(request)
            except openai.APIStatusError as error:
                if "logprobs" in str(error.body):
                    return None
                raise
        from openai.types.chat import ChatCompletion

        return answer if isinstance(answer, ChatCompletion) else None

    def _receive(self, request: dict[str, Any], reply: StreamedReply) -> Finish:
        """One attempt at a reply."""
        _ = self._client  # loading it is not part of the reply's time
        reply.begin()
        with self._failures():
            stream: Stream[ChatCompletionChunk] = self._send(request)
        try:
            finish = self._read(stream, reply)
        except ServiceError as error:
            error.retry = error.retry and not reply.shown
            error.partial = reply.text
            raise
        finally:
            stream.close()
        return finish

    def _read(self, stream: Stream[ChatCompletionChunk], reply: StreamedReply) -> Finish:
        reason = ""
        chunks = iter(stream)
        while True:
            with self._failures():
                chunk = next(chunks, None)
                piece = None if chunk is None else piece_of(chunk)
            if piece is None:
                break
            reply.usage = piece.usage or reply.usage
            reason = piece.reason or reason
            if piece.text:
                if not reply.add(piece.text):
                    return "stop"
            elif piece.thinking:
                reply.tick()
        reply.end()
        return self._finish(reason, stream.response.headers.get("content-type", ""), reply)

    def _finish(self, reason: str, kind: str, reply: StreamedReply) -> Finish:
        if not reason:
            if "event-stream" in kind:
                raise self._service.failed("connection-lost")
            raise self._service.failed("other-protocol", f"its answer is of type {kind or 'unknown'}")
        if reason == "content_filter":
            raise self._service.failed("blocked")
        finish: Finish = "length" if reason == "length" else "stop"
        if not reply.text.strip():
            raise self._service.empty(finish)
        return finish

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
