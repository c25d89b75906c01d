"""What the environment says about the way to a server: its proxy, and the certificates to trust."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import ssl
import urllib.request
from urllib.parse import SplitResult, urlsplit

import certifi

from ..errors import ConfigurationError
from .environments import is_loopback

log = logging.getLogger("okapi_sdk")

_HOST = re.compile(r"[A-Za-z0-9._:-]+\Z")


def proxy_for(origin: str) -> str | None:
    """The URL of the proxy for an origin, by the rules of the standard library; loopback never has one.

    They read HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY and the settings of the system.

    Raises:
        ConfigurationError: it is not a usable address.
    """
    proxies, parts = urllib.request.getproxies(), urlsplit(origin)
    host = parts.hostname or ""
    proxy = (proxies.get(parts.scheme) or proxies.get("all") or "").strip()
    if not proxy or is_loopback(host) or urllib.request.proxy_bypass(parts.netloc):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    found = urlsplit(proxy)
    if not _is_usable(found):
        problem = "is no address of an http, https or socks5 proxy"
    elif found.scheme.startswith("socks") and not importlib.util.find_spec("socksio"):
        problem = 'needs a package that is missing: pip install "httpx[socks]"'
    else:
        return proxy
    raise ConfigurationError(f"The proxy that the environment names for {host} {problem}.")


def _is_usable(proxy: SplitResult) -> bool:
    try:
        usable = proxy.port is None or proxy.port > 0
    except ValueError:
        return False
    schemes = ("http", "https", "socks5", "socks5h")
    return usable and proxy.scheme in schemes and _HOST.match(proxy.hostname or "") is not None


_context: ssl.SSLContext | None = None


def trusting_context() -> ssl.SSLContext:
    """The TLS context that trusts the usual certificates.

    Loading them takes 20 ms, and one context serves any number of clients. Threads that load it at once do no harm,
    whereas a lock could be held by another thread as the process forks.

    Raises:
        ConfigurationError: a variable of the environment names a file that cannot be used.
    """
    global _context
    if _context is None:
        try:
            _context = _loaded()
        except OSError as error:
            problem = (
                f"CA certificates that SSL_CERT_FILE or SSL_CERT_DIR name cannot be loaded ({type(error).__name__})"
            )
            if error.filename is not None and error.filename == os.environ.get("SSLKEYLOGFILE"):
                problem = f"file that SSLKEYLOGFILE names cannot be written ({type(error).__name__})"
        else:
            if _context.keylog_filename:
                log.warning("SSLKEYLOGFILE is set: the keys of all TLS connections are written to that file")
            return _context
        raise ConfigurationError(f"The {problem}.")
    return _context


def _loaded() -> ssl.SSLContext:
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or not folder:
        return ssl.create_default_context(cafile=file or certifi.where())
    return ssl.create_default_context(capath=folder)
