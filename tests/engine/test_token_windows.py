"""The windows of a token and the deadlines of a sign-in, at their exact instants."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from okapi_sdk import (
    AuthenticationError,
    OkapiError,
    ResponseFormatError,
    TransportError,
    TransportTimeoutError,
)
from okapi_sdk._engine.effects import (
    Exclusive,
    Failure,
    Flow,
    HttpRequest,
    Send,
    send,
)
from okapi_sdk._engine.protocol import TOKEN_LIMIT
from okapi_sdk._engine.tokens import (
    ADVISORY,
    MANDATORY,
    Token,
    Tokens,
)
from okapi_sdk.results.response import RawResponse
from okapi_sdk.settings.credentials import Credentials
from okapi_sdk.settings.environments import Environment
from okapi_sdk.testing import InstantClock

HERE = Environment("http://127.0.0.1:9", "http://127.0.0.1:9/t", "the audience", "the client", "the scope")
DAY = 86400.0


class Desk:
    """A token and its flows, with a scripted platform."""

    def __init__(self) -> None:
        self.clock = InstantClock()
        self.tokens = Tokens(HERE, Credentials("user", SecretStr("pass"), "arguments"), self.clock, self._send)
        self.answer: Callable[[], RawResponse | Failure] = self.granted
        self.free = True
        """True if no other caller holds the lock."""
        self.sent: list[tuple[HttpRequest, float]] = []
        self.locked: list[tuple[float, bool]] = []
        """Deadline of each use of the lock, and True if the caller was to wait for it."""
        self.takes = 0.0

    def _send(self, request: HttpRequest, deadline: float) -> Flow[RawResponse | Failure]:
        return send(request, deadline)

    def granted(self, **more: Any) -> RawResponse:
        content = {"access_token": f"token{len(self.sent)}", "expires_in": DAY, **more}
        return RawResponse(200, {}, json.dumps(content).encode())

    def run(self, flow: Flow[Any]) -> Any:
        answer: object = None
        while True:
            try:
                effect = flow.send(answer)
            except StopIteration as end:
                return end.value
            if isinstance(effect, Send):
                self.sent.append((effect.request, effect.deadline))
                self.clock.advance(self.takes)
                answer = self.answer()
            else:
                assert isinstance(effect, Exclusive)
                self.locked.append((effect.deadline, effect.blocking))
                if answer := self.free or effect.blocking:
                    try:
                        self.run(effect.flow)
                    except OkapiError as error:
                        try:
                            flow.throw(error)
                        except StopIteration as end:
                            return end.value

    def current(self, deadline: float = 1e9) -> str:
        return str(self.run(self.tokens.current(deadline)).get_secret_value())

    def replacing(self, rejected: str, deadline: float = 1e9) -> str:
        return str(self.run(self.tokens.replacement(SecretStr(rejected), deadline)).get_secret_value())


@pytest.mark.parametrize(
    ("lifetime", "advisory", "mandatory"), [(DAY, 900.0, 60.0), (3600.0, 720.0, 60.0), (600.0, 120.0, 30.0)]
)
def test_the_windows_are_seconds_or_a_share_of_a_shorter_life(
    lifetime: float, advisory: float, mandatory: float
) -> None:
    token = Token(SecretStr("x"), lifetime, 0.0, 0.0)
    assert token.within(ADVISORY, advisory)
    assert not token.within(ADVISORY, advisory + 0.001)
    assert token.within(MANDATORY, mandatory)
    assert not token.within(MANDATORY, mandatory + 0.001)


def test_the_remaining_life_follows_the_clock_that_ran_further() -> None:
    clock = InstantClock()
    token = Token(SecretStr("x"), 1000.0, clock.monotonic(), clock.wall())
    clock.advance(100)
    assert token.left(clock) == pytest.approx(900)
    clock._began += 200
    assert token.left(clock) == pytest.approx(700)
    clock._began -= 1000
    assert token.left(clock) == pytest.approx(900)


def test_a_fresh_token_takes_neither_lock_nor_request() -> None:
    desk = Desk()
    assert desk.current(50.0) == "token1"
    assert desk.locked == [(50.0, True)]
    desk.clock.advance(DAY - 900.1)
    assert desk.current() == "token1"
    assert (len(desk.locked), len(desk.sent)) == (1, 1)


def test_in_the_advisory_window_one_renews_without_being_waited_for() -> None:
    desk = Desk()
    desk.current()
    desk.clock.advance(DAY - 900)
    desk.free = False
    assert desk.current() == "token1"
    desk.free = True
    assert desk.current(DAY) == "token2"
    assert desk.locked[1:] == [(1e9, False), (DAY, False)]
    assert desk.current() == "token2"
    assert len(desk.sent) == 2


def test_a_failed_early_renewal_is_not_tried_again_for_a_minute() -> None:
    desk = Desk()
    desk.current()
    desk.clock.advance(DAY - 900)
    desk.answer = lambda: RawResponse(500, {}, b"")
    assert desk.current() == "token1"
    desk.clock.advance(59.9)
    assert desk.current() == "token1"
    assert len(desk.sent) == 2
    desk.clock.advance(0.1)
    assert desk.current() == "token1"
    assert len(desk.sent) == 3


def test_in_the_mandatory_window_all_wait() -> None:
    desk = Desk()
    desk.current()
    desk.clock.advance(DAY - 60)
    assert desk.current() == "token2"
    assert desk.locked[-1] == (1e9, True)


def test_a_sign_in_ends_after_ten_seconds_or_by_the_deadline() -> None:
    for deadline, end in ((1e9, 110.0), (103.0, 103.0)):
        desk = Desk()
        desk.clock.advance(100)
        desk.current(deadline)
        assert desk.sent[0][1] == end


@pytest.mark.parametrize(("deadline", "shared"), [(5.0, False), (10.0, True), (1e9, True)])
def test_a_timeout_by_one_callers_short_deadline_is_not_shared(deadline: float, shared: bool) -> None:
    desk = Desk()
    desk.answer = lambda: Failure("timeout", "late", sent=True)
    others = desk.tokens._renew(None, 0, 1e9, False)
    with pytest.raises(TransportTimeoutError):
        desk.current(deadline)
    desk.answer = desk.granted
    if shared:
        with pytest.raises(TransportTimeoutError):
            desk.run(others)
    else:
        desk.run(others)
    assert len(desk.sent) == (1 if shared else 2)


def test_age_counts_from_before_the_sign_in_was_sent() -> None:
    desk = Desk()
    desk.takes = 8.0
    desk.current()
    desk.clock.advance(DAY - 900 - 8)
    desk.free = False
    desk.current()
    assert desk.locked[-1][1] is False


@pytest.mark.parametrize(
    ("stated", "life"), [(100, 100.0), (0.5, 0.5), (1e9, DAY), (None, 3600.0), ("60", 3600.0), (True, 3600.0)]
)
def test_a_stated_lifetime_is_taken_up_to_a_day_and_an_unstated_one_is_an_hour(stated: object, life: float) -> None:
    desk = Desk()
    desk.answer = lambda: desk.granted(expires_in=stated)
    desk.current()
    token = desk.tokens._token
    assert token is not None
    assert token.lifetime == life


@pytest.mark.parametrize("stated", [0, -1, -0.5])
def test_a_lifetime_that_is_over_is_an_error(stated: float) -> None:
    desk = Desk()
    desk.answer = lambda: desk.granted(expires_in=stated)
    with pytest.raises(ResponseFormatError) as caught:
        desk.current()
    assert caught.value.reason == "schema"


def test_the_request_of_a_sign_in_is_that_of_the_documented_grant() -> None:
    desk = Desk()
    desk.current()
    request = desk.sent[0][0]
    assert (request.method, request.url) == ("POST", HERE.token_url)
    assert request.headers == {"accept": "application/json", "content-type": "application/json"}
    assert json.loads(request.content or b"") == {
        "grant_type": "password",
        "username": "user",
        "password": "pass",
        "audience": "the audience",
        "client_id": "the client",
        "scope": "the scope",
    }


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER", None])
def test_the_type_of_a_token_is_bearer_in_any_case(kind: str | None) -> None:
    desk = Desk()
    desk.answer = lambda: desk.granted(**({} if kind is None else {"token_type": kind}))
    assert desk.current() == "token1"


@pytest.mark.parametrize("more", [{"token_type": "mac"}, {"access_token": "a\r\nb"}, {"access_token": 7}])
def test_a_token_that_cannot_be_sent_is_an_error(more: dict[str, Any]) -> None:
    desk = Desk()
    desk.answer = lambda: desk.granted(**more)
    with pytest.raises(ResponseFormatError, match="usable access_token"):
        desk.current()


@pytest.mark.parametrize("code", [400, 401, 403])
def test_a_refusal_is_for_good(code: int) -> None:
    desk = Desk()
    desk.answer = lambda: RawResponse(code, {}, b'{"error": "invalid_grant"}')
    for _ in range(3):
        with pytest.raises(AuthenticationError, match=f"HTTP {code}") as caught:
            desk.current()
        assert (caught.value.reason, caught.value.retry_after) == ("refused", None)
        desk.clock.advance(1e8)
    assert len(desk.sent) == 1


def test_a_required_second_factor_is_a_refusal() -> None:
    desk = Desk()
    desk.answer = lambda: RawResponse(403, {}, b'{"error": "mfa_required"}')
    for _ in range(2):
        with pytest.raises(AuthenticationError) as caught:
            desk.current()
        assert caught.value.reason == "mfa_required"
    assert len(desk.sent) == 1


@pytest.mark.parametrize(("headers", "pause"), [({}, 60.0), ({"retry-after": "120"}, 120.0)])
def test_a_block_lasts_as_long_as_the_response_says_or_a_minute(headers: dict[str, str], pause: float) -> None:
    desk = Desk()
    desk.answer = lambda: RawResponse(429, headers, b"")
    for passed in (0.0, 10.0):
        desk.clock.advance(passed)
        with pytest.raises(AuthenticationError) as caught:
            desk.current()
        assert caught.value.reason == "blocked"
        assert caught.value.retry_after == (pause - passed if headers else None)
    desk.clock.advance(pause - 10.1)
    with pytest.raises(AuthenticationError):
        desk.current()
    assert len(desk.sent) == 1
    desk.answer = desk.granted
    desk.clock.advance(0.1)
    assert desk.current() == "token2"


def test_other_failures_are_not_remembered() -> None:
    desk = Desk()
    for answer, kind in ((Failure("connection", "why", True), TransportError), (RawResponse(500, {}, b""), OkapiError)):
        desk.answer = lambda answer=answer: answer  # type: ignore[misc]
        with pytest.raises(kind):
            desk.current()
    desk.answer = desk.granted
    assert desk.current() == "token3"


def test_a_refused_token_is_replaced_once_a_minute_at_most() -> None:
    desk = Desk()
    assert desk.replacing("no token yet") == "token1"
    assert desk.replacing("an older one") == "token1"
    assert desk.replacing("token1") == "token2"
    desk.clock.advance(59.9)
    with pytest.raises(AuthenticationError) as caught:
        desk.replacing("token2")
    assert caught.value.reason == "token_rejected"
    desk.clock.advance(0.1)
    assert desk.replacing("token2") == "token3"
    assert len(desk.sent) == 3


def test_a_caller_that_waited_shares_the_outcome_of_the_sign_in() -> None:
    desk = Desk()
    waiting = desk.tokens.current(1e9)
    lock = waiting.send(None)
    assert isinstance(lock, Exclusive)
    assert desk.current() == "token1"
    desk.run(lock.flow)
    assert len(desk.sent) == 1

    failing = Desk()
    failing.answer = lambda: RawResponse(500, {}, b"")
    second = failing.tokens.current(1e9).send(None)
    assert isinstance(second, Exclusive)
    with pytest.raises(OkapiError) as first_error:
        failing.current()
    with pytest.raises(OkapiError) as second_error:
        failing.run(second.flow)
    assert len(failing.sent) == 1
    assert first_error.value is not second_error.value
    assert str(first_error.value) == str(second_error.value)
    third = failing.tokens.current(1e9)
    with pytest.raises(OkapiError):
        failing.run(third)
    assert len(failing.sent) == 2


def test_the_pause_after_a_replacement_counts_from_it_wherever_the_clock_stands() -> None:
    desk = Desk()
    desk.clock.advance(1000)
    desk.current()
    assert desk.replacing("token1") == "token2"
    with pytest.raises(AuthenticationError):
        desk.replacing("token2")


def test_a_token_that_was_renewed_early_may_be_replaced_at_once() -> None:
    desk = Desk()
    desk.current()
    desk.clock.advance(DAY - 900)
    assert desk.current() == "token2"
    assert desk.replacing("token2") == "token3"


def test_an_explicit_sign_in_keeps_its_deadline() -> None:
    desk = Desk()
    desk.run(desk.tokens.sign_in(3.0))
    assert (desk.locked, desk.sent[0][1], desk.sent[0][0].limit) == ([(3.0, True)], 3.0, TOKEN_LIMIT)


def test_a_refusal_shows_the_message_but_not_the_password() -> None:
    desk = Desk()
    desk.answer = lambda: RawResponse(403, {}, b'{"error": "x", "error_description": "Wrong password: pass-0815"}')
    desk.tokens._credentials = Credentials("user", SecretStr("pass-0815"), "arguments")
    with pytest.raises(AuthenticationError, match="Wrong password") as caught:
        desk.current()
    assert "0815" not in str(caught.value)


def test_a_token_is_neither_pickled_nor_copied() -> None:
    token = Token(SecretStr("x"), DAY, 0.0, 0.0)
    for duplicate in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"^tokens cannot be pickled or copied$"):
            duplicate(token)


@pytest.mark.parametrize(("code", "kind"), [(429, AuthenticationError), (503, OkapiError)])
def test_a_date_of_a_retry_after_counts_from_the_wall_clock(code: int, kind: type[OkapiError]) -> None:
    desk = Desk()
    desk.clock._began = 1_700_000_000.0
    desk.answer = lambda: RawResponse(code, {"retry-after": "Tue, 14 Nov 2023 22:13:40 GMT"}, b"")
    with pytest.raises(kind) as caught:
        desk.current()
    assert getattr(caught.value, "retry_after", None) == 20.0


def test_a_caller_that_waited_through_a_second_failure_shares_that_one() -> None:
    desk = Desk()
    desk.answer = lambda: RawResponse(500, {}, b"")
    with pytest.raises(OkapiError):
        desk.current()
    waiting = desk.tokens.current(1e9).send(None)
    assert isinstance(waiting, Exclusive)
    with pytest.raises(OkapiError):
        desk.current()
    with pytest.raises(OkapiError):
        desk.run(waiting.flow)
    assert len(desk.sent) == 2
