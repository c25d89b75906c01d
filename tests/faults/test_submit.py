"""Submit (rows S): a calculation is started once, or it is said that nobody knows."""

from __future__ import annotations

import email.utils
import logging
import signal
import socket
import threading
import time
import warnings
from collections.abc import Mapping
from typing import Any

import pytest

from okapi_sdk import (
    APIError,
    BadRequestError,
    CalculationFailedError,
    ConflictError,
    OkapiWarning,
    RawCalculation,
    RetryPolicy,
    SubmissionUncertainError,
    TransportError,
    UnprocessableError,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, Received, Script, answer, cut, drip, hang, raw, reply

from .outcomes import error_of

ACCEPTED = reply(202, {"request_id": "r1", "status": {"type": "NONE", "text": "running"}})
FINISHED = {"status": {"type": "NONE", "text": "No messages"}, "passes": [{"start": "2018-08-07T18:00:00Z"}]}


def one_key(requests: list[Received]) -> bool:
    """Whether all of them are one submission: the same key and the same body."""
    return len({(request.headers["idempotency-key"], request.body) for request in requests}) == 1


@pytest.mark.fault("S1")
def test_where_nothing_was_sent_it_is_tried_twice_more(both: Both, clock: InstantClock) -> None:
    with FaultServer([ACCEPTED]) as server:
        client = both.client(**server.client, clock=clock)
        client.sign_in()
    with client:  # now nobody listens
        error_of(TransportError, client.submit, iss_passes())
    assert len(clock.sleeps) == 2


@pytest.mark.fault("S1")
def test_a_connection_that_ends_in_the_handshake_is_made_anew(both: Both, clock: InstantClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        where = f"https://127.0.0.1:{listener.getsockname()[1]}"
        seen = 0

        def hang_up() -> None:
            nonlocal seen
            for _ in range(3):
                connection, _ = listener.accept()
                connection.recv(1)
                connection.close()
                seen += 1

        thread = threading.Thread(target=hang_up)
        thread.start()
        with both.client(username="u", password="p", base_url=where, token_url=f"{where}/t", clock=clock) as client:
            error_of(TransportError, client.submit, iss_passes())
        thread.join(10)
    assert seen == 3


@pytest.mark.fault("S4")
def test_silence_after_all_was_sent_is_uncertain(both: Both) -> None:
    with FaultServer([hang]) as server, both.client(**server.client, timeout=0.3) as client:
        error = error_of(SubmissionUncertainError, client.submit, iss_passes())
        assert error.status_code is None
        assert error.idempotency_key == server.requests[0].headers["idempotency-key"]
        assert len(server.requests) == 1


@pytest.mark.fault("S5")
def test_an_answer_that_breaks_off_is_uncertain_with_its_status(both: Both, clock: InstantClock) -> None:
    whole = answer(202, {"request_id": "r1"})
    head = whole.index(b"\r\n\r\n") + 4
    for count in range(head, len(whole)):
        with FaultServer([cut(whole, count)]) as server, both.client(**server.client, clock=clock) as client:
            error = error_of(SubmissionUncertainError, client.submit, iss_passes())
            assert error.status_code == 202
            assert len(server.requests) == 1


def later(seconds: int) -> Mapping[str, str]:
    return {
        "date": email.utils.formatdate(1e9, usegmt=True),
        "retry-after": email.utils.formatdate(1e9 + seconds, usegmt=True),
    }


@pytest.mark.fault("S7")
@pytest.mark.parametrize("status", [408, 425, 429, 503])
@pytest.mark.parametrize("pause", [{"retry-after": "7"}, later(7)], ids=["seconds", "date"])
def test_what_was_not_carried_out_is_sent_again_with_its_key(
    both: Both, clock: InstantClock, status: int, pause: Mapping[str, str]
) -> None:
    scripts = [reply(status, b"", pause), reply(status, b"", pause), ACCEPTED]
    with FaultServer(scripts) as server, both.client(**server.client, clock=clock) as client:
        assert client.submit(iss_passes()).id == "r1"
        assert len(server.requests) == 3
        assert one_key(server.requests)
    assert clock.sleeps == [7.0, 7.0]


@pytest.mark.fault("S9")
def test_a_refused_token_costs_one_renewal_and_one_more_post(both: Both, clock: InstantClock) -> None:
    with FaultServer([reply(401), ACCEPTED]) as server, both.client(**server.client, clock=clock) as client:
        client.submit(iss_passes())
        assert server.sign_ins == 2
        assert len(server.requests) == 2
        assert one_key(server.requests)


@pytest.mark.fault("S10", "S11", "S12", "S23")
@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (400, BadRequestError, "no such field"),
        (422, UnprocessableError, "no such field"),
        (409, ConflictError, "no such field"),
        (413, APIError, "Send less in one request"),
    ],
)
@pytest.mark.parametrize("submit", ["safe", "same-key"])
def test_a_refused_submit_is_typed_and_not_repeated(
    both: Both, clock: InstantClock, status: int, kind: type[APIError], said: str, submit: Any
) -> None:
    body = {"status": {"type": "FATAL", "text": "no such field: orbit.colour"}}
    with FaultServer([reply(status, body, {"retry-after": "1"})]) as server:
        with both.client(**server.client, clock=clock, retry=RetryPolicy(submit=submit)) as client:
            error = error_of(kind, client.submit, iss_passes())
        assert len(server.requests) == 1
    assert error.status_code == status
    assert error.body == body
    assert said in str(error)
    assert clock.sleeps == []


