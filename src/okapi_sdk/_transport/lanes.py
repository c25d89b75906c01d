"""Lanes: connections that one caller uses at a time, each within a transport of httpx."""

from __future__ import annotations

import importlib
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from .. import _version
from .._engine.effects import HttpRequest
from ..errors import ConfigurationError, InputError, InputProblem
from ..settings.environments import Environment
from ..settings.network import proxy_for, trusting_context
from ..text import short
from .network import AsyncNetwork, Network

LibraryName = Literal["httpx", "httpx2"]

_HEADERS = {"user-agent": f"okapi-sdk/{_version.__version__}", "accept-encoding": "gzip"}
CONNECT_SECONDS = 5.0
# Shorter than servers keep idle connections, so that a submit never uses one that is just being closed.
KEEPALIVE_SECONDS = 2.0


class Library:
    """httpx with httpcore, or httpx2 with httpcore2: the same names in both."""

    def __init__(self, name: str) -> None:
        if name not in ("httpx", "httpx2"):
            raise InputError("OkapiClient", (InputProblem("http_library", short(name), "httpx or httpx2", ""),))
        missing = None
        try:
            self.httpx: Any = importlib.import_module(name)
            self.core: Any = importlib.import_module(name.replace("httpx", "httpcore"))
        except ImportError as error:
            missing = error.name
        if missing:
            raise ConfigurationError(f'http_library="{name}" needs {missing}: pip install "okapi-sdk[httpx2]"')
        self._url = lru_cache(256)(self.httpx.URL)

    @classmethod
    def of(cls, client: Any, kind: str) -> Library:
        """The library of a lent client; `InputError` if it is not one of this kind."""
        for name in ("httpx", "httpx2"):
            if name in sys.modules and isinstance(client, getattr(sys.modules[name], kind)):
                return cls(name)
        problem = InputProblem("http_client", short(client), f"an httpx.{kind}", "leave it out for an own one")
        raise InputError("OkapiClient", (problem,))

    def request(self, request: HttpRequest, left: float) -> Any:
        """A request of the library; ``left`` bounds each operation, and `network` all of them together."""
        limits = {"connect": min(CONNECT_SECONDS, left), "read": left, "write": left, "pool": left}
        url, body = self._url(request.url), self.httpx.ByteStream(request.content or b"")
        headers = {"host": url.netloc, **_HEADERS, **request.headers}
        if request.content is not None:
            headers["content-length"] = str(len(request.content))
        # Of a stream, unlike of content, httpx makes no second and third set of headers.
        made = self.httpx.Request(request.method, url, headers=headers, stream=body, extensions={"timeout": limits})
        made.read()  # for hooks and mocks
        return made


class Lane:
    """One connection. If anything goes wrong on it, it is closed and forgotten, never repaired."""

    def __init__(self, route: Route, network: Network) -> None:
        self.network = network
        prefix = "Async" if isinstance(network, AsyncNetwork) else ""
        self.transport: Any = getattr(route.library.httpx, f"{prefix}HTTPTransport")(verify=route.context)
        self._connection: Any = route.pool(prefix, network).create_connection(route.origin)
        # The one private name of another library. The pool itself is not used: a Ctrl-C can leave its lock locked.
        self.transport._pool = self._connection

    def is_whole(self) -> bool:
        """Whether the last exchange ended as it should."""
        return bool(self._connection.is_idle())

    def is_usable(self) -> bool:
        """Whether it can serve another request: nothing is left over, and the server has not closed it."""
        return not self._connection.has_expired()


@dataclass
class Route:
    """One origin: what all requests to it have in common, and its idle lanes, the latest last."""

    library: Library
    url: str
    context: ssl.SSLContext
    proxy: Any = None
    idle: list[Lane] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.origin = self.library.core.URL(self.url).origin
        to_proxy = self.proxy is not None and self.proxy.url.scheme == "https"
        self._layers = self.url.startswith("https") + to_proxy

    def lane(self, network: type[Network]) -> Lane:
        """A new lane; it connects with its first request."""
        return Lane(self, network(self.library.core, self._layers))

    def pool(self, prefix: str, network: Network) -> Any:
        """A pool of httpcore, for the connections that it can create."""
        core = self.library.core
        options = {"ssl_context": self.context, "keepalive_expiry": KEEPALIVE_SECONDS, "network_backend": network}
        if self.proxy is None:
            return getattr(core, f"{prefix}ConnectionPool")(**options)
        url = self.proxy.url
        where = core.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
        kind = "HTTPProxy" if url.scheme in ("http", "https") else "SOCKSProxy"
        return getattr(core, prefix + kind)(proxy_url=where, proxy_auth=self.proxy.raw_auth, **options)


def routes_of(environment: Environment, library: Library, context: ssl.SSLContext | None) -> Mapping[str, Route]:
    """The routes of an environment by their origins."""
    found = {}
    for url in {origin(environment.base_url), origin(environment.token_url)}:
        # Plain HTTP goes to loopback only, and needs no certificates.
        trusted = context or (
            trusting_context() if url.startswith("https") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )
        proxy = proxy_for(url)
        found[url] = Route(library, url, trusted, proxy and library.httpx.Proxy(proxy))
    return found


def origin(url: str) -> str:
    """Scheme, host and port."""
    return "/".join(url.split("/", 3)[:3])
