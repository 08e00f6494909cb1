"""The table of failures: which are tried again, what people read, and that keys stay out of it."""

from __future__ import annotations

import errno
import socket
import ssl
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.backends.failures import (
    _TABLE,
    BlockedReply,
    EmptyReply,
    RemoteContextOverflow,
    RetryPolicy,
    Service,
    ServiceError,
)
from models.backends.refusals import FailureName, Refusal, failure_name, overflows, retry_after
from models.errors import ContextOverflow, UserError

KEY = "sk-proj-0123456789abcdef"
SERVICE = Service(where="http://127.0.0.1:8000/v1", model="qwen", key="THE_KEY", secret=KEY)


def test_every_name_has_a_row_and_every_row_reads_as_one_line() -> None:
    assert set(_TABLE) == set(get_args(FailureName))
    for name in _TABLE:
        line = str(SERVICE.failed(name, "some detail"))
        assert line.startswith("http://127.0.0.1:8000/v1: ")
        assert "some detail" in line
        assert "{" not in line
        assert "\n" not in line


def test_blocked_and_empty_have_types_of_their_own() -> None:
    assert isinstance(SERVICE.failed("blocked"), BlockedReply)
    assert isinstance(SERVICE.failed("empty"), EmptyReply)
    assert not SERVICE.failed("blocked").retry


def test_advice_can_be_replaced() -> None:
    assert str(SERVICE.failed("empty", do="do this")).endswith("; do this")


@given(st.integers(0, 999), st.text(), st.text())
def test_any_refusal_becomes_an_error_for_people(status: int, message: str, body: str) -> None:
    error = SERVICE.refused(Refusal(status, message, body))
    assert isinstance(error, UserError)
    assert "\n" not in str(error)
    assert all(
        character.isprintable() or character == " " for character in str(error) if ord(character) < 160
    )


@pytest.mark.parametrize(
    ("status", "name", "retry"),
    [
        (307, "redirected", False),
        (400, "refused-request", False),
        (401, "key-refused", False),
        (402, "out-of-quota", False),
        (403, "forbidden", False),
        (404, "not-found", False),
        (408, "timeout", True),
        (413, "too-large", False),
        (418, "refused-request", False),
        (429, "rate-limited", True),
        (500, "server-error", True),
        (502, "server-error", True),
        (503, "overloaded", True),
        (529, "overloaded", True),
    ],
)
def test_a_status_names_its_row(status: int, name: FailureName, retry: bool) -> None:
    assert failure_name(Refusal(status)) == name
    assert SERVICE.failed(name).retry is retry


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("{'code': 'insufficient_quota'}", "out-of-quota"),
        ("{'quotaId': 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'}", "out-of-quota"),
        ("You exceeded your current quota, please check your plan and billing details.", "rate-limited"),
    ],
)
def test_a_used_up_quota_is_not_a_short_pause(body: str, name: str) -> None:
    assert failure_name(Refusal(429, body=body)) == name


@pytest.mark.parametrize(
    ("message", "prompt", "context"),
    [
        (
            "This model's maximum context length is 16384 tokens. However, you requested 122946 tokens "
            "(112946 in the messages, 10000 in the completion).",
            112946,
            16384,
        ),
        (
            "You passed 3001 input tokens and requested 100 output tokens. However, the model's context "
            "length is only 2048 tokens, resulting in a maximum input length of 1948 tokens.",
            3001,
            2048,
        ),
        (
            "request (1234 tokens) exceeds the available context size (512 tokens), try increasing it",
            1234,
            512,
        ),
        ("the request exceeds the available context size, try increasing it", 0, 0),
        ("Requested tokens (516) exceed context window of 512", 516, 512),
        ("max_tokens must be at least 1, got -186.", 0, 0),
        (
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            1200000,
            1048576,
        ),
    ],
)
def test_an_overflow_is_known_in_the_words_of_each_server(message: str, prompt: int, context: int) -> None:
    error = SERVICE.refused(Refusal(400, message))
    assert isinstance(error, ContextOverflow)
    assert (error.prompt_tokens, error.context_tokens) == (prompt, context)
    assert "--max-tokens" in str(error)


def test_other_words_are_no_overflow() -> None:
    assert not overflows(Refusal(400, "max_tokens is too large: 99999. This model supports at most 16384"))
    assert not overflows(Refusal(429, "maximum context length"))


@pytest.mark.parametrize(
    ("prompt", "context", "line"),
    [
        (5000, 4096, "the prompt has 5000 tokens and the context holds 4096"),
        (4000, 4096, "do not fit the model's context of 4096 tokens"),
        (0, 4096, "do not fit the model's context of 4096 tokens"),
        (5000, 0, "do not fit the model's context;"),
    ],
)
def test_an_overflow_says_no_more_than_is_known(prompt: int, context: int, line: str) -> None:
    assert line in str(RemoteContextOverflow(prompt, context))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("Wed, 21 Oct 2026 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2020 07:28:30 GMT", 0.0),
        ("soon", None),
        ("inf", None),
        ("nan", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str, seconds: float | None) -> None:
    now = datetime(2026, 10, 21, 7, 28, 0, tzinfo=UTC)
    assert retry_after(Refusal(429, headers={"retry-after": header}), lambda: now) == seconds


