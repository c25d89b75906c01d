"""One call: what is sent again, what is uncertain, what fails at once; on real sockets."""

from __future__ import annotations

import itertools
import time

import pytest

from okapi_sdk import (
    APIError,
    BadRequestError,
    CalculationFailedError,
    ConflictError,
    InputError,
    NotFoundError,
    OkapiError,
    PermissionDeniedError,
    RateLimitError,
    RedirectError,
    ResponseFormatError,
    RetryPolicy,
    ServerError,
    SubmissionUncertainError,
    TransportError,
    TransportTimeoutError,
    UnprocessableError,
)
from okapi_sdk._engine.effects import Failure
from okapi_sdk._engine.retrying import TABLE, classify
from okapi_sdk.emulator import Emulator
from okapi_sdk.results.response import RawResponse
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, answer, cut, drip, hang, hang_up, raw, reply, reset, zipped

ACCEPTED = reply(202, {"request_id": "r1", "status": {"type": "NONE", "text": "running"}})
BODY = b'{"elements": [1, 2, 3], "status": {"type": "NONE", "text": "' + b"x" * 500 + b'"}}'
GZIP = {"content-encoding": "gzip"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, RedirectError), (400, BadRequestError), (403, PermissionDeniedError), (404, NotFoundError),
        (409, ConflictError), (418, APIError), (422, UnprocessableError), (429, RateLimitError), (500, ServerError),
        (599, ServerError),
    ],
)  # fmt: skip
def test_each_status_family_has_its_error(
    client: Client, emulator: Emulator, status: int, kind: type[APIError]
) -> None:
    emulator.fail_next(status, times=100, path="/satellites", body=b'{"status": {"type": "FATAL", "text": "because"}}')
    with pytest.raises(APIError) as caught:
        client.send("GET", "satellites")
    assert type(caught.value) is kind
    assert caught.value.status_code == status
    assert caught.value.body == {"status": {"type": "FATAL", "text": "because"}}
    assert status == 301 or "because" in str(caught.value)


