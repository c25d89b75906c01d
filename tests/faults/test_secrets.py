"""No secret in any text, object or error, whatever goes wrong."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr

from okapi_sdk import NewSatellite, OkapiClient, OkapiError, ResponseFormatError, Satellite, SatelliteChanges
from okapi_sdk.settings.credentials import credentials_from
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, Script, answer, bomb, cut, hang_up, raw, reply, reset
from tests.support.leaks import found_in, leaks, printed, reachable

SECRETS: Mapping[str, str] = {
    name: f"s3cr3t-{number}-{name.replace(' ', '-')}"
    for number, name in enumerate(
        (
            "password", "access token", "second token", "id token", "refresh token", "mfa token", "slack webhook",
            "teams webhook", "login name", "proxy password", "cookie", "address password", "file password",
        )
    )
}  # fmt: skip
TOKEN = SECRETS["access token"]
Record = Callable[[str, object], None]

GRANTED = {
    "access_token": TOKEN,
    "id_token": SECRETS["id token"],
    "refresh_token": SECRETS["refresh token"],
    "expires_in": 86400,
}
COOKIE = {"set-cookie": f"session={SECRETS['cookie']}"}
SLACK = f"https://hooks.slack.example/{SECRETS['slack webhook']}"
TEAMS = f"https://hooks.teams.example/{SECRETS['teams webhook']}"


def satellite() -> NewSatellite:
    return NewSatellite(
        name="My satellite", norad_ids=[25544], space_track_status="dont_know",
        slack_webhook=SLACK, teams_webhook=TEAMS, space_track_login=SECRETS["login name"],
    )  # fmt: skip


def changes() -> SatelliteChanges:
    return SatelliteChanges(slack_webhook=SLACK, teams_webhook=TEAMS)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """All that was logged by anyone at DEBUG, warned of or printed so far."""
    caplog.set_level(logging.DEBUG)
    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    before = [(logger, logger.level, logger.disabled) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.disabled = False
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")

        def all_of_it() -> str:
            records = "".join(f"{record.getMessage()} {record.args} {record.exc_text}\n" for record in caplog.records)
            return records + "".join(str(warning.message) for warning in warned) + "".join(capfd.readouterr())

        yield all_of_it
    for logger, level, disabled in before:
        logger.setLevel(level)
        logger.disabled = disabled


def caught(call: Callable[[], object]) -> BaseException | None:
    """What a call raised, with its traceback."""
    try:
        call()
    except Exception as error:  # of any kind: what must not be shown by ours may be by a foreign one
        return error
    return None


VERBS: Mapping[str, Callable[[Client], object]] = {
    "sign_in": lambda client: client.sign_in(),
    "submit": lambda client: client.submit(iss_passes()),
    "run": lambda client: client.resume("predict-passes/sgp4/r1", type(iss_passes())).wait(timeout=5),
    "send": lambda client: client.send("GET", "satellites"),
    "get": lambda client: client._wait(client.inner.get(Satellite, "s1")),
    "add": lambda client: client._wait(client.inner.add(satellite())),
    "update": lambda client: client._wait(client.inner.update("s1", changes())),
    "delete": lambda client: client._wait(client.inner.delete(Satellite, "s1")),
}


class Mirror:
    """Answers with all that it was told, token and password included, and with more of its own."""

    def __init__(self, status: int, make: Callable[[bytes], bytes], headers: Mapping[str, str] | None = None) -> None:
        self.status, self.make = status, make
        self.headers = {**COOKIE, **(headers or {})}
        self.server: FaultServer | None = None

    def __call__(self, connection: Any) -> None:
        assert self.server is not None
        received = self.server.received
        lines = "".join(f"{name}: {value}\n" for name, value in received.headers.items())
        connection.sendall(answer(self.status, self.make(lines.encode() + received.body), self.headers))


def said(told: bytes) -> bytes:
    return json.dumps({"message": told.decode(), "error_description": told.decode()}).encode()


def fatal(told: bytes) -> bytes:
    return json.dumps({"status": {"type": "FATAL", "text": told.decode()}, "request_id": "r1"}).encode()


def page(told: bytes) -> bytes:
    return b"<html>" + told


FAULTS: Mapping[str, Script] = {
    "reset": reset,
    "hang up": hang_up,
    "garbage": raw(b"SSH-2.0\r\n"),
    "cut in the head": cut(answer(200, b"{}", COOKIE), 30),
    "cut in the body": cut(answer(200, b"{}" * 50, COOKIE), 120),
    "bomb": reply(200, bomb(70), {"content-encoding": "gzip"}),
    "redirect": reply(307, b"", {"location": f"https://evil.example/?token={TOKEN}", **COOKIE}),
    "empty": reply(200, b"", COOKIE),
    **{
        f"{status} {make.__name__}": Mirror(status, make)
        for status in (200, 202, 400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 503)
        for make in (said, fatal, page)
    },
}
SIGN_INS: Mapping[str, Script] = {
    "no token": reply(200, {"id_token": SECRETS["id token"], "refresh_token": SECRETS["refresh token"]}, COOKIE),
    "odd token": reply(200, {**GRANTED, "access_token": f"{TOKEN}\r\n"}, COOKIE),
    "ended": reply(200, {**GRANTED, "expires_in": 0}, COOKIE),
    "cut": cut(answer(200, GRANTED, COOKIE), 150),
    **{
        f"{status} damaged": reply(status, json.dumps(GRANTED).encode()[:-1], COOKIE) for status in (201, 401, 429, 500)
    },
    "mfa": reply(403, {"error": "mfa_required", "mfa_token": SECRETS["mfa token"]}, COOKIE),
    **FAULTS,
}


def check(error: BaseException | None, client: Client | None, told: Callable[[], str]) -> None:
    secrets = SECRETS
    if error is not None:
        assert isinstance(error, OkapiError), f"foreign exception {error!r}"
        assert leaks(error, secrets) == set()
    if client is not None:
        assert leaks(client.inner, secrets) == set()
    assert found_in(told(), secrets) == set()


def serving(script: Script, server: FaultServer) -> Script:
    if isinstance(script, Mirror):
        script.server = server
    return script


@pytest.mark.fault("L5", "L6", "L14")
@pytest.mark.parametrize("fault", SIGN_INS)
def test_no_fault_of_sign_in_shows_a_secret(
    both: Both, clock: InstantClock, told: Callable[[], str], fault: str
) -> None:
    with FaultServer([reply(200, b"[]")]) as server:
        server.sign_in = serving(SIGN_INS[fault], server)
        with both.client(**{**server.client, "password": SECRETS["password"]}, clock=clock) as client:
            for verb in ("sign_in", "submit", "send"):
                error = caught(partial(VERBS[verb], client))
                check(error, client, told)


@pytest.mark.fault("S13", "B19")
@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_of_a_call_shows_a_secret(
    both: Both, clock: InstantClock, told: Callable[[], str], fault: str
) -> None:
    errors = 0
    with FaultServer([reply(200, b"[]")], sign_in=reply(200, GRANTED, COOKIE)) as server:
        server.scripts[:] = [serving(FAULTS[fault], server)]
        with both.client(**{**server.client, "password": SECRETS["password"]}, clock=clock) as client:
            for call in VERBS.values():
                error = caught(partial(call, client))
                errors += error is not None
                check(error, client, told)
    assert errors or fault in ("200 said", "200 fatal", "empty")


def test_a_record_that_cannot_be_read_shows_none_of_its_secrets(both: Both, clock: InstantClock) -> None:
    record = {"satellite_id": "s1", "slack_webhook": SLACK, "teams_webhook": [TEAMS], "mass": {"a": SLACK}}
    with FaultServer([reply(200, record)]) as server, both.client(**server.client, clock=clock) as client:
        for verb in ("get", "add", "update"):
            error = caught(partial(VERBS[verb], client))
            assert isinstance(error, ResponseFormatError)
            assert {name for text in printed(error) for name in found_in(text, SECRETS)} == set()


def test_no_closed_or_refused_client_shows_a_secret(
    both: Both, clock: InstantClock, told: Callable[[], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    with FaultServer([reply(200, b"[]")], sign_in=reply(200, GRANTED)) as server:
        client = both.client(**{**server.client, "password": SECRETS["password"]}, clock=clock)
        client.send("GET", "satellites")
        request = client.resume("predict-passes/sgp4/r1", type(iss_passes()))
        client.close()
        for call in (*VERBS.values(), lambda _: request.wait()):
            check(caught(partial(call, client)), client, told)
    monkeypatch.setenv("OKAPI_PASSWORD", SECRETS["file password"])
    password = SECRETS["password"]
    for options in (
        {"username": "user", "password": f"{password}\n"},
        {"username": "user", "password": password, "environment": "nowhere"},
        {"username": "user", "password": password, "timeout": -1},
        {"username": "user", "password": password, "max_connections": 0},
        {"username": "user", "password": password, "ssl_context": 5},
        {"password": password},
        {"username": "user", "password": ""},
        {},
    ):
        check(caught(partial(both.client, **options)), None, told)
    # What is written into an address is not taken for a secret, only refused without being shown.
    address = f"https://user:{SECRETS['address password']}@okapi.example"
    error = caught(lambda: both.client(username="user", password=password, base_url=address))
    assert found_in(f"{error} {error!r} {told()}", SECRETS) == set()


def test_no_proxy_password_shows(
    both: Both, clock: InstantClock, told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultServer([reply(407)]) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url.replace("//", f"//user:{SECRETS['proxy password']}@"))
        where = {"base_url": "https://okapi.example", "token_url": "https://okapi.example/t"}
        with both.client(username="user", password=SECRETS["password"], clock=clock, **where) as client:
            check(caught(client.sign_in), client, told)
        assert proxy.connections


def test_the_search_finds_what_is_there(both: Both) -> None:
    # A test that cannot fail proves nothing: in clear text each way of looking finds it.
    secrets = {"one": "s3cr3t"}
    error = OkapiError("s3cr3t")
    assert leaks(error, secrets) == {"one, printed", "one, in the traceback's locals", "one, reached"}
    assert leaks({"a": [{"b": (b"x s3cr3t",)}]}, secrets) == {"one, printed", "one, reached"}
    assert not {"s3cr3t"} & {thing for thing in reachable([SecretStr("s3cr3t")]) if isinstance(thing, str)}
    hidden = lambda: hidden_text  # noqa: E731
    hidden_text = "s3cr3t"
    assert leaks(hidden, secrets) == {"one, reached"}
    with both.client(username="user", password="s3cr3t") as client:
        assert client.inner._session.tokens._credentials.password.get_secret_value() == "s3cr3t"
        client.inner._note = "s3cr3t"
        assert leaks(client.inner, secrets) == {"one, printed", "one, reached"}


def test_credentials_are_used_from_where_they_were_given(told: Callable[[], str]) -> None:
    environ = {"OKAPI_USERNAME": "user", "OKAPI_PASSWORD": SECRETS["file password"]}
    assert leaks(credentials_from(None, None, environ), SECRETS) == set()
    with OkapiClient("user", SECRETS["password"]) as client:
        assert leaks(client, SECRETS) == set()
