"""The Gemini backend with the official client, against a stub server over a real socket."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
import traceback
from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from models.backends.base import Completion, Message, Prompt, Sampling, TextBackend
from models.backends.failures import BlockedReply, EmptyReply, RetryPolicy, ServiceError
from models.backends.gemini import GeminiBackend
from models.errors import ContextOverflow, UserError
from tests.models.backends.conftest import CtrlCWhen, Pauses, spoilt
from tests.stubs.gemini import NO_CANDIDATES, GeminiStub, blocked_prompt
from tests.stubs.http import Cut, Events, Fault, Raw, Reply, Stall

PROMPT = Prompt((
    Message("system", "Be brief."),
    Message("user", "sort these"),
    Message("assistant", "1. By what?"),
    Message("user", "by name"),
))
CODE = "```python\nrecords.sort()\n```"
KEY = "AIzaTest-0123456789abcdef"


@pytest.fixture
def stub() -> Iterator[GeminiStub]:
    with GeminiStub() as server:
        yield server


@pytest.fixture
def backend(stub: GeminiStub, pauses: Pauses) -> Iterator[GeminiBackend]:
    opened = GeminiBackend("gemini-x", api_key=KEY, base_url=stub.url, retries=pauses.policy())
    yield opened
    opened.close()


def complete(backend: TextBackend) -> Completion:
    return backend.complete(PROMPT, Sampling())


def test_a_reply_streams_and_the_conversation_is_in_geminis_words(
    stub: GeminiStub, backend: GeminiBackend
) -> None:
    stub.replies(Reply(CODE, thinking="Sort them."))
    parts: list[str] = []
    sampling = Sampling(max_tokens=64, top_k=1, seed=7, stop=("END",))
    completion = backend.complete(PROMPT, sampling, parts.append)
    assert completion.text == "".join(parts) == CODE
    assert len(parts) > 1
    assert completion.finish == "stop"
    assert (completion.usage.prompt_tokens, completion.usage.generated_tokens) == (7, 7 + 3)
    (seen,) = stub.requests
    assert list(seen.json["generationConfig"].pop("thinkingConfig").values()) == [0]
    assert seen.path == "/v1beta/models/gemini-x:streamGenerateContent?alt=sse"
    assert seen.headers["x-goog-api-key"] == KEY
    assert seen.json == {
        "systemInstruction": {"parts": [{"text": "Be brief."}], "role": "user"},
        "contents": [
            {"role": "user", "parts": [{"text": "sort these"}]},
            {"role": "model", "parts": [{"text": "1. By what?"}]},
            {"role": "user", "parts": [{"text": "by name"}]},
        ],
        "generationConfig": {
            "temperature": 0.0,
            "topP": 1.0,
            "topK": 1.0,
            "seed": 7,
            "maxOutputTokens": 64,
            "stopSequences": ["END"],
        },
    }


def test_content_filters_can_be_turned_off(stub: GeminiStub) -> None:
    stub.replies(CODE)
    backend = GeminiBackend("gemini-x", api_key=KEY, base_url=stub.url, safety_filters=False)
    complete(backend)
    backend.close()
    settings = stub.requests[0].json["safetySettings"]
    assert len(settings) == 4
    assert {setting["threshold"] for setting in settings} == {"BLOCK_NONE"}


def test_a_model_that_cannot_stop_thinking_is_asked_once_and_remembered(pauses: Pauses) -> None:
    with GeminiStub([CODE, CODE], refuses=("thinkingConfig",)) as stub:
        backend = GeminiBackend("gemini-pro", api_key=KEY, base_url=stub.url, retries=pauses.policy())
        assert complete(backend).text == CODE
        assert complete(backend).text == CODE
        backend.close()
        asked = ["thinkingConfig" in seen.json["generationConfig"] for seen in stub.requests]
        assert asked == [True, False, False]
        assert pauses == []


def test_there_are_no_log_probabilities(stub: GeminiStub, backend: GeminiBackend) -> None:
    assert not backend.capabilities.opener_mass
    assert backend.opener_mass(PROMPT, ("1.", "```")) is None
    assert stub.requests == []


def test_a_started_reply_is_refused(backend: GeminiBackend) -> None:
    with pytest.raises(ValueError, match="capabilities"):
        backend.complete(Prompt(PROMPT.messages, reply_prefix="```"), Sampling())


@pytest.mark.parametrize(
    "trouble",
    [
        500,
        503,
        429,
        Cut(),
        Cut("```py"),
        Raw(b""),
        Raw(b"data: {broken\n\n"),
        Raw(b"data: 7\n\n"),
        Raw(b"<html>Welcome</html>", "text/html"),
        Events(({"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}},)),
        Events(({"candidates": [{"content": {"parts": [{"text": "```"}]}}]},)),
    ],
)
def test_what_may_pass_is_tried_again(
    stub: GeminiStub, backend: GeminiBackend, pauses: Pauses, trouble: object
) -> None:
    stub.replies(trouble, CODE)  # type: ignore[arg-type]
    assert complete(backend).text == CODE
    assert len(stub.requests) == 2
    assert len(pauses) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, headers={"Retry-After": "21"}),
        Fault(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            extra={"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "21s"}]},
        ),
    ],
)
def test_a_429_is_waited_out_as_long_as_the_service_asks(
    stub: GeminiStub, backend: GeminiBackend, pauses: Pauses, fault: Fault
) -> None:
    stub.replies(fault, CODE)
    assert complete(backend).text == CODE
    (pause,) = pauses
    assert 21 <= pause < 22


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        (Fault(400, "API key not valid. Please pass a valid API key."), "key-refused"),
        (Fault(401), "key-refused"),
        (Fault(403), "forbidden"),
        (Fault(404, "models/gemini-x is not found for API version v1beta"), "not-found"),
        (Fault(307, headers={"Location": "https://elsewhere.test/"}), "redirected"),
        (Fault(400, "User location is not supported for the API use."), "refused-request"),
        (
            Fault(
                429, extra={"details": [{"violations": [{"quotaId": "GenerateRequestsPerDayPerProject"}]}]}
            ),
            "out-of-quota",
        ),
    ],
)
def test_what_will_not_pass_is_said_at_once(
    stub: GeminiStub, backend: GeminiBackend, fault: Fault, name: str
) -> None:
    stub.replies(fault)
    with pytest.raises(ServiceError) as caught:
        complete(backend)
    assert caught.value.name == name
    assert str(caught.value).startswith(f"{stub.url}: ")
    assert len(stub.requests) == 1


def test_an_overflow_names_the_sizes(stub: GeminiStub, backend: GeminiBackend) -> None:
    message = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
    stub.replies(Fault(400, message))
    with pytest.raises(ContextOverflow) as caught:
        complete(backend)
    assert (caught.value.prompt_tokens, caught.value.context_tokens) == (1200000, 1048576)


@pytest.mark.parametrize(
    ("trouble", "partial"),
    [
        (blocked_prompt("PROHIBITED_CONTENT"), ""),
        (Reply("", finish="SAFETY"), ""),
        (Reply("```python\nimport", finish="RECITATION"), "```python\nimport"),
    ],
)
def test_a_blocked_reply_has_its_own_type(
    stub: GeminiStub, backend: GeminiBackend, trouble: Events | Reply, partial: str
) -> None:
    stub.replies(trouble)
    with pytest.raises(
        BlockedReply, match="blocked the reply .*(PROHIBITED_CONTENT|SAFETY|RECITATION)"
    ) as caught:
        complete(backend)
    assert caught.value.partial == partial
    assert len(stub.requests) == 1


@pytest.mark.parametrize(
    "trouble", [NO_CANDIDATES, Reply(""), Reply(" \n"), Events(({},)), Reply("", "OTHER")]
)
def test_an_empty_reply_has_its_own_type(
    stub: GeminiStub, backend: GeminiBackend, trouble: Events | Reply
) -> None:
    stub.replies(trouble)
    with pytest.raises(EmptyReply, match="the reply of gemini-x is empty"):
        complete(backend)
    assert len(stub.requests) == 1


def test_a_reply_that_was_all_thinking_says_what_to_do(stub: GeminiStub, backend: GeminiBackend) -> None:
    stub.replies(Reply("", finish="MAX_TOKENS", thinking="Let me see"))
    with pytest.raises(EmptyReply, match="give a larger --max-tokens"):
        complete(backend)


def test_a_limit_is_told_apart(stub: GeminiStub, backend: GeminiBackend) -> None:
    stub.replies(Reply("```py", finish="MAX_TOKENS"))
    assert complete(backend).finish == "length"


def test_a_reply_cut_after_text_was_shown_is_an_error_that_keeps_the_text(
    stub: GeminiStub, backend: GeminiBackend
) -> None:
    stub.replies(Cut("```python"), CODE)
    parts: list[str] = []
    with pytest.raises(ServiceError, match="connection was lost") as caught:
        backend.complete(PROMPT, Sampling(), parts.append)
    assert caught.value.partial == "".join(parts) == "```python"
    assert len(stub.requests) == 1


def test_a_reason_that_the_client_does_not_know_is_taken_as_it_comes(
    stub: GeminiStub, backend: GeminiBackend
) -> None:
    stub.replies(Reply(CODE, finish="TIRED"), blocked_prompt("BORED"))
    assert complete(backend).finish == "stop"
    with pytest.raises(BlockedReply, match="BORED"):
        complete(backend)


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to a thread")
def test_ctrl_c_while_the_server_is_silent_keeps_the_text_and_the_backend(
    stub: GeminiStub, backend: GeminiBackend, ctrl_c_when: CtrlCWhen
) -> None:
    stub.replies(Stall("```python"), CODE)
    arrived = threading.Event()

    def note(part: str) -> None:
        if part == "n":
            arrived.set()

    with ctrl_c_when(arrived):
        completion = backend.complete(PROMPT, Sampling(), note)
    assert (completion.text, completion.finish) == ("```python", "interrupted")
    assert stub.hung_up.wait(30)
    assert complete(backend).text == CODE


def test_an_interrupt_within_the_reader_hangs_up(stub: GeminiStub, backend: GeminiBackend) -> None:
    stub.replies(Stall("```python"), CODE)

    def interrupted(text: str) -> None:
        raise KeyboardInterrupt

    completion = backend.complete(PROMPT, Sampling(), interrupted)
    assert (completion.text, completion.finish) == ("```p", "interrupted")
    assert stub.hung_up.wait(30)
    assert complete(backend).text == CODE


def test_silence_is_a_timeout(stub: GeminiStub, pauses: Pauses) -> None:
    stub.replies(Stall(), Stall())
    backend = GeminiBackend(
        "m", api_key=KEY, base_url=stub.url, timeout=0.1, retries=pauses.policy(attempts=2)
    )
    with pytest.raises(ServiceError, match="did not answer in time"):
        complete(backend)
    assert len(stub.requests) == 2
    backend.close()


def test_a_refused_connection_names_the_address() -> None:
    with GeminiStub() as gone:
        url = gone.url
    backend = GeminiBackend("m", api_key=KEY, base_url=url)
    with pytest.raises(ServiceError, match="nothing answers there") as caught:
        complete(backend)
    assert caught.value.where == url
    backend.close()


def test_whole_replies_come_in_one_piece_over_one_connection(stub: GeminiStub, pauses: Pauses) -> None:
    stub.replies(CODE, 503, CODE, Reply("", finish="SAFETY"))
    backend = GeminiBackend("m", api_key=KEY, base_url=stub.url, retries=pauses.policy(), whole_replies=True)
    parts: list[str] = []
    completion = backend.complete(PROMPT, Sampling(), parts.append)
    assert parts == [CODE] == [completion.text]
    assert (completion.usage.prompt_tokens, completion.usage.generated_tokens) == (7, 7)
    assert complete(backend).text == CODE
    with pytest.raises(BlockedReply, match="SAFETY"):
        complete(backend)
    backend.close()
    assert len(pauses) == 1
    assert {seen.path for seen in stub.requests} == {"/v1beta/models/m:generateContent"}
    assert len({seen.port for seen in stub.requests}) == 1


EVENT = {
    "candidates": [
        {"content": {"parts": [{"text": "1.", "thought": False}], "role": "model"}, "finishReason": "STOP"}
    ],
    "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2, "thoughtsTokenCount": 3},
    "promptFeedback": {"blockReason": "SAFETY"},
}
ERROR = {"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED", "details": [{}]}}


@settings(max_examples=40, deadline=None)
@given(event=spoilt(EVENT) | spoilt(ERROR), error=spoilt(ERROR))
def test_no_answer_of_the_service_breaks_it(event: object, error: object) -> None:
    refusal = Raw(json.dumps(error).encode(), "application/json", 400)
    with GeminiStub([Events((event,)), refusal]) as stub:
        backend = GeminiBackend("m", api_key=KEY, base_url=stub.url, retries=RetryPolicy(attempts=1))
        for _ in range(2):
            with contextlib.suppress(UserError):
                assert isinstance(complete(backend).text, str)
        backend.close()
        assert len(stub.requests) >= 2


class TestKeys:
    @pytest.mark.parametrize("key", [None, "", "  "])
    def test_one_is_needed(self, key: str | None) -> None:
        with pytest.raises(UserError, match=r"GEMINI_API_KEY.*gemini_api_key"):
            GeminiBackend("gemini-x", api_key=key)

    def test_the_environment_cannot_change_key_address_or_service(
        self, stub: GeminiStub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        with GeminiStub() as elsewhere:
            monkeypatch.setenv("GOOGLE_API_KEY", "secret-google")
            monkeypatch.setenv("GEMINI_API_KEY", "secret-gemini")
            monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", elsewhere.url)
            monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
            monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v9")
            monkeypatch.setenv("HTTP_PROXY", elsewhere.url)
            stub.replies(CODE)
            backend = GeminiBackend("gemini-x", api_key=KEY, base_url=stub.url)
            assert complete(backend).text == CODE
            backend.close()
            assert elsewhere.requests == []
        assert "secret" not in str(stub.requests[0].headers)
        assert "GOOGLE_API_KEY" not in caplog.text

    def test_without_a_base_url_it_is_googles(
        self, stub: GeminiStub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", stub.url)
        backend = GeminiBackend("gemini-x", api_key=KEY)
        options = backend._client._api_client._http_options
        assert options.base_url == "https://generativelanguage.googleapis.com"
        backend.close()

    def test_a_redirect_is_not_followed_with_the_key(self, stub: GeminiStub, backend: GeminiBackend) -> None:
        with GeminiStub([CODE]) as elsewhere:
            stub.replies(Fault(307, headers={"Location": f"{elsewhere.url}/v1beta/models/m:generateContent"}))
            with pytest.raises(ServiceError, match="has moved"):
                complete(backend)
            assert elsewhere.requests == []

    @pytest.mark.parametrize(
        "trouble",
        [
            Fault(400, f"API key not valid: {KEY}"),
            Fault(500, f"{'x' * 230}{KEY}"),
            Raw(f"data: {{broken {KEY}\n\n".encode()),
            Events(({"error": {"message": KEY, "code": 500, "status": KEY}},)),
            Cut(),
        ],
    )
    def test_no_message_log_or_traceback_shows_it(
        self, stub: GeminiStub, pauses: Pauses, caplog: pytest.LogCaptureFixture, trouble: object
    ) -> None:
        caplog.set_level(logging.DEBUG)
        stub.replies(trouble, trouble)  # type: ignore[arg-type]
        backend = GeminiBackend("m", api_key=KEY, base_url=stub.url, retries=pauses.policy(attempts=2))
        with pytest.raises(UserError) as caught:
            complete(backend)
        assert stub.requests[0].headers["x-goog-api-key"] == KEY
        shown = [str(caught.value), repr(backend), repr(vars(backend)["_service"])]
        shown += traceback.format_exception(caught.value)
        shown += [record.getMessage() for record in caplog.records if record.name.startswith("models")]
        assert KEY[:16] not in "\n".join(shown)
        backend.close()

    def test_a_reply_that_works_leaves_no_key_in_any_log(
        self, stub: GeminiStub, backend: GeminiBackend, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for chatty in ("openai", "google_genai", "httpx", "httpx2", "httpcore", "httpcore2"):
            caplog.set_level(logging.DEBUG, logger=chatty)
        stub.replies(CODE)
        complete(backend)
        assert caplog.records
        assert KEY not in caplog.text