@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad gateway</html>", b"\xff\xfe", b"[[[[", b'{"status": 5}', b"x" * 200_000]
)
def test_any_error_body_is_survived(client: Client, emulator: Emulator, body: bytes) -> None:
    emulator.fail_next(502, times=100, path="/satellites", body=body)
    with pytest.raises(ServerError) as caught:
        client.send("GET", "satellites")
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_read_is_repeated(client: Client, emulator: Emulator, clock: InstantClock, status: int) -> None:
    emulator.fail_next(status, times=2, path="/predict-passes")
    with pytest.raises(NotFoundError):
        client.send("GET", "predict-passes/sgp4/results/none/simple")
    assert [call.status_code for call in emulator.calls[1:]] == [status, status, 404]
    assert all(0 <= pause <= 1 for pause in clock.sleeps)


@pytest.mark.fault("S7")
def test_a_submit_is_repeated_where_it_was_provably_not_carried_out(client: Client, emulator: Emulator) -> None:
    client = client.with_options(retry=RetryPolicy())
    emulator.fail_next(429, path="/requests")
    emulator.fail_next(503, path="/requests", headers={"Retry-After": "2"})
    client.submit(iss_passes())
    assert len(emulator.calculations) == 1


@pytest.mark.fault("S6", "S8")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_submit_answered_5xx_is_uncertain_and_not_repeated(client: Client, emulator: Emulator, status: int) -> None:
    client = client.with_options(retry=RetryPolicy())
    emulator.fail_next(status, times=9, path="/requests", body=b"<html>Bad gateway</html>")
    with pytest.raises(SubmissionUncertainError) as caught:
        client.submit(iss_passes())
    assert caught.value.status_code == status
    assert caught.value.idempotency_key is not None
    assert [call.status_code for call in emulator.calls[1:]] == [status]


@pytest.mark.fault("S6")
def test_a_submit_answered_500_with_a_reason_is_a_server_error(client: Client, emulator: Emulator) -> None:
    body = b'{"status": {"type": "FATAL", "text": "the epoch is in the future", "input_problem": true}}'
    emulator.fail_next(500, times=9, path="/requests", body=body)
    with pytest.raises(ServerError, match="epoch is in the future"):
        client.submit(iss_passes())
    assert len(emulator.calls) == 2


@pytest.mark.fault("S3", "S5")
@pytest.mark.parametrize("fault", [reset, hang_up, cut(answer(202, BODY), 9), cut(answer(202, BODY), 200)])
def test_a_submit_that_was_lost_on_the_way_is_uncertain_and_not_repeated(
    both: Both, clock: InstantClock, fault: object
) -> None:
    with FaultServer([fault, ACCEPTED]) as server:
        with both.client(**server.client, clock=clock) as client:
            with pytest.raises(SubmissionUncertainError, match="may or may not"):
                client.submit(iss_passes())
        assert len(server.requests) == 1


@pytest.mark.fault("S22")
def test_with_the_same_key_it_is_repeated(both: Both, clock: InstantClock) -> None:
    with FaultServer([reset, reply(502), ACCEPTED]) as server:
        with both.client(**server.client, clock=clock, retry=RetryPolicy(submit="same-key")) as client:
            assert client.submit(iss_passes()).id == "r1"
        assert len({request.headers["idempotency-key"] for request in server.requests}) == 1
        assert len(server.requests) == 3


@pytest.mark.fault("S13")
@pytest.mark.parametrize("body", [b"", b"{}", b"[]", {"request_id": None}, {"request_id": "../x"}, {"request_id": 7}])
def test_a_submit_answered_without_a_usable_id_is_uncertain(both: Both, clock: InstantClock, body: object) -> None:
    with FaultServer([reply(202, body)]) as server:
        with both.client(**server.client, clock=clock) as client:
            with pytest.raises(SubmissionUncertainError) as caught:
                client.submit(iss_passes())
            assert caught.value.status_code == 202


@pytest.mark.fault("S14")
def test_a_submit_answered_fatal(both: Both, clock: InstantClock) -> None:
    fatal = {"request_id": "r1", "status": {"type": "FATAL", "text": "no such method"}}
    with FaultServer([reply(200, fatal)]) as server:
        with both.client(**server.client, clock=clock) as client:
            with pytest.raises(CalculationFailedError, match="no such method") as caught:
                client.submit(iss_passes())
            assert caught.value.request_id == "r1"


def test_a_read_survives_damage(both: Both, clock: InstantClock) -> None:
    whole = answer(200, zipped(BODY), GZIP)
    with FaultServer([cut(whole, len(whole) - 20), reset, reply(200, zipped(BODY), GZIP)]) as server:
        with both.client(**server.client, clock=clock) as client:
            assert client.send("GET", "satellites").content == BODY


def test_a_gzip_body_that_ends_early_is_never_handed_over(both: Both, clock: InstantClock) -> None:
    # With a Content-Length that agrees: only the gzip stream itself tells.
    full = zipped(BODY)
    for length in range(1, len(full), 7):
        with FaultServer([reply(200, full[:length], GZIP)]) as server:
            with both.client(**server.client, clock=clock, retry=RetryPolicy(attempts=1)) as client:
                with pytest.raises(ResponseFormatError):
                    client.send("GET", "satellites")


@pytest.mark.parametrize(
    "script",
    [
        reply(200, zipped(bytes(70 * 2**20)), GZIP),
        reply(200, b"", {"content-length": str(2**40)}),
        reply(200, BODY, {"content-encoding": "br"}),
        reply(200, zipped(zipped(BODY)), {"content-encoding": "gzip, gzip"}),
        reply(200, zipped(BODY) + b"more", GZIP),
    ],
)
def test_bombs_and_unasked_encodings_are_refused_once(both: Both, clock: InstantClock, script: object) -> None:
    with FaultServer([script]) as server, both.client(**server.client, clock=clock) as client:
        with pytest.raises(ResponseFormatError) as caught:
            client.send("GET", "satellites")
        assert caught.value.reason in ("too_large", "encoding")
        assert len(server.requests) == 1


@pytest.mark.fault("L16")
@pytest.mark.parametrize("phase", ["answer", "sign-in", "connect"])
@pytest.mark.parametrize("kind", ["hang", "drip", "1xx"])
def test_the_timeout_holds_for_the_whole_call(both: Both, phase: str, kind: str) -> None:
    endless = {
        "hang": hang,
        "drip": drip(answer(200, BODY)),
        "1xx": drip(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500, 0.01),
    }
    fault = endless[kind]
    with FaultServer([fault], sign_in=fault) if phase == "sign-in" else FaultServer([fault]) as server:
        with both.client(**server.client, timeout=0.5, retry=RetryPolicy(attempts=1)) as client:
            if phase == "answer":
                client.sign_in()
            began = time.monotonic()
            with pytest.raises(TransportTimeoutError):
                client.send("GET", "satellites")
            assert time.monotonic() - began < 0.55


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH_9\r\n", b"\x00" * 100, b"HTTP/1.1 2000 ?\r\n\r\n"])
def test_garbage_is_a_transport_error(both: Both, clock: InstantClock, garbage: bytes) -> None:
    with FaultServer([raw(garbage)]) as server, both.client(**server.client, clock=clock) as client:
        with pytest.raises(TransportError):
            client.send("GET", "satellites")
        assert len(server.requests) == 3


@pytest.mark.fault("S20")
def test_a_redirect_is_not_followed(both: Both, clock: InstantClock) -> None:
    with FaultServer([ACCEPTED]) as other, FaultServer([reply(307, b"", {"location": "X"})]) as server:
        server.scripts[0] = reply(307, b"", {"location": f"{other.url}/steal"})
        with both.client(**server.client, clock=clock) as client:
            for call in (lambda: client.submit(iss_passes()), lambda: client.send("GET", "satellites")):
                with pytest.raises(RedirectError, match="not followed"):
                    call()
        assert other.connections == 0


def test_a_call_carries_one_token_header_and_no_cookies(both: Both, clock: InstantClock) -> None:
    scripts = [reply(200, b"[]", {"set-cookie": "a=b"}), reply(200, b"[]")]
    with FaultServer(scripts) as server, both.client(**server.client, clock=clock) as client:
        client.send("GET", "satellites", params={"page": 2, "latest": True, "sort": ["a", "-b"], "none": None})
        client.with_options(dialect="typed").send("GET", "satellites")
        generic, typed = server.requests
    assert generic.path == "/satellites?page=2&latest=true&sort=a%2C-b"
    assert generic.headers["authorization"].startswith("Bearer ")
    assert "access_token" not in generic.headers
    assert "access_token" in typed.headers
    assert "authorization" not in typed.headers
    assert "cookie" not in typed.headers
    assert generic.headers["host"] == server.url.removeprefix("http://")
    assert set(generic.headers) == {"host", "accept", "accept-encoding", "user-agent", "authorization"} | (
        {"connection"} & set(generic.headers)
    )


def test_a_path_prefix_of_the_base_url_is_kept(both: Both, clock: InstantClock) -> None:
    with FaultServer([reply(200, b"[]")]) as server:
        where = {**server.client, "base_url": server.url + "/api/"}
        with both.client(**where, clock=clock) as client:
            client.send("GET", "/satellites")
        assert server.requests[0].path == "/api/satellites"


@pytest.mark.parametrize(
    "path", ["", "/", "../x", "a/../b", "https://evil.example/x", "a?b=c", "a#b", "a b", "a\\b", "ä", 5]
)
def test_a_path_that_leaves_the_base_url_is_refused(both: Both, path: object) -> None:
    with FaultServer([ACCEPTED]) as server, both.client(**server.client) as client:
        with pytest.raises(InputError, match="path"):
            client.send("GET", path)
        with pytest.raises(InputError, match="method"):
            client.send("TRACE", "satellites")
        with pytest.raises(InputError):
            client.send("POST", "satellites", json={"x": float("nan")})
        assert server.connections == 0


def test_the_retry_budget_runs_out_in_an_outage(client: Client, emulator: Emulator) -> None:
    client.sign_in()
    emulator.fail_next(500, times=10_000, path="/satellites")
    count = 400
    for _ in range(count):
        with pytest.raises(ServerError):
            client.send("GET", "satellites")
    assert len(emulator.calls) - 1 <= count * 1.05


def test_retry_after_beyond_the_limit_raises_at_once(client: Client, emulator: Emulator, clock: InstantClock) -> None:
    client.sign_in()
    emulator.fail_next(429, times=9, path="/satellites", headers={"Retry-After": "61"})
    with pytest.raises(RateLimitError) as caught:
        client.send("GET", "satellites")
    assert caught.value.retry_after == 61
    assert clock.sleeps == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-5",
        "nan",
        "inf",
        "1e9",
        "9" * 5000,
        "\uff12",
        "soon",
        "Thu, 99 Foo 2099 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ],
)
def test_a_senseless_retry_after_does_no_harm(
    client: Client, emulator: Emulator, clock: InstantClock, text: str
) -> None:
    client.sign_in()
    response = RawResponse(429, {"retry-after": text}, b"")
    from okapi_sdk._engine.protocol import retry_after

    asked = retry_after(response, clock.wall())
    assert asked is None or asked >= 0


def test_every_event_and_kind_of_call_has_a_verdict() -> None:
    kinds = {"read", "write", "sign-in"}
    assert all(row.keys() == kinds for row in TABLE.values())
    failures = [
        Failure(reason, "", sent, status)  # type: ignore[arg-type]
        for reason, sent, status in itertools.product(
            ("connection", "tls", "timeout", "too_large", "truncated", "encoding"), (True, False), (None, 200, 404, 500)
        )
    ]
    answers = [RawResponse(code, {}, b"") for code in range(200, 600)]
    assert {classify(outcome) for outcome in [*failures, *answers]} == set(TABLE)


def test_errors_leave_no_foreign_exception_behind(both: Both, clock: InstantClock) -> None:
    with FaultServer([reset]) as server, both.client(**server.client, clock=clock) as client:
        for call in (lambda: client.submit(iss_passes()), lambda: client.send("GET", "satellites")):
            with pytest.raises(OkapiError) as caught:
                call()
            assert caught.value.__cause__ is None
            assert caught.value.__context__ is None
