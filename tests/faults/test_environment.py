"""What surrounds a client (rows E): addresses, proxies, CA files, files that are not its own, locales."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from okapi_sdk import OkapiClient, RetryPolicy, TransportError, TransportTimeoutError
from okapi_sdk.settings import network as network_settings
from tests.support import tls
from tests.support.both import Both
from tests.support.faults import FaultServer, raw, reply
from tests.support.tls import TlsServer

from .outcomes import Record, error_of, in_time

ONCE = RetryPolicy(attempts=1)
HOST = "api.okapi.example"


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets the name of this test's platform resolve to given addresses, in order."""

    def to(*addresses: str) -> None:
        real = socket.getaddrinfo

        def lookup(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
            if host not in (HOST, HOST.encode()):
                return real(host, port, *arguments, **options)
            return [entry for address in addresses for entry in real(address, port, type=socket.SOCK_STREAM)[:1]]

        monkeypatch.setattr(socket, "getaddrinfo", lookup)

    return to


def no_address(*_: Any, **__: Any) -> Any:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def named(server: FaultServer) -> dict[str, str]:
    url = server.url.replace("127.0.0.1", HOST)
    return {**server.client, "base_url": url, "token_url": f"{url}/oauth/token"}


@pytest.mark.fault("E14")
def test_the_next_address_is_tried(both: Both, resolve: Callable[..., None]) -> None:
    resolve("127.0.0.9", "::1", "127.0.0.1")  # nobody listens at the first two
    with TlsServer([reply(200, [])], context=tls.good(HOST)) as server:
        with both.client(**named(server), ssl_context=tls.trusting(), retry=ONCE) as client:
            assert client.send("GET", "satellites").json() == []


@contextlib.contextmanager
def black_hole(address: str, port: int) -> Any:
    """A listener whose queue is full: it answers no further connection."""
    with socket.create_server((address, port), backlog=0) as listener, contextlib.ExitStack() as stack:
        for filler in [stack.enter_context(socket.socket()) for _ in range(4)]:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield


@pytest.mark.fault("E14")
def test_a_silent_address_leaves_time_for_the_next(both: Both, resolve: Callable[..., None]) -> None:
    resolve("127.0.0.9", "127.0.0.1")
    with TlsServer([reply(200, [])], context=tls.good(HOST)) as server:
        with black_hole("127.0.0.9", int(server.url.rpartition(":")[2])):
            with both.client(**named(server), ssl_context=tls.trusting(), retry=ONCE, timeout=2) as client:
                assert client.send("GET", "satellites").json() == []


@pytest.mark.fault("E14", "X20")
def test_many_silent_addresses_keep_to_the_deadline(
    both: Both, resolve: Callable[..., None], record_property: Record
) -> None:
    addresses = [f"127.0.0.{number}" for number in range(9, 13)]
    resolve(*addresses)
    with FaultServer([reply(200, [])]) as server, contextlib.ExitStack() as stack:
        for address in addresses:
            stack.enter_context(black_hole(address, int(server.url.rpartition(":")[2])))
        where = {name: text.replace("http:", "https:") for name, text in named(server).items()}
        with both.client(**where, retry=ONCE, timeout=0.4) as client:
            with in_time(0.4, record_property):
                error_of(TransportTimeoutError, client.sign_in)


@pytest.mark.fault("E14")
def test_a_name_without_an_address(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    where = {"base_url": f"https://{HOST}", "token_url": f"https://{HOST}/t"}
    with both.client(username="u", password="p", **where, retry=ONCE) as client:
        monkeypatch.setattr(socket, "getaddrinfo", no_address)
        assert "Name or service not known" in str(error_of(TransportError, client.sign_in))


@pytest.mark.fault("E15")
def test_a_proxy_that_wants_a_password(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    denied = raw(
        b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
    )
    with FaultServer([denied]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//user:secret-of-the-proxy@"))
        monkeypatch.delenv("https_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        where = {"base_url": f"https://{HOST}", "token_url": f"https://{HOST}/t"}
        with both.client(username="u", password="secret-7", **where, retry=ONCE) as client:
            error = error_of(TransportError, client.sign_in)
        assert "407" in str(error)
        assert "secret" not in str(error)
        assert [request.method for request in proxy.requests] == ["CONNECT"]
        assert proxy.requests[0].path == f"{HOST}:443"
        assert b"secret-7" not in proxy.requests[0].body
        monkeypatch.setenv("NO_PROXY", "example")
        with both.client(username="u", password="secret-7", **where, retry=ONCE, timeout=2) as client:
            monkeypatch.setattr(socket, "getaddrinfo", no_address)
            error_of(TransportError, client.sign_in)
        assert len(proxy.requests) == 1


CA_VARIABLES = ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"]


@pytest.mark.fault("E16")
@pytest.mark.parametrize("variable", CA_VARIABLES)
def test_variables_that_name_ca_certificates(
    both: Both, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(tls.authority().cert_pem.bytes())
    hashed = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", file], capture_output=True, text=True)
    (tmp_path / f"{hashed.stdout.strip()}.0").write_bytes(file.read_bytes())
    for name in CA_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(tmp_path if variable == "SSL_CERT_DIR" else file))
    monkeypatch.setattr(network_settings, "_context", None)
    with TlsServer([reply(200, [])]) as server, both.client(**server.client, retry=ONCE) as client:
        if variable.startswith("SSL_"):
            client.sign_in()
        else:
            assert "SSL_CERT_FILE" in str(error_of(TransportError, client.sign_in))


@pytest.mark.fault("E16")
def test_a_key_log_is_told_of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    monkeypatch.setattr(network_settings, "_context", None)
    with caplog.at_level(logging.WARNING, "okapi_sdk"):
        OkapiClient("u", "p").close()
    assert "SSLKEYLOGFILE" in caplog.text


WATCHED = """
import asyncio, os, sys
touched = []
sys.addaudithook(lambda event, found: touched.append(str(found[0])) if event in ("open", "os.listdir") else None)
from okapi_sdk import AsyncOkapiClient, OkapiClient
at = dict(username="b\\u00fcro@example.com", password="p\\u00e4ss-\\u20ac-\\U0001f6f0",
          base_url=sys.argv[1], token_url=sys.argv[1] + "/oauth/token")
async def main():
    async with AsyncOkapiClient(**at) as client:
        return (await client.send("GET", "satellites", params={"name": "\\u00e9toile"})).json()["name"]
if sys.argv[2] == "async":
    name = asyncio.run(main())
else:
    with OkapiClient(**at) as client:
        name = client.send("GET", "satellites", params={"name": "\\u00e9toile"}).json()["name"]
print(ascii(name))
for path in touched:
    if os.path.basename(path) in (".netrc", "_netrc", ".env", "env") or path.startswith(sys.argv[3]):
        print("touched", path)
"""


@pytest.mark.fault("E17", "E18", "E19", "E20")
@pytest.mark.parametrize(
    "home",
    [
        pytest.param({}, id="home"),
        pytest.param({"HOME": "/nonexistent", "USERPROFILE": "/nonexistent"}, id="no home"),
        pytest.param({"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, id="locale C"),
        pytest.param({"TZ": "Nowhere/Atall", "PYTHONTZPATH": ""}, id="no zones"),
    ],
)
def test_files_and_settings_of_the_user_have_no_say(both: Both, tmp_path: Path, home: dict[str, str]) -> None:
    with FaultServer([reply(200, '{"name": "\u00e9toile"}'.encode())]) as server:
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login netrc-user password netrc-secret\n")
        (tmp_path / ".netrc").chmod(0o600)
        (tmp_path / ".env").write_text("OKAPI_USERNAME=env-user\nOKAPI_PASSWORD=env-secret\nHTTPS_PROXY=http://x\n")
        inner = tmp_path / "project"
        inner.mkdir()
        (inner / ".env").write_text("OKAPI_PASSWORD=env-secret\n")
        kept = {name: text for name, text in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
        environment = {**kept, "HOME": str(tmp_path), "NETRC": str(tmp_path / ".netrc"), **home}
        tmp_path.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", WATCHED, server.url, both.kind, str(tmp_path)],
            cwd=inner, env=environment, capture_output=True, timeout=60, check=True,
        )  # fmt: skip
        tmp_path.chmod(0o755)
    assert done.stdout.decode().splitlines() == ["'\\xe9toile'"]
    (call,) = server.requests
    assert call.headers["authorization"].startswith("Bearer ")
    assert call.path == "/satellites?name=%C3%A9toile"
    assert sorted(found.name for found in tmp_path.iterdir()) == [".env", ".netrc", "project"]