@pytest.mark.fault("S13")
@pytest.mark.parametrize(
    "body",
    [
        {"request_id": "x" * 300}, {"request_id": ["r1"]}, {"request_id": True}, {"requestId": "a/b"},
        b'{"request_id": "r1", "request_id": "r2"}', b"\xff\xfe", b"null",
    ],
    ids=["long", "list", "bool", "path", "twice", "binary", "null"],
)  # fmt: skip
def test_an_accepting_answer_without_a_usable_id(both: Both, clock: InstantClock, body: object) -> None:
    with FaultServer([reply(200, body)]) as server, both.client(**server.client, clock=clock) as client:
        assert error_of(SubmissionUncertainError, client.submit, iss_passes()).status_code == 200
        assert len(server.requests) == 1


@pytest.mark.fault("S14")
def test_a_calculation_that_fails_at_once_without_an_id(both: Both, clock: InstantClock) -> None:
    fatal = {"status": {"type": "FATAL", "text": "no such method"}}
    with FaultServer([reply(202, fatal)]) as server, both.client(**server.client, clock=clock) as client:
        assert "no such method" in str(error_of(APIError, client.submit, iss_passes()))
    with FaultServer([reply(202, {"request_id": "r1", **fatal})]) as server:
        with both.client(**server.client, clock=clock) as client:
            assert error_of(CalculationFailedError, client.submit, iss_passes()).status_text == "no such method"


@pytest.mark.fault("S15")
def test_a_warning_at_the_submit_is_given_with_the_result(both: Both, clock: InstantClock) -> None:
    warned = {"type": "WARNING", "text": "old elements"}
    scripts = [reply(202, {"request_id": "r1", "status": warned}), reply(200, {**FINISHED, "status": warned})]
    with FaultServer(scripts) as server, both.client(**server.client, clock=clock) as client:
        request = client.submit(iss_passes())
        assert request.status.warned
        with pytest.warns(OkapiWarning, match="old elements"):
            request.result()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert len(request.result()) == 1


@pytest.mark.fault("S17")
def test_what_is_sent_was_written_once(both: Both, clock: InstantClock) -> None:
    body = {"orbit": {"type": "tle.txt", "content": "before"}}

    def mutate(connection: socket.socket) -> None:
        body["orbit"]["content"] = "after"
        reply(429)(connection)

    with FaultServer([mutate, ACCEPTED]) as server, both.client(**server.client, clock=clock) as client:
        client.submit(RawCalculation(path="predict-passes/sgp4", body=body))
        assert len(server.requests) == 2
        assert one_key(server.requests)
        assert b"before" in server.requests[1].body


@pytest.mark.fault("S18")
def test_one_noun_submitted_twice_is_two_calculations(client: Client, emulator: Emulator) -> None:
    noun = iss_passes()
    assert client.submit(noun).id != client.submit(noun).id
    assert len({calculation.idempotency_key for calculation in emulator.calculations}) == 2


@pytest.mark.fault("S19")
def test_an_interrupted_submit_names_its_key(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    # Ctrl-C as it comes: while the answer is being waited for.
    def interrupt(connection: socket.socket) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        hang(connection)

    with FaultServer([interrupt]) as server, both.client(**server.client) as client:
        with pytest.raises(KeyboardInterrupt) as caught, caplog.at_level(logging.WARNING, "okapi_sdk"):
            client.submit(iss_passes())
        key = server.requests[0].headers["idempotency-key"]
        assert key in caplog.text
        if both.kind == "sync":  # asyncio.run raises an exception of its own
            assert key in caught.value.__notes__[0]


@pytest.mark.fault("S21")
@pytest.mark.parametrize(
    "script",
    [drip(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500, 0.01), raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000)],
    ids=["slow", "fast"],
)
def test_endless_hints_before_the_answer(both: Both, script: Script) -> None:
    with FaultServer([script]) as server, both.client(**server.client, timeout=0.4) as client:
        client.sign_in()
        began = time.monotonic()
        error_of(SubmissionUncertainError, client.submit, iss_passes())
        assert time.monotonic() - began < 1.0
        assert len(server.requests) == 1


@pytest.mark.fault("S22")
def test_the_emulator_honours_the_key(both: Both, emulator: Emulator) -> None:
    with both.emulated(emulator) as client:  # which says so by itself
        emulator.fail_next(502, times=2, path="/requests", body=b"")
        client.submit(iss_passes())
    assert len(emulator.calculations) == 1
    assert emulator.calculations[0].idempotency_key is not None
