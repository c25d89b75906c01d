"""Lanes: single connections inside httpx transports, each used by one caller at a time."""

from __future__ import annotations

import importlib
import ssl
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from .. import _version
from .._engine.effects import HttpRequest
from ..errors import ConfigurationError, InputError, InputProblem
from ..settings.environments import Environment
from ..settings.network import proxy_for, trusting_context
from ..text import short
from .network import Network

LibraryName = Literal["httpx", "httpx2"]

_HEADERS = {"user-agent": f"okapi-sdk/{_version.__version__}", "accept-encoding": "gzip"}
CONNECT_SECONDS = 5.0
# Shorter than servers keep idle connections, so that no submit uses a connection that the server is just closing.
KEEPALIVE_SECONDS = 2.0


class Library:
    """httpx with httpcore, or httpx2 with httpcore2. Both pairs use the same names."""

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
    def of(cls, client: Any, class_name: str) -> Library:
        """Return the library of a borrowed client, or raise `InputError` if it is not an instance of this class."""
        for name in ("httpx", "httpx2"):
            if name in sys.modules and isinstance(client, getattr(sys.modules[name], class_name)):
                return cls(name)
        rule, remedy = f"an httpx.{class_name}", "omit it to let the SDK create one"
        raise InputError("OkapiClient", (InputProblem("http_client", short(client), rule, remedy),))

    def request(self, request: HttpRequest, timeout: float) -> Any:
        """Build a library request. ``timeout`` limits each operation; `network` limits all of them together."""
        limits = {"connect": min(CONNECT_SECONDS, timeout), "read": timeout, "write": timeout, "pool": timeout}
        url, body = self._url(request.url), self.httpx.ByteStream(request.content or b"")
        headers = {"host": url.netloc, **_HEADERS, **request.headers}
        if request.content is not None:
            headers["content-length"] = str(len(request.content))
        # stream= is faster than content=, for which httpx builds the headers two more times.
        built = self.httpx.Request(request.method, url, headers=headers, stream=body, extensions={"timeout": limits})
        built.read()  # for hooks and mocks
        return built


class Lane:
    """One connection. If anything goes wrong on it, it is closed and replaced, never repaired."""

    def __init__(self, route: Route, network: Network) -> None:
        self.network = network
        self.transport: Any = getattr(route.library.httpx, f"{network.prefix}HTTPTransport")(verify=route.context)
        self._connection: Any = route.new_pool(network).create_connection(route.origin)
        # The only private name of another library. The pool itself is bypassed: a Ctrl-C can leave its lock locked.
        self.transport._pool = self._connection

    def is_idle(self) -> bool:
        """Return True if the last exchange ended properly."""
        return bool(self._connection.is_idle())

    def is_usable(self) -> bool:
        """Return True if the lane can serve another request: no bytes left over, and not closed by the server."""
        return not self._connection.has_expired()


class Route:
    """Everything that the requests to one origin share, and the idle lanes to it, most recently used last."""

    def __init__(self, library: Library, url: str, context: ssl.SSLContext, proxy: Any = None) -> None:
        self.library, self.context, self.proxy = library, context, proxy
        self.origin = library.core.URL(url).origin
        self.idle: list[Lane] = []
        self._tls_layers = url.startswith("https") + (proxy is not None and proxy.url.scheme == "https")

    def new_lane(self, network: type[Network]) -> Lane:
        """Create a lane, which connects when it sends its first request."""
        return Lane(self, network(self.library.core, self._tls_layers))

    def new_pool(self, network: Network) -> Any:
        """Create an httpcore pool, used only to create a connection."""
        core = self.library.core
        options = {"ssl_context": self.context, "keepalive_expiry": KEEPALIVE_SECONDS, "network_backend": network}
        if self.proxy is None:
            return getattr(core, f"{network.prefix}ConnectionPool")(**options)
        url = self.proxy.url
        proxy_url = core.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
        kind = "HTTPProxy" if url.scheme in ("http", "https") else "SOCKSProxy"
        return getattr(core, network.prefix + kind)(proxy_url=proxy_url, proxy_auth=self.proxy.raw_auth, **options)


def routes_by_origin(environment: Environment, library: Library, context: ssl.SSLContext | None) -> Mapping[str, Route]:
    """Return an environment's routes by their origins."""
    routes = {}
    for url in {origin(environment.base_url), origin(environment.token_url)}:
        # Plain HTTP is used for loopback only, and needs no certificates.
        default = trusting_context if url.startswith("https") else lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        proxy = proxy_for(url)
        routes[url] = Route(library, url, context or default(), proxy and library.httpx.Proxy(proxy))
    return routes


def origin(url: str) -> str:
    """Return the scheme, host and port of a URL, as in ``https://host:port``."""
    return "/".join(url.split("/", 3)[:3])
