"""The way to a server: which library carries it, through which proxy, with which certificates."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import logging
import os
import ssl
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

from .. import _version
from .._engine.effects import HttpRequest
from ..errors import ConfigurationError, InputError, InputProblem, short
from ..settings import Environment, is_loopback
from .network import AsyncNetwork, Network

LibraryName = Literal["httpx", "httpx2"]

HEADERS = {"user-agent": f"okapi-sdk/{_version.__version__}", "accept-encoding": "gzip"}
_PORTS = {"https": 443, "http": 80}
CONNECT_SECONDS = 5.0
# Shorter than servers keep idle connections, so that a submit never uses one that is just being closed.
KEEPALIVE_SECONDS = 2.0

log = logging.getLogger("okapi_sdk")


class Library:
    """httpx with httpcore, or httpx2 with httpcore2: the same names in both."""

    def __init__(self, name: LibraryName) -> None:
        try:
            self.httpx: Any = importlib.import_module(name)
            self.core: Any = importlib.import_module(name.replace("httpx", "httpcore"))
        except ImportError as error:
            missing = error.name
        else:
            self.url = lru_cache(256)(self.httpx.URL)
            return
        raise ConfigurationError(f'http_library="{name}" needs a package ({missing}): pip install "okapi-sdk[httpx2]"')


def library_of(client: Any, kind: str) -> Library:
    """The library that a lent client belongs to.

    Raises:
        InputError: it is no such client.
    """
    for name in ("httpx", "httpx2"):
        if name in sys.modules and isinstance(client, getattr(sys.modules[name], kind)):
            return Library(name)
    problem = InputProblem("http_client", short(client), f"an httpx.{kind}", "leave it out for an own one")
    raise InputError("OkapiClient", (problem,))


class Lane:
    """One connection, within a transport of httpx. One caller uses it at a time; it is never repaired."""

    def __init__(self, route: Route, network: Network | AsyncNetwork) -> None:
        self.network = network
        httpx, core = route.library.httpx, route.library.core
        kind = "Async" if isinstance(network, AsyncNetwork) else ""
        self.transport: Any = getattr(httpx, f"{kind}HTTPTransport")(verify=route.context)
        self.connection: Any = route.pool(core, kind, network).create_connection(route.origin)
        # The one private name of another library. A whole pool in its place has a lock that a Ctrl-C can leave locked.
        self.transport._pool = self.connection

    def is_clean(self) -> bool:
        """Whether it can serve another request: the last one left nothing behind, and the server has not closed it."""
        return bool(self.connection.is_idle() and not self.connection.has_expired())


@dataclass
class Route:
    """One origin, with what all requests to it have in common, and its idle lanes."""

    library: Library
    url: str
    context: ssl.SSLContext
    proxy: Any = None
    idle: list[Lane] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        self.origin = self.library.core.URL(self.url).origin
        host = parts.netloc.rpartition(":")[0] if parts.port == _PORTS[parts.scheme] else parts.netloc
        self._headers = {"host": host, **HEADERS}
        self._layers = (parts.scheme == "https") + (self.proxy is not None and self.proxy.url.scheme == "https")

    def lane(self, kind: type[Network] | type[AsyncNetwork]) -> Lane:
        """A new lane; it connects with its first request."""
        return Lane(self, kind(self.library.core, self._layers))

    def pool(self, core: Any, kind: str, network: Network | AsyncNetwork) -> Any:
        """A pool of httpcore, which makes connections of the right kind."""
        options = {"ssl_context": self.context, "keepalive_expiry": KEEPALIVE_SECONDS, "network_backend": network}
        if self.proxy is None:
            return getattr(core, f"{kind}ConnectionPool")(**options)
        url = self.proxy.url
        where = core.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
        name = "HTTPProxy" if url.scheme in ("http", "https") else "SOCKSProxy"
        return getattr(core, kind + name)(proxy_url=where, proxy_auth=self.proxy.raw_auth, **options)

    def request(self, request: HttpRequest, left: float) -> Any:
        """A request as httpx has it."""
        headers = {**self._headers, **request.headers}
        if request.content is not None:
            headers["content-length"] = str(len(request.content))
        httpx = self.library.httpx
        return httpx.Request(
            request.method,
            self.library.url(request.url),
            headers=headers,
            stream=httpx.ByteStream(request.content or b""),
            extensions={"timeout": timeouts(left)},
        )


def routes(environment: Environment, library: Library, context: ssl.SSLContext | None) -> Mapping[str, Route]:
    """The routes of an environment by their origins."""
    found = {}
    for url in {origin(environment.base_url), origin(environment.token_url)}:
        trusted = context or (
            default_context() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        found[url] = Route(library, url, trusted, _proxy(url, library.httpx))
    return found


def origin(url: str) -> str:
    """Scheme, host and port."""
    return "/".join(url.split("/", 3)[:3])


def timeouts(left: float) -> dict[str, float]:
    """The time limits of one operation each; all of them together are held to the deadline by `network`."""
    return {"connect": min(CONNECT_SECONDS, left), "read": left, "write": left, "pool": left}


_context: ssl.SSLContext | None = None


def default_context() -> ssl.SSLContext:
    """The context that trusts the usual certificates.

    Loading them takes 20 ms, and one context serves any number of clients. Threads that load it at once do no harm,
    whereas a lock could be held by another thread as the process forks.

    Raises:
        ConfigurationError: a variable of the environment names a file that cannot be used.
    """
    global _context
    if _context is None:
        httpx: Any = importlib.import_module("httpx")
        try:
            _context = httpx.create_ssl_context(trust_env=True)
        except OSError as error:
            problem = (
                f"the CA certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be loaded ({type(error).__name__})"
            )
            if error.filename is not None and error.filename == os.environ.get("SSLKEYLOGFILE"):
                problem = f"the file that SSLKEYLOGFILE names cannot be written ({type(error).__name__})"
        else:
            if getattr(_context, "keylog_filename", None):
                log.warning("SSLKEYLOGFILE is set: the keys of all TLS connections are written to that file")
            return _context
        raise ConfigurationError(f"{problem[0].upper()}{problem[1:]}.")
    return _context


def _proxy(url: str, httpx: Any) -> Any:
    # Read by the standard library's rules (HTTPS_PROXY, NO_PROXY and the system's settings); loopback never has one.
    proxies, parts = urllib.request.getproxies(), urlsplit(url)
    host = parts.hostname or ""
    proxy = (proxies.get(parts.scheme) or proxies.get("all") or "").strip()
    if not proxy or is_loopback(host) or urllib.request.proxy_bypass(parts.netloc):
        return None
    found: Any = None
    with contextlib.suppress(ValueError, httpx.InvalidURL):
        found = httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")
    if found is None or not found.url.host or (found.url.port or 0) > 65535:
        problem = "is no address of an http, https or socks5 proxy"
    elif found.url.scheme.startswith("socks") and not importlib.util.find_spec("socksio"):
        problem = 'needs a package that is missing: pip install "httpx[socks]"'
    else:
        return found
    raise ConfigurationError(f"The proxy that the environment names for {host} {problem}.")
