"""Routes to a server: libraries, origins, lanes, proxies and certificates."""

from __future__ import annotations

import importlib.util
import logging
import ssl
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from okapi_sdk import ConfigurationError, InputError, OkapiClient, __version__
from okapi_sdk._engine.effects import HttpRequest
from okapi_sdk._transport import lanes
from okapi_sdk._transport.async_network import AsyncNetwork
from okapi_sdk._transport.lanes import Lane, Library, Route
from okapi_sdk._transport.sync_network import SyncNetwork
from okapi_sdk.settings import network as network_settings
from okapi_sdk.settings.environments import Environment
from tests.support import tls

HOST = "api.okapi.example"
OURS = {"user-agent": f"okapi-sdk/{__version__}", "accept-encoding": "gzip"}


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://h.example", "https://h.example"),
        ("https://h.example/a/b/c", "https://h.example"),
        ("http://[::1]:9/a", "http://[::1]:9"),
    ],
)
def test_the_origin_of_a_url(url: str, origin: str) -> None:
    assert lanes.origin(url) == origin


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://h.example", "h.example"),
        ("https://h.example:443", "h.example"),
        ("https://h.example:80", "h.example:80"),
        ("http://127.0.0.1:80", "127.0.0.1"),
        ("http://127.0.0.1:443", "127.0.0.1:443"),
        ("http://[::1]:9", "[::1]:9"),
        ("http://[::1]:80", "[::1]"),
    ],
)
def test_a_request_names_the_host_without_the_port_of_its_scheme(origin: str, host: str) -> None:
    ours = HttpRequest("GET", f"{origin}/a?b=c", {"accept": "a/b", "user-agent": "x"}, b"1234567890")
    request = Library("httpx").request(ours, 60.0)
    expected = {"host": host, **OURS, "user-agent": "x", "accept": "a/b", "content-length": "10"}
    assert dict(request.headers) == expected
    assert (request.method, request.url.raw_path, b"".join(request.stream)) == ("GET", b"/a?b=c", b"1234567890")
    assert request.extensions == {"timeout": {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 60.0}}


def test_the_time_to_connect_is_limited() -> None:
    request = Library("httpx").request(HttpRequest("GET", "http://h.example", {}), 0.25)
    assert set(request.extensions["timeout"].values()) == {0.25}
    assert "content-length" not in request.headers


def test_each_origin_has_its_route(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Environment("https://api.example/root", "https://auth.example/t", "a", "c")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "auth.example")
    context = tls.trusting()
    routes = lanes.routes_by_origin(here, Library("httpx"), context)
    assert set(routes) == {"https://api.example", "https://auth.example"}
    api, auth = routes["https://api.example"], routes["https://auth.example"]
    assert (str(api.proxy.url), auth.proxy) == ("http://proxy.example:3128", None)
    assert {api.context, auth.context} == {context}


@pytest.mark.parametrize(
    ("origin", "proxy", "kind", "layers"),
    [
        ("http://127.0.0.1:9", None, "HTTPConnection", 0),
        ("https://h.example", None, "HTTPConnection", 1),
        ("https://h.example", "http://u:p@p.example:3128", "TunnelHTTPConnection", 1),
        ("https://h.example", "https://p.example", "TunnelHTTPConnection", 2),
        ("https://h.example", "socks5://p.example", "Socks5Connection", 1),
    ],
)
@pytest.mark.parametrize("network", [SyncNetwork, AsyncNetwork])
def test_a_lane_is_one_connection_inside_an_httpx_transport(
    origin: str, proxy: str | None, kind: str, layers: int, network: Any
) -> None:
    route = Route(Library("httpx"), origin, tls.trusting(), proxy and httpx.Proxy(proxy))
    lane = route.new_lane(network)
    prefix = "" if network is SyncNetwork else "Async"
    assert isinstance(lane.transport, getattr(httpx, f"{prefix}HTTPTransport"))
    assert type(lane._connection).__name__ == prefix + kind
    assert (lane.network.tls_layers, lane.network.core, type(lane.network)) == (layers, httpcore, network)
    assert lane.is_idle() is False


def test_httpx_transports_keep_their_pool_under_the_one_private_name_in_use() -> None:
    # If httpx renamed it, every exchange would bypass the deadlines.
    assert isinstance(httpx.HTTPTransport()._pool, httpcore.ConnectionPool)
    assert isinstance(httpx.AsyncHTTPTransport()._pool, httpcore.AsyncConnectionPool)
    lane: Lane = Route(Library("httpx"), "http://127.0.0.1:9", tls.trusting()).new_lane(SyncNetwork)
    assert lane.transport._pool is lane._connection


