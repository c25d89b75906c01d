"""The emulator's own safety (rows Z): for this machine, for its owner's tests, and for nobody else."""

from __future__ import annotations

import http.client
import importlib.metadata
import logging
import socket
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from okapi_sdk import AuthenticationError, ConfigurationError
from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.protocol import limits
from tests.support import plain
from tests.support.both import Both
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, reply

from .outcomes import error_of

PASSES = "/predict-passes/sgp4/requests"


def port_of(emulator: Emulator) -> int:
    return int(emulator.base_url.rpartition(":")[2])


def signed_in(emulator: Emulator) -> httpx.Client:
    form = {"grant_type": "password", "username": emulator.username, "password": emulator.password}
    token = plain.post(emulator.token_url, data=form).json()["access_token"]
    return plain.Client(base_url=emulator.base_url, headers={"authorization": f"Bearer {token}"})


@pytest.mark.fault("Z1")
def test_it_binds_loopback_and_nothing_can_tell_it_otherwise(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert emulator.base_url.startswith("http://127.0.0.1:")
    for address in other_addresses():
        with socket.socket() as other:
            other.settimeout(1)
            assert other.connect_ex((address, port_of(emulator))) != 0
    for name in ("HOST", "UVICORN_HOST", "OKAPI_EMULATOR_HOST"):
        monkeypatch.setenv(name, "0.0.0.0")
    with Emulator() as another:
        assert another.base_url.startswith("http://127.0.0.1:")
    with pytest.raises(TypeError):
        Emulator(host="0.0.0.0")  # type: ignore[call-arg]


def other_addresses() -> list[str]:
    """Addresses of this machine besides loopback."""
    found = {str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return [address for address in found if not address.startswith("127.")]


@pytest.mark.fault("Z1")
def test_it_is_an_extra_of_its_own() -> None:
    needs = importlib.metadata.requires("okapi-sdk") or []
    core = {need for need in needs if "extra ==" not in need}
    assert not [need for need in core if need.startswith(("starlette", "uvicorn", "skyfield", "sgp4"))]
    assert any(need.startswith("uvicorn") and "emulator" in need for need in needs)


@pytest.mark.fault("Z2")
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"}, {"Host": "evil.example:{port}"}, {"Host": "127.0.0.1.nip.io:{port}"},
        {"Host": "127.0.0.1"}, {"Host": "[::1]:{port}"}, {"Host": "127.0.0.1:{port}, evil.example"}, {"Host": ""},
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost.evil.example:{port}"},
    ],
    ids=str,
)  # fmt: skip
def test_a_web_page_cannot_use_it(emulator: Emulator, headers: dict[str, str]) -> None:
    given = {name: text.format(port=port_of(emulator)) for name, text in headers.items()}
    for method, path in (("GET", "/"), ("POST", "/oauth/token"), ("POST", PASSES), ("OPTIONS", PASSES)):
        answer = plain.request(method, emulator.base_url + path, headers=given)
        assert answer.status_code in (400, 403, 421)
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert (emulator.sign_ins, emulator.calculations) == (0, [])


@pytest.mark.fault("Z3")
@pytest.mark.parametrize("form", ["data", "json"])
def test_real_credentials_are_refused_and_not_kept(
    emulator: Emulator, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], form: str
) -> None:
    real = {"grant_type": "password", "username": "someone@operator.example", "password": "a-real-password"}
    jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "uvicorn.error"):
        payload: Any = {form: real}
        assert plain.post(emulator.token_url, **payload).status_code == 403
        assert (
            plain.get(f"{emulator.base_url}/satellites", headers={"authorization": f"Bearer {jwt}"}).status_code == 401
        )
    own = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    for text in (*(record.getMessage() for record in own), *capfd.readouterr(), repr(emulator.calls), repr(emulator)):
        assert "a-real-password" not in text
        assert jwt not in text
    holding = [value for value in vars(emulator).values() if "a-real-password" in repr(value)]
    assert holding == []


@pytest.mark.fault("Z4")
def test_its_token_goes_nowhere_else_and_no_other_comes_to_it(both: Both, emulator: Emulator) -> None:
    here = {"base_url": emulator.base_url, "token_url": emulator.token_url}
    for where in (
        {"base_url": emulator.base_url},
        {"token_url": emulator.token_url},
        {**here, "base_url": "https://api-aether.okapiorbits.com"},
        {**here, "token_url": "https://auth.okapiorbits.com/oauth/token"},
    ):
        error_of(ConfigurationError, lambda where=where: both.client(username="u", password="p", **where))
    other_token = reply(200, {"access_token": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "expires_in": 86400})
    with FaultServer([reply(200)], sign_in=other_token) as server:
        elsewhere = {**here, "token_url": server.client["token_url"]}
        with both.client(username="u", password="p", **elsewhere) as client:
            assert error_of(AuthenticationError, client.submit, iss_passes()).reason == "token_rejected"
    with both.emulated(emulator) as client:
        client.sign_in()
        token = client.inner._session.tokens._token.value.get_secret_value()
    assert token.startswith("emulator.")


