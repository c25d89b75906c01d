"""The way to a server: origins, hosts, pools, proxies and certificates."""

from __future__ import annotations

import importlib.util
import logging
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import httpcore
import httpx
import pytest

from okapi_sdk import ConfigurationError, __version__
from okapi_sdk._engine.effects import HttpRequest
from okapi_sdk._transport import http
from okapi_sdk._transport.network import Network
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
def test_the_origin_of_an_address(url: str, origin: str) -> None:
    assert http._origin(url) == origin


def test_time_to_connect_is_bounded() -> None:
    assert http._timeouts(60.0) == {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 60.0}
    assert http._timeouts(0.25) == {"connect": 0.25, "read": 0.25, "write": 0.25, "pool": 0.25}


@pytest.mark.parametrize(
    ("origin", "host", "port"),
    [
        ("https://h.example", "h.example", None),
        ("https://h.example:443", "h.example", 443),
        ("https://h.example:80", "h.example:80", 80),
        ("http://127.0.0.1:80", "127.0.0.1", 80),
        ("http://127.0.0.1:443", "127.0.0.1:443", 443),
        ("http://[::1]:9", "[::1]:9", 9),
        ("http://[::1]:80", "[::1]", 80),
    ],
)
def test_the_host_is_named_without_the_port_of_its_scheme(origin: str, host: str, port: int | None) -> None:
    route = http._Route("the pool", origin)
    request = route.request(HttpRequest("GET", f"{origin}/a?b=c", {"accept": "a/b"}, b"1234567890"), 60.0, print)
    assert route.pool == "the pool"
    assert dict(request.headers) == {
        name.encode(): text.encode()
        for name, text in {"host": host, **OURS, "accept": "a/b", "content-length": "10"}.items()
    }
    assert (request.method, request.url.target, request.url.port) == (b"GET", b"/a?b=c", port)
    assert (request.url.scheme, request.url.host) == (
        origin.partition(":")[0].encode(),
        httpcore.URL(origin).host,
    )
    assert request.extensions == {"timeout": http._timeouts(60.0), "trace": print}
    assert b"".join(cast("Any", request.stream)) == b"1234567890"
    assert route.request(HttpRequest("GET", origin, {}), 1.0, print).url.target == b"/"


def test_each_origin_has_its_route(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def pool(proxy: httpx.Proxy | None) -> str:
        made.append(proxy and str(proxy.url))
        return f"pool {len(made)}"

    here = Environment("https://api.example/root", "https://auth.example/t", "a", "c")
    routes = http._Routes(here, pool)
    assert made == [None]
    assert [routes.of(url).pool for url in ("https://api.example/x", "https://auth.example/t")] == ["pool 1"] * 2
    assert (routes.closed, set(routes.close()), routes.closed) == (False, {"pool 1"}, True)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "auth.example")
    made.clear()
    routes = http._Routes(here, pool)
    assert made == [None, "http://proxy.example:3128"]
    assert (routes.of("https://api.example/x").pool, routes.of("https://auth.example/").pool) == ("pool 2", "pool 1")
    assert routes.of("https://api.example/x").request(
        HttpRequest("GET", "https://api.example/x", {}), 1, print
    ).url.target == (b"/x")
    assert set(routes.close()) == {"pool 1", "pool 2"}


def test_what_counts_as_closed() -> None:
    here = Environment("https://api.example", "https://api.example/t", "a", "c")
    routes = http._Routes(here, lambda _: "pool")
    with httpx.Client(trust_env=False) as lent:
        assert [http._is_closed(lent, None), http._is_closed(None, routes)] == [False, False]
    routes.close()
    assert [http._is_closed(lent, None), http._is_closed(None, routes), http._is_closed(None, None)] == [True] * 3


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
        ("http://127.0.0.1:9", {"HTTP_PROXY": "http://p.example:1", "ALL_PROXY": "http://p.example:1"}, None),
        ("http://[::1]:9", {"HTTP_PROXY": "http://p.example:1"}, None),
        ("https://localhost", {"HTTPS_PROXY": "http://p.example:1"}, "http://p.example:1"),
    ],
)
def test_the_proxy_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch, origin: str, environment: dict[str, str], proxy: str | None
) -> None:
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    found = http._proxy(origin)
    assert (None if found is None else str(found.url)) == proxy


@pytest.mark.parametrize(
    "proxy", ["ftp://p.example:1", "http://", "http://:3128", "http://p.example:port", "p.example:65536"]
)
def test_a_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConfigurationError) as caught:
        http._proxy(f"https://{HOST}")
    assert str(caught.value) == (
        f"The proxy that the environment names for {HOST} is no address of an http, https or socks5 proxy."
    )


def test_a_socks_proxy_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://p.example:1080")
    asked: list[str] = []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: asked.append(name))
    with pytest.raises(ConfigurationError) as caught:
        http._proxy(f"https://{HOST}")
    assert str(caught.value) == (
        f'The proxy that the environment names for {HOST} needs a package that is missing: pip install "httpx[socks]".'
    )
    assert asked == ["socksio"]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: "found")
    found = http._proxy(f"https://{HOST}")
    assert found is not None
    assert str(found.url) == "socks5://p.example:1080"


@pytest.mark.parametrize(
    ("proxy", "kind", "auth"),
    [
        ("http://p.example:3128", "http", None),
        ("https://user:pass@p.example:3128", "http", (b"user", b"pass")),
        ("socks5://p.example:3128", "socks", None),
        (None, "direct", None),
    ],
)
def test_the_pool_of_a_proxy(proxy: str | None, kind: str, auth: object) -> None:
    def maker(name: str) -> Callable[..., Any]:
        return lambda **options: (name, options)

    network, context = Network(), tls.trusting()
    kinds = (maker("direct"), maker("http"), maker("socks"))
    made, options = http._pool(kinds, 7, context, network, None if proxy is None else httpx.Proxy(proxy))
    expected: dict[str, Any] = {
        "ssl_context": context,
        "max_connections": 7,
        "max_keepalive_connections": 7,
        "keepalive_expiry": 2.0,
        "network_backend": network,
    }
    if proxy is not None:
        scheme = proxy.partition(":")[0].encode()
        expected["proxy_url"] = httpcore.URL(scheme=scheme, host=b"p.example", port=3128, target=b"/")
        expected["proxy_auth"] = auth
    assert (made, options) == (kind, expected)


# Certificates


def test_one_context_serves_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_context", None)
    context = http._default_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert http._default_context() is context
    made, options = http._pool((lambda **options: ("direct", options),) * 3, 1, None, Network(), None)
    assert (made, options["ssl_context"] is context) == ("direct", True)


def test_certificates_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    monkeypatch.setattr(http, "_context", None)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    for _ in range(2):
        with pytest.raises(ConfigurationError) as caught:
            http._default_context()
        assert str(caught.value) == (
            "The CA certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be loaded (SSLError)."
        )


def test_a_log_of_keys_is_told_of_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(http, "_context", None)
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    for _ in range(2):
        http._default_context()
    assert caplog.record_tuples == [
        (
            "okapi_sdk",
            logging.WARNING,
            "SSLKEYLOGFILE is set: the keys of all TLS connections are written to that file",
        )
    ]