def test_an_unknown_library_is_rejected() -> None:
    with pytest.raises(InputError, match="http_library"):
        OkapiClient("u", "p", http_library="requests")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(name, name=name)

    monkeypatch.setattr(lanes.importlib, "import_module", missing)
    with pytest.raises(ConfigurationError, match=r'needs httpx2: pip install "okapi-sdk\[httpx2\]"'):
        Library("httpx2")


# Proxies


@pytest.mark.parametrize(
    ("origin", "environment", "proxy"),
    [
        (f"https://{HOST}", {}, None),
        (f"https://{HOST}", {"HTTPS_PROXY": "http://p.example:1"}, "http://p.example:1"),
        (f"https://{HOST}", {"https_proxy": "p.example:1"}, "http://p.example:1"),
        (f"https://{HOST}", {"HTTPS_PROXY": "https://p.example:1"}, "https://p.example:1"),
        (f"https://{HOST}", {"HTTP_PROXY": "http://p.example:1"}, None),
        (f"https://{HOST}", {"ALL_PROXY": "http://p.example:1"}, "http://p.example:1"),
        (f"https://{HOST}", {"ALL_PROXY": "http://p.example:1", "HTTPS_PROXY": "http://q.example"}, "http://q.example"),
        (f"https://{HOST}:8443", {"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "okapi.example"}, None),
        (f"https://{HOST}", {"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "x.example"}, "http://p.example:1"),
        (f"https://{HOST}", {"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": "*"}, None),
        (f"https://{HOST}:8443", {"HTTPS_PROXY": "http://p.example:1", "NO_PROXY": f"{HOST}:8443"}, None),
        (f"https://{HOST}:8444", {"HTTPS_PROXY": "p.example:1", "NO_PROXY": f"{HOST}:8443"}, "http://p.example:1"),
        (f"https://{HOST}", {"HTTPS_PROXY": " "}, None),
        (f"https://{HOST}", {"HTTPS_PROXY": " p.example:1 "}, "http://p.example:1"),
        ("http://127.0.0.1:9", {"HTTP_PROXY": "http://p.example:1", "ALL_PROXY": "http://p.example:1"}, None),
        ("http://[::1]:9", {"HTTP_PROXY": "http://p.example:1"}, None),
        ("https://localhost", {"HTTPS_PROXY": "http://p.example:1"}, "http://p.example:1"),
    ],
)
def test_proxies_from_environment_variables(
    monkeypatch: pytest.MonkeyPatch, origin: str, environment: dict[str, str], proxy: str | None
) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    assert network_settings.proxy_for(origin) == proxy


@pytest.mark.parametrize(
    "proxy", ["ftp://p.example:1", "http://", "http://:3128", "http://p.example:port", "p.example:65536"]
)
def test_an_invalid_proxy(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConfigurationError) as caught:
        network_settings.proxy_for(f"https://{HOST}")
    assert str(caught.value) == (
        f"The proxy that the environment sets for {HOST} is not a valid http, https or socks5 URL."
    )


def test_a_socks_proxy_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://p.example:1080")
    asked: list[str] = []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: asked.append(name))
    with pytest.raises(ConfigurationError) as caught:
        network_settings.proxy_for(f"https://{HOST}")
    assert str(caught.value) == (
        f"The proxy that the environment sets for {HOST} needs a package that is not installed: "
        'pip install "httpx[socks]".'
    )
    assert asked == ["socksio"]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: "spec")
    proxy = network_settings.proxy_for(f"https://{HOST}")
    assert proxy == "socks5://p.example:1080"


# Certificates


def test_all_clients_share_one_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_settings, "_context", None)
    context = network_settings.trusting_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert network_settings.trusting_context() is context
    here = Environment("https://api.example", "http://127.0.0.1:9/t", "a", "c")
    routes = lanes.routes_by_origin(here, Library("httpx"), None)
    assert routes["https://api.example"].context is context
    assert routes["http://127.0.0.1:9"].context.verify_mode is ssl.CERT_REQUIRED


def test_invalid_certificates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    monkeypatch.setattr(network_settings, "_context", None)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    for _ in range(2):
        with pytest.raises(ConfigurationError) as caught:
            network_settings.trusting_context()
        assert str(caught.value) == ("Cannot load the CA certificates from SSL_CERT_FILE or SSL_CERT_DIR (SSLError).")


def test_a_key_log_is_reported_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(network_settings, "_context", None)
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    for _ in range(2):
        network_settings.trusting_context()
    assert caplog.record_tuples == [
        (
            "okapi_sdk",
            logging.WARNING,
            "SSLKEYLOGFILE is set: the keys of all TLS connections are written to that file",
        )
    ]


def test_a_key_log_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_settings, "_context", None)
    monkeypatch.setenv("SSLKEYLOGFILE", "/nonexistent/keys")
    with pytest.raises(ConfigurationError) as caught:
        network_settings.trusting_context()
    assert str(caught.value) == "Cannot write to the file in SSLKEYLOGFILE (FileNotFoundError)."
