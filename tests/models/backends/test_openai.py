"""The OpenAI backend with the official client, against a stub server over a real socket."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings

from models.backends.base import Completion, Message, Prompt, Sampling, TextBackend
from models.backends.failures import BlockedReply, EmptyReply, RetryPolicy, ServiceError
from models.backends.openai import OpenAIBackend
from models.errors import ContextOverflow, UserError
from tests.models.backends.conftest import CtrlCWhen, Pauses, spoilt
from tests.stubs.http import Cut, Events, Fault, Raw, Reply, Stall
from tests.stubs.openai import OpenAIStub

PROMPT = Prompt((Message("system", "Be brief."), Message("user", "sort these records")))
QUESTION = "1. Which order, ascending or descending?"
OPENERS = ("1.", "```")
ROOT = Path(__file__).parents[3]
KEY = "sk-test-0123456789abcdef"


@pytest.fixture
def stub() -> Iterator[OpenAIStub]:
    with OpenAIStub() as server:
        yield server


@pytest.fixture
def backend(stub: OpenAIStub, pauses: Pauses) -> Iterator[OpenAIBackend]:
    opened = OpenAIBackend("m", base_url=stub.url, api_key=KEY, retries=pauses.policy())
    yield opened
    opened.close()


def complete(backend: TextBackend, **sampling: object) -> Completion:
    return backend.complete(PROMPT, Sampling(**sampling))  # type: ignore[arg-type]


def test_a_reply_streams_and_the_request_is_greedy_and_seeded(
    stub: OpenAIStub, backend: OpenAIBackend
) -> None:
    stub.replies(QUESTION)
    parts: list[str] = []
    completion = backend.complete(PROMPT, Sampling(max_tokens=64), parts.append)
    assert completion.text == "".join(parts) == QUESTION
    assert len(parts) > 1
    assert completion.finish == "stop"
    assert (completion.usage.prompt_tokens, completion.usage.cached_tokens) == (5, 2)
    assert completion.usage.generated_tokens == 10
    (seen,) = stub.requests
    assert seen.path == "/v1/chat/completions"
    assert seen.headers["Authorization"] == f"Bearer {KEY}"
    assert seen.json == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "sort these records"},
        ],
        "max_tokens": 64,
        "temperature": 0.0,
        "seed": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_a_429_is_waited_out_as_long_as_the_service_asks(
    stub: OpenAIStub, backend: OpenAIBackend, pauses: Pauses
) -> None:
    stub.replies(Fault(429, headers={"Retry-After": "7"}), QUESTION)
    assert complete(backend).text == QUESTION
    first, second = stub.requests
    assert first.json == second.json
    (pause,) = pauses
    assert 7 <= pause < 8


def test_a_service_that_asks_to_wait_for_an_hour_is_not_waited_for(
    stub: OpenAIStub, backend: OpenAIBackend, pauses: Pauses
) -> None:
    stub.replies(Fault(429, headers={"Retry-After": "3600"}), QUESTION)
    with pytest.raises(ServiceError, match="too many requests") as caught:
        complete(backend)
    assert caught.value.retry_after == 3600
    assert pauses == []


@pytest.mark.parametrize(
    "trouble", [500, 503, Cut(), Raw(b""), Raw(b"data: {not json\n\n"), Raw(b"data: 7\n\n")]
)
def test_what_may_pass_is_tried_again_with_growing_pauses(
    stub: OpenAIStub, backend: OpenAIBackend, pauses: Pauses, trouble: object
) -> None:
    stub.replies(trouble, trouble, QUESTION)  # type: ignore[arg-type]
    assert complete(backend).text == QUESTION
    assert len(stub.requests) == 3
    assert pauses[0] < 1.1 <= pauses[1] + 0.1 <= 1.7


def test_attempts_are_bounded(stub: OpenAIStub, pauses: Pauses) -> None:
    stub.replies(500, 500, 500, QUESTION)
    backend = OpenAIBackend("m", base_url=stub.url, retries=pauses.policy(attempts=3))
    with pytest.raises(ServiceError, match="the service failed"):
        complete(backend)
    assert len(stub.requests) == 3
    backend.close()


@pytest.mark.parametrize(
    ("fault", "name", "line"),
    [
        (Fault(401, "Incorrect API key provided"), "key-refused", "check server_api_key in the settings"),
        (Fault(403), "forbidden", "may not use the model m"),
        (Fault(404, "The model `m` does not exist"), "not-found", "there is no model m at this address"),
        (Fault(307, headers={"Location": "https://elsewhere.test/v1"}), "redirected", "elsewhere.test"),
        (Fault(400, "messages: wrong role"), "refused-request", "messages: wrong role"),
        (Fault(429, "quota", "insufficient_quota"), "out-of-quota", "has no quota left"),
        (Fault(402, "Insufficient Balance"), "out-of-quota", "has no quota left"),
    ],
)
def test_what_will_not_pass_is_said_at_once_and_where(
    stub: OpenAIStub, backend: OpenAIBackend, fault: Fault, name: str, line: str
) -> None:
    stub.replies(fault)
    with pytest.raises(ServiceError) as caught:
        complete(backend)
    assert caught.value.name == name
    assert str(caught.value).startswith(f"{stub.url}: ")
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(stub.requests) == 1


def test_a_web_page_instead_of_the_protocol_is_not_asked_again(
    stub: OpenAIStub, backend: OpenAIBackend
) -> None:
    stub.replies(Raw(b"<html>Welcome</html>", "text/html"))
    with pytest.raises(ServiceError, match="not a server of the chat protocol .*text/html"):
        complete(backend)
    assert len(stub.requests) == 1


def test_a_refused_connection_names_the_address(pauses: Pauses) -> None:
    with OpenAIStub() as gone:
        url = gone.url
    backend = OpenAIBackend("m", base_url=url, retries=pauses.policy())
    with pytest.raises(ServiceError, match="nothing answers there") as caught:
        complete(backend)
    assert caught.value.where == url
    assert pauses == []
    backend.close()


def test_silence_is_a_timeout(stub: OpenAIStub, pauses: Pauses) -> None:
    stub.replies(Stall(), Stall())
    backend = OpenAIBackend("m", base_url=stub.url, timeout=0.1, retries=pauses.policy(attempts=2))
    with pytest.raises(ServiceError, match="did not answer in time"):
        complete(backend)
    assert len(stub.requests) == 2
    backend.close()


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (
            Fault(
                400,
                "This model's maximum context length is 4097 tokens. However, your messages resulted in 5012 "
                "tokens. Please reduce the length of the messages.",
                "context_length_exceeded",
            ),
            "the prompt has 5012 tokens and the context holds 4097",
        ),
        (
            Fault(
                400,
                "This model's maximum context length is 2048 tokens. However, your request has 8 input "
                "tokens plus 2045 'max_tokens'. Please reduce one or the other.",
            ),
            "prompt and reply together do not fit the model's context of 2048 tokens",
        ),
        (
            Fault(
                400,
                "the request exceeds the available context size. try increasing it",
                extra={"type": "exceed_context_size_error", "n_prompt_tokens": 14429, "n_ctx": 8192},
            ),
            "the prompt has 14429 tokens and the context holds 8192",
        ),
        (Fault(500, "Requested tokens (516) exceed context window of 512"), "has 516 tokens"),
    ],
)
def test_an_overflow_names_the_sizes_that_the_service_gives(
    stub: OpenAIStub, backend: OpenAIBackend, fault: Fault, line: str
) -> None:
    stub.replies(fault)
    with pytest.raises(ContextOverflow, match=line):
        complete(backend)
    assert len(stub.requests) == 1


def test_an_error_within_the_stream_counts_like_an_answer(stub: OpenAIStub, backend: OpenAIBackend) -> None:
    stub.replies(Events(({"error": {"message": "slow down", "code": 429}},)), QUESTION)
    assert complete(backend).text == QUESTION


def test_a_reply_cut_after_text_was_shown_is_an_error_that_keeps_the_text(
    stub: OpenAIStub, backend: OpenAIBackend
) -> None:
    stub.replies(Cut("1. Which"), QUESTION)
    parts: list[str] = []
    with pytest.raises(ServiceError, match="connection was lost") as caught:
        backend.complete(PROMPT, Sampling(), parts.append)
    assert caught.value.partial == "".join(parts) == "1. Which"
    assert len(stub.requests) == 1


def test_a_reply_cut_before_anyone_saw_it_is_asked_for_again(
    stub: OpenAIStub, backend: OpenAIBackend
) -> None:
    stub.replies(Cut("1. Which"), QUESTION)
    assert complete(backend).text == QUESTION


def test_an_error_of_the_reader_is_the_readers_own(stub: OpenAIStub, backend: OpenAIBackend) -> None:
    stub.replies(QUESTION, QUESTION)

    def broken_pipe(_text: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        backend.complete(PROMPT, Sampling(), broken_pipe)
    assert len(stub.requests) == 1


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to a thread")
def test_ctrl_c_while_the_server_is_silent_keeps_the_text_and_the_backend(
    stub: OpenAIStub, backend: OpenAIBackend, ctrl_c_when: CtrlCWhen
) -> None:
    stub.replies(Stall("1. Which or"), QUESTION)
    arrived = threading.Event()

    def note(part: str) -> None:
        if part.endswith("or"):
            arrived.set()

    with ctrl_c_when(arrived):
        completion = backend.complete(PROMPT, Sampling(), note)
    assert (completion.text, completion.finish) == ("1. Which or", "interrupted")
    assert completion.usage.generated_tokens == 3
    assert stub.hung_up.wait(30)
    assert complete(backend).text == QUESTION


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to a thread")
def test_ctrl_c_before_the_first_byte_is_an_empty_interrupted_reply(
    stub: OpenAIStub, backend: OpenAIBackend, ctrl_c_when: CtrlCWhen
) -> None:
    stub.replies(Stall())
    with ctrl_c_when(stub.stalled):
        completion = complete(backend)
    assert (completion.text, completion.finish) == ("", "interrupted")


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to a thread")
def test_ctrl_c_ends_the_waiting_between_attempts(stub: OpenAIStub, ctrl_c_when: CtrlCWhen) -> None:
    stub.replies(Fault(429, headers={"Retry-After": "60"}))
    waiting, never = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        waiting.set()
        never.wait(seconds)

    backend = OpenAIBackend("m", base_url=stub.url, retries=RetryPolicy(sleep=sleep))
    with ctrl_c_when(waiting):
        assert complete(backend).finish == "interrupted"
    backend.close()


def test_an_interrupt_within_the_reader_keeps_what_it_was_given(
    stub: OpenAIStub, backend: OpenAIBackend
) -> None:
    stub.replies(QUESTION, QUESTION)

    def interrupted(text: str) -> None:
        raise KeyboardInterrupt

    completion = backend.complete(PROMPT, Sampling(), interrupted)
    assert (completion.text, completion.finish) == ("1. W", "interrupted")
    assert complete(backend).text == QUESTION


@pytest.mark.parametrize(
    "reply",
    [
        Reply(QUESTION, thinking="They want it sorted."),
        Reply(f"<think>1. is ``` here?</think>\n\n{QUESTION}"),
        Reply(f"\n<think>\n</think>{QUESTION}"),
    ],
)
def test_reasoning_is_not_part_of_the_reply(stub: OpenAIStub, backend: OpenAIBackend, reply: Reply) -> None:
    stub.replies(reply)
    parts: list[str] = []
    assert backend.complete(PROMPT, Sampling(), parts.append).text == "".join(parts) == QUESTION


def test_a_limit_is_told_apart(stub: OpenAIStub, backend: OpenAIBackend) -> None:
    stub.replies(Reply("1. Which", finish="length"))
    assert complete(backend).finish == "length"


def test_a_reply_that_was_all_reasoning_says_what_to_do(stub: OpenAIStub, backend: OpenAIBackend) -> None:
    stub.replies(Reply("<think>Hmm, let me", finish="length"))
    with pytest.raises(EmptyReply, match="the reply of m is empty .*give a larger --max-tokens"):
        complete(backend)


def test_a_filtered_reply_is_blocked(stub: OpenAIStub, backend: OpenAIBackend) -> None:
    stub.replies(Reply("1. Wh", finish="content_filter"))
    with pytest.raises(BlockedReply) as caught:
        complete(backend)
    assert caught.value.partial == "1. Wh"
    assert len(stub.requests) == 1


def test_usage_that_is_not_reported_is_counted_by_pieces(stub: OpenAIStub, backend: OpenAIBackend) -> None:
    stub.replies(Reply(QUESTION, usage=False))
    usage = complete(backend).usage
    assert (usage.prompt_tokens, usage.generated_tokens) == (0, 10)


def test_parameters_that_a_server_refuses_are_learnt_once() -> None:
    refuses = ("max_tokens", "temperature", "stream_options", "seed", "stop")
    with OpenAIStub([f"{QUESTION}END more", QUESTION], refuses=refuses) as stub:
        backend = OpenAIBackend("m", base_url=stub.url)
        assert complete(backend, max_tokens=64, stop=("END",)).text == QUESTION
        assert len(stub.requests) == len(refuses) + 1
        assert complete(backend, max_tokens=64, stop=("END",)).text == QUESTION
        backend.close()
        assert stub.requests[-1].json.keys() == {"model", "messages", "max_completion_tokens", "stream"}
        assert stub.requests[-1].json["max_completion_tokens"] == 64
        assert len(stub.requests) == len(refuses) + 2


def test_a_parameter_that_is_needed_is_not_left_out(stub: OpenAIStub, backend: OpenAIBackend) -> None:
    stub.replies(Fault(400, "Invalid value for 'messages'", extra={"param": "messages"}))
    with pytest.raises(ServiceError, match="refuses the request"):
        complete(backend)
    assert len(stub.requests) == 1


def test_sampling_reaches_the_server(stub: OpenAIStub, backend: OpenAIBackend) -> None:
    stub.replies(QUESTION)
    complete(backend, temperature=0.5, top_p=0.9, top_k=40, seed=3, stop=("\n\n",))
    sent = stub.requests[0].json
    assert {name: sent[name] for name in ("temperature", "top_p", "top_k", "seed", "stop")} == {
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 40,
        "seed": 3,
        "stop": ["\n\n"],
    }


def test_a_started_reply_is_refused(backend: OpenAIBackend) -> None:
    with pytest.raises(ValueError, match="capabilities"):
        backend.complete(Prompt(PROMPT.messages, reply_prefix="1."), Sampling())


def test_half_a_surrogate_pair_can_be_sent_and_received(stub: OpenAIStub, backend: OpenAIBackend) -> None:
    stub.replies(Raw(b'data: {"choices": [{"delta": {"content": "a\\ud83d"}, "finish_reason": "stop"}]}\n\n'))
    prompt = Prompt((Message("user", "caf\udce9"),))
    assert backend.complete(prompt, Sampling()).text == "a?"
    assert stub.requests[0].json["messages"][0]["content"] == "caf?"


EVENT = {
    "choices": [{"delta": {"content": "1.", "reasoning_content": "a"}, "finish_reason": "stop"}],
    "usage": {
        "prompt_tokens": 1,
        "completion_tokens": 2,
        "prompt_tokens_details": {"cached_tokens": 1},
    },
}
ERROR = {"error": {"message": "slow down", "type": "requests", "code": 429, "param": "seed"}}
ALTERNATIVE = {"token": "1.", "logprob": -0.5, "top_logprobs": [{"token": "1.", "logprob": -0.5}]}
WHOLE = {
    "choices": [{"message": {"content": "1."}, "logprobs": {"content": [ALTERNATIVE]}}],
    "usage": EVENT["usage"],
}


@settings(max_examples=40, deadline=None)
@given(event=spoilt(EVENT) | spoilt(ERROR), error=spoilt(ERROR), whole=spoilt(WHOLE))
def test_no_answer_of_a_server_breaks_it(event: object, error: object, whole: object) -> None:
    opening, refusal = (
        Raw(json.dumps(document).encode(), "application/json", status)
        for document, status in ((whole, 200), (error, 400))
    )
    with OpenAIStub([Events((event, EVENT)), refusal, refusal], openings=[opening]) as stub:
        backend = OpenAIBackend("m", base_url=stub.url, retries=RetryPolicy(attempts=1))
        with contextlib.suppress(UserError):
            mass = backend.opener_mass(PROMPT, OPENERS)
            assert mass is None or all(0 <= value <= 1 for value in mass.mass)
        for _ in range(2):
            with contextlib.suppress(UserError):
                assert isinstance(complete(backend).text, str)
        backend.close()
        assert len(stub.requests) >= 3


class TestWholeReplies:
    @pytest.fixture
    def backend(self, stub: OpenAIStub, pauses: Pauses) -> Iterator[OpenAIBackend]:
        opened = OpenAIBackend("m", base_url=stub.url, retries=pauses.policy(), whole_replies=True)
        yield opened
        opened.close()

    def test_they_come_in_one_piece_over_one_connection(
        self, stub: OpenAIStub, backend: OpenAIBackend
    ) -> None:
        stub.replies(QUESTION, QUESTION, QUESTION)
        parts: list[str] = []
        completion = backend.complete(PROMPT, Sampling(), parts.append)
        assert parts == [QUESTION] == [completion.text]
        assert (completion.usage.prompt_tokens, completion.usage.generated_tokens) == (5, 10)
        assert complete(backend).text == complete(backend).text == QUESTION
        assert len({seen.port for seen in stub.requests}) == 1
        assert stub.requests[0].json.keys().isdisjoint({"stream", "stream_options"})

    def test_reasoning_stop_texts_and_limits_are_as_in_a_stream(
        self, stub: OpenAIStub, backend: OpenAIBackend
    ) -> None:
        stub.replies(f"<think>Hm</think>{QUESTION}", "a END b", Reply("1. Which", finish="length"))
        assert complete(backend).text == QUESTION
        assert complete(backend, stop=("END",)).text == "a "
        assert complete(backend).finish == "length"

    @pytest.mark.parametrize("trouble", [500, Cut(), Raw(b"{broken", "application/json")])
    def test_what_may_pass_is_tried_again(
        self, stub: OpenAIStub, backend: OpenAIBackend, trouble: object
    ) -> None:
        stub.replies(trouble, QUESTION)  # type: ignore[arg-type]
        assert complete(backend).text == QUESTION
        assert len(stub.requests) == 2

    @pytest.mark.parametrize(
        ("item", "name"),
        [
            (Reply("1. Wh", finish="content_filter"), "blocked"),
            (Reply(" "), "empty"),
            (Raw(b"<html>Welcome</html>", "text/html"), "other-protocol"),
        ],
    )
    def test_what_is_no_reply_is_said(
        self, stub: OpenAIStub, backend: OpenAIBackend, item: Reply | Raw, name: str
    ) -> None:
        stub.replies(item)
        with pytest.raises(ServiceError) as caught:
            complete(backend)
        assert caught.value.name == name
        assert len(stub.requests) == 1

    @settings(max_examples=40, deadline=None)
    @given(answer=spoilt(WHOLE) | spoilt(ERROR))
    def test_no_answer_of_a_server_breaks_it(self, answer: object) -> None:
        with OpenAIStub([Raw(json.dumps(answer).encode(), "application/json")]) as stub:
            backend = OpenAIBackend(
                "m", base_url=stub.url, retries=RetryPolicy(attempts=1), whole_replies=True
            )
            with contextlib.suppress(UserError):
                assert isinstance(complete(backend).text, str)
            backend.close()


class TestOpenerMass:
    def test_it_is_the_first_tokens_share(self) -> None:
        with OpenAIStub(openings=[{"```": 0.25, "1": 0.5, "Sure": 0.1}]) as stub:
            backend: TextBackend = OpenAIBackend("m", base_url=stub.url)
            mass = backend.opener_mass(PROMPT, OPENERS)
            backend.close()
        assert mass is not None
        assert mass.mass == pytest.approx((0.5, 0.25))
        assert mass.other == pytest.approx(0.25)
        assert not mass.exact
        assert mass.usage.prompt_tokens == 5
        (seen,) = stub.requests
        assert seen.json["max_tokens"] == 1
        assert (seen.json["logprobs"], seen.json["top_logprobs"]) == (True, 20)
        assert seen.json["temperature"] == 0
        assert "stream" not in seen.json

    def test_it_is_exact_when_single_tokens_cover_the_openers(self) -> None:
        with OpenAIStub(openings=[{"```python": 0.5, "1.": 0.25}]) as stub:
            backend = OpenAIBackend("m", base_url=stub.url)
            mass = backend.opener_mass(PROMPT, OPENERS)
            backend.close()
        assert mass is not None
        assert mass.exact

    @pytest.mark.parametrize(
        "openings",
        [
            [],
            [Fault(400, "logprobs are not supported with reasoning models")],
            [Fault(403, "You are not allowed to request logprobs from this model")],
            [{"<think>": 0.99, "1": 0.01}],
        ],
    )
    def test_without_log_probabilities_one_try_settles_it(
        self, openings: list[dict[str, float] | Fault | Raw]
    ) -> None:
        with OpenAIStub([QUESTION], openings=openings) as stub:
            backend = OpenAIBackend("m", base_url=stub.url)
            assert backend.capabilities.opener_mass
            assert backend.opener_mass(PROMPT, OPENERS) is None
            assert backend.opener_mass(PROMPT, OPENERS) is None
            assert not backend.capabilities.opener_mass
            assert len(stub.requests) == 1
            assert complete(backend).text == QUESTION
            backend.close()

    def test_a_broken_service_is_not_a_service_without_log_probabilities(self, pauses: Pauses) -> None:
        with OpenAIStub(openings=[Fault(401), {"1.": 0.5, "```": 0.5}]) as stub:
            backend = OpenAIBackend("m", base_url=stub.url, retries=pauses.policy())
            with pytest.raises(ServiceError, match="refuses the key"):
                backend.opener_mass(PROMPT, OPENERS)
            assert backend.capabilities.opener_mass
            assert backend.opener_mass(PROMPT, OPENERS) is not None
            backend.close()

    def test_newer_models_get_their_own_limit(self) -> None:
        with OpenAIStub(openings=[{"1.": 0.5, "```": 0.5}], refuses=("max_tokens",)) as stub:
            backend = OpenAIBackend("m", base_url=stub.url)
            assert backend.opener_mass(PROMPT, OPENERS) is not None
            assert stub.requests[-1].json["max_completion_tokens"] == 1
            backend.close()


class TestKeys:
    def test_openai_needs_one(self) -> None:
        with pytest.raises(UserError, match=r"OPENAI_API_KEY.*openai_api_key"):
            OpenAIBackend("gpt-4o-mini")

    @pytest.mark.parametrize("key", ["sk-ключ", "sk-a b", "sk-a\nb"])
    def test_one_that_cannot_be_sent_is_refused_unseen(self, key: str) -> None:
        with pytest.raises(UserError) as caught:
            OpenAIBackend("gpt-4o-mini", api_key=key)
        assert key not in str(caught.value)

    def test_blank_space_around_it_is_a_slip(self, stub: OpenAIStub) -> None:
        stub.replies(QUESTION)
        backend = OpenAIBackend("m", base_url=stub.url, api_key=f"{KEY}\n")
        complete(backend)
        backend.close()
        assert stub.requests[0].headers["Authorization"] == f"Bearer {KEY}"

    def test_nothing_of_the_environment_goes_to_another_server(
        self, stub: OpenAIStub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
            monkeypatch.setenv(name, f"secret-{name}")
        monkeypatch.setenv(
            "OPENAI_CUSTOM_HEADERS", "Authorization: Bearer secret-custom\nX-Team: secret-team"
        )
        stub.replies(QUESTION)
        backend = OpenAIBackend("m", base_url=stub.url)
        complete(backend)
        backend.close()
        (seen,) = stub.requests
        assert "secret" not in str(seen.headers)
        assert seen.headers["Authorization"] == "Bearer none"

    def test_a_base_url_of_the_environment_does_not_get_openais_key(
        self, stub: OpenAIStub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_BASE_URL", stub.url)
        backend = OpenAIBackend("gpt-4o-mini", api_key=KEY)
        assert str(backend._client.base_url) == "https://api.openai.com/v1/"
        backend.close()

    def test_a_redirect_is_not_followed_with_the_key(self, stub: OpenAIStub, backend: OpenAIBackend) -> None:
        with OpenAIStub([QUESTION]) as elsewhere:
            target = f"{elsewhere.url}/chat/completions"
            stub.replies(Fault(307, headers={"Location": target}))
            with pytest.raises(ServiceError, match="has moved"):
                complete(backend)
            assert elsewhere.requests == []

    def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
        self, stub: OpenAIStub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stub.replies(QUESTION)
        with OpenAIStub() as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.origin)
            monkeypatch.setenv("NO_PROXY", "")
            backend = OpenAIBackend("m", base_url=stub.url, api_key=KEY)
            assert complete(backend).text == QUESTION
            backend.close()
            assert proxy.requests == []

    @pytest.mark.parametrize(
        "base_url",
        [
            "localhost:8000/v1",
            "ftp://localhost",
            "http://",
            "http://[::1/v1",
            "http://host:port/v1",
            "http://a b/v1",
            f"http://user:{KEY}@localhost/v1",
            f"http://localhost/v1?key={KEY}",
            "http://api.openai.com/v1",
        ],
    )
    def test_an_address_that_is_none_or_unsafe_is_refused(self, base_url: str) -> None:
        with pytest.raises(UserError) as caught:
            OpenAIBackend("m", base_url=base_url, api_key=KEY)
        assert KEY not in str(caught.value)

    @pytest.mark.parametrize(
        "trouble",
        [
            Fault(401, f"Incorrect API key provided: {KEY}"),
            Fault(400, f"bad header: Bearer {KEY}"),
            Fault(500, f"{'x' * 230}{KEY}"),
            Fault(307, headers={"Location": f"http://127.0.0.1/?key={KEY}"}),
            Raw(f"data: {{broken {KEY}\n\n".encode()),
            Raw(KEY.encode(), f"text/{KEY}"),
            Events(({"error": {"message": KEY, "code": 500}},)),
            Cut(),
        ],
    )
    def test_no_message_log_or_traceback_shows_it(
        self, stub: OpenAIStub, pauses: Pauses, caplog: pytest.LogCaptureFixture, trouble: object
    ) -> None:
        import traceback

        caplog.set_level(logging.DEBUG)
        stub.replies(trouble, trouble)  # type: ignore[arg-type]
        backend = OpenAIBackend("m", base_url=stub.url, api_key=KEY, retries=pauses.policy(attempts=2))
        with pytest.raises(UserError) as caught:
            complete(backend)
        assert stub.requests[0].headers["Authorization"] == f"Bearer {KEY}"
        shown = [str(caught.value), repr(backend), repr(vars(backend)["_service"])]
        shown += traceback.format_exception(caught.value)
        shown += [record.getMessage() for record in caplog.records if record.name.startswith("models")]
        assert len(shown) > 4
        assert KEY[:16] not in "\n".join(shown)
        backend.close()

    def test_a_reply_that_works_leaves_no_key_in_any_log(
        self, stub: OpenAIStub, backend: OpenAIBackend, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for chatty in ("openai", "google_genai", "httpx", "httpx2", "httpcore", "httpcore2"):
            caplog.set_level(logging.DEBUG, logger=chatty)
        stub.replies(QUESTION)
        complete(backend)
        assert caplog.records
        assert KEY not in caplog.text


def test_closing_twice_is_fine_and_it_can_be_used_again(stub: OpenAIStub, backend: OpenAIBackend) -> None:
    stub.replies(QUESTION, QUESTION)
    complete(backend)
    backend.close()
    backend.close()
    assert complete(backend).text == QUESTION


def test_importing_loads_no_client() -> None:
    code = (
        "import sys, json, models.backends.openai, models.backends.gemini;"
        "print(json.dumps([m for m in sys.modules if m.split('.')[0] in"
        " ('openai', 'google', 'httpx', 'httpx2', 'pydantic', 'tenacity')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert json.loads(done.stdout) == []