@pytest.mark.fault("Z5")
def test_a_large_body_is_refused(emulator: Emulator) -> None:
    with signed_in(emulator) as platform:
        assert platform.post(PASSES, content=b" " * (limits.LARGEST_BODY + 1)).status_code == 413
        assert platform.post(PASSES, content=(b" " * 2**20 for _ in range(9))).status_code == 413
        assert platform.post(PASSES, content=b" " * limits.LARGEST_BODY).status_code == 400


SLOW: dict[str, Callable[[int], bytes]] = {
    "nothing": lambda port: b"",
    "half a head": lambda port: b"GET / HTTP/1.1\r\nHost: 127",
    "half a second head": lambda port: b"GET / HTTP/1.1\r\nHost: 127",
    "half a body": lambda port: (
        f"POST /oauth/token HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 50\r\n\r\n{{".encode()
    ),
}


@pytest.mark.fault("Z5")
@pytest.mark.parametrize("kind", SLOW)
def test_a_slow_client_is_cut_off(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(limits, "SLOWEST_SECONDS", 0.3)
    with Emulator() as emulator, socket.create_connection(("127.0.0.1", port_of(emulator))) as slow:
        slow.settimeout(5)
        if kind == "half a second head":
            slow.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port_of(emulator)}\r\n\r\n".encode())
            first = http.client.HTTPResponse(slow)
            first.begin()
            assert b"okapi-sdk emulator" in first.read()
        slow.sendall(SLOW[kind](port_of(emulator)))
        began = time.monotonic()
        received = b""
        try:
            while chunk := slow.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
        assert time.monotonic() - began < 3
        assert (b" 408 " in received) == (kind == "half a body")
        assert plain.get(emulator.base_url).status_code == 200


@pytest.mark.fault("Z5")
def test_a_head_that_drips_is_cut_off_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SLOWEST_SECONDS", 0.3)
    with Emulator() as emulator, socket.create_connection(("127.0.0.1", port_of(emulator))) as slow:
        with pytest.raises(ConnectionError):
            for byte in b"GET / HTTP/1.1\r\n" + b"X-Slow: yes\r\n" * 50:
                slow.sendall(bytes([byte]))
                time.sleep(0.02)


@pytest.mark.fault("Z5")
def test_too_many_connections_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 5)
    with Emulator() as emulator:
        held = [socket.create_connection(("127.0.0.1", port_of(emulator))) for _ in range(20)]
        for one in held:
            one.settimeout(2)
        ended = 0
        for one in held[5:]:
            try:
                ended += one.recv(1) == b""
            except ConnectionResetError:
                ended += 1
        assert ended == 15
        for one in held:
            one.close()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                assert plain.get(emulator.base_url).status_code == 200
                break
            except httpx.TransportError:
                time.sleep(0.05)
        else:
            pytest.fail("it does not answer once the connections are gone")


@pytest.mark.fault("Z5")
def test_an_idle_connection_gives_way_to_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 3)
    with Emulator() as emulator:
        clients = [http.client.HTTPConnection("127.0.0.1", port_of(emulator), timeout=5) for _ in range(9)]
        for _ in range(2):
            for client in clients:
                client.close()  # as a client does that notices the end of its connection
                client.request("GET", "/")
                assert client.getresponse().read()
        assert emulator._server is not None
        assert len(emulator._server._state.connections) <= 3
        kept = [client for client in clients[-3:] if client.sock is not None]
        for client in kept:
            client.request("GET", "/")
            assert client.getresponse().read()
        for client in clients:
            client.close()


@pytest.mark.fault("Z6")
@pytest.mark.parametrize(
    "id", ["..", "%2e%2e", "a%2Fb", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "a%00b", "%25s", "{0}", "%0d%0aX: 1", "a" * 129]
)
def test_an_odd_id_is_not_found(emulator: Emulator, id: str) -> None:
    with signed_in(emulator) as platform:
        for path in (f"/predict-passes/sgp4/results/{id}/simple", f"/satellites/{id}", f"/{id}"):
            with socket.create_connection(("127.0.0.1", port_of(emulator))) as plain:
                head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port_of(emulator)}\r\nConnection: close\r\n"
                plain.sendall(f"{head}Authorization: {platform.headers['authorization']}\r\n\r\n".encode())
                answer = plain.makefile("rb").read()
            assert answer.split(b" ", 2)[1] in (b"404", b"400", b"422"), path
            assert b"root:" not in answer


@pytest.mark.fault("Z8")
def test_two_emulators_share_nothing(both: Both) -> None:
    with Emulator() as one, Emulator() as other:
        assert one.base_url != other.base_url
        with both.emulated(one) as client, both.emulated(other) as neighbour:
            request = client.submit(iss_passes())
            neighbour.sign_in()
            assert (len(one.calculations), len(other.calculations)) == (1, 0)
            one.revoke_tokens()
            one.fail_next(500, times=100)
            neighbour.submit(iss_passes())
            assert (one.sign_ins, other.sign_ins) == (1, 1)
            assert request.id not in [calculation.id for calculation in other.calculations]