@given(st.text())
def test_no_retry_after_crashes(header: str) -> None:
    seconds = retry_after(Refusal(429, body=header, headers={"retry-after": header}))
    assert seconds is None or 0 <= seconds < float("inf")


class TestUnreachable:
    @pytest.mark.parametrize(
        ("cause", "name"),
        [
            (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "connection-refused"),
            (socket.gaierror(-2, "unknown"), "no-network"),
            (OSError(errno.ENETUNREACH, "no route"), "no-network"),
            (TimeoutError(), "timeout"),
            (ssl.SSLCertVerificationError("self-signed certificate"), "certificate"),
            (ConnectionResetError(), "connection-lost"),
        ],
    )
    def test_the_cause_decides_however_deep_it_is(self, cause: Exception, name: str) -> None:
        middle = RuntimeError("the transport's own")
        middle.__cause__ = cause
        outer = RuntimeError("Connection error.")
        outer.__context__ = middle
        assert SERVICE.unreachable(outer).name == name

    def test_a_chain_that_bites_its_tail_ends(self) -> None:
        first, second = RuntimeError("a"), RuntimeError("b")
        first.__cause__, second.__cause__ = second, first
        assert SERVICE.unreachable(first).name == "connection-lost"


class TestKeysStayOut:
    @given(st.text(), st.text())
    def test_of_any_text_of_a_service(self, before: str, after: str) -> None:
        assert KEY not in SERVICE.without_key(before + KEY + after)

    @given(st.integers(0, 400))
    def test_also_where_the_text_is_cut(self, length: int) -> None:
        shown = SERVICE.without_key("x" * length + " " + KEY)
        assert KEY[:10] not in shown

    def test_also_when_it_is_hidden_by_control_characters(self) -> None:
        assert "0123456789abcdef" not in SERVICE.without_key(f"{KEY[:12]}\x00{KEY[12:]}")

    def test_also_somebody_elses(self) -> None:
        assert "abcdef" not in SERVICE.without_key(
            "not Bearer abcdefghij nor sk-abcdefghij nor AIzaabcdefghij"
        )

    def test_a_placeholder_is_not_hunted(self) -> None:
        assert (
            Service(where="w", model="m", key="k", secret="x").without_key("x is an axis") == "x is an axis"
        )

    def test_and_of_the_services_own_repr(self) -> None:
        assert KEY not in repr(SERVICE)


class TestRetryPolicy:
    def test_a_failure_that_may_pass_is_tried_again(self) -> None:
        pauses: list[float] = []
        left = [SERVICE.failed("server-error"), SERVICE.failed("timeout")]

        def work() -> str:
            if left:
                raise left.pop()
            return "done"

        assert RetryPolicy(sleep=pauses.append).call(work) == "done"
        assert len(pauses) == 2

    @pytest.mark.parametrize(
        "error", [SERVICE.failed("key-refused"), RemoteContextOverflow(2, 1), KeyError("x")]
    )
    def test_anything_else_is_raised_as_it_is(self, error: Exception) -> None:
        pauses: list[float] = []

        def work() -> None:
            raise error

        with pytest.raises(type(error)) as caught:
            RetryPolicy(sleep=pauses.append).call(work)
        assert caught.value is error
        assert pauses == []

    def test_pauses_grow_up_to_a_minute_and_the_attempts_are_counted(self) -> None:
        pauses: list[float] = []
        calls: list[int] = []

        def work() -> None:
            calls.append(1)
            raise SERVICE.failed("server-error")

        policy = RetryPolicy(attempts=12, patience=1e9, first_pause=1.0, sleep=pauses.append)
        with pytest.raises(ServiceError):
            policy.call(work)
        assert len(calls) == 12
        assert len(pauses) == 11
        for number, pause in enumerate(pauses):
            assert min(2**number, 60) <= pause <= min(2**number + 1, 61)

    def test_a_pause_that_the_service_asks_for_is_kept(self) -> None:
        pauses: list[float] = []
        left = [SERVICE.failed("rate-limited", retry_after=20.0)]

        def work() -> str:
            if left:
                raise left.pop()
            return "done"

        RetryPolicy(sleep=pauses.append).call(work)
        assert 20 <= pauses[0] < 21

    def test_one_beyond_patience_is_not_waited_for(self) -> None:
        pauses: list[float] = []

        def work() -> None:
            raise SERVICE.failed("rate-limited", retry_after=301.0)

        with pytest.raises(ServiceError):
            RetryPolicy(patience=300.0, sleep=pauses.append).call(work)
        assert pauses == []
