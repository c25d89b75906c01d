"""Network settings from environment variables: proxies and trusted certificates."""

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

log: logging.Logger = logging.getLogger("okapi_sdk")

_HOST = r"[A-Za-z0-9._:-]+\Z"


def proxy_for(origin: str) -> str | None:
    """Return the proxy URL for an origin, or None if it needs no proxy. Loopback never does.

    The standard library's rules apply: they use HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY and the system settings.

    Raises:
        ConfigurationError: if the proxy URL is not usable.
    """
    proxies, parts = urllib.request.getproxies(), urlsplit(origin)
    host = parts.hostname or ""
    proxy = (proxies.get(parts.scheme) or proxies.get("all") or "").strip()
    if not proxy or is_loopback(host) or urllib.request.proxy_bypass(parts.netloc):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    url = urlsplit(proxy)
    if not _is_usable(url):
        problem = "is not a valid http, https or socks5 URL"
    elif url.scheme.startswith("socks") and not importlib.util.find_spec("socksio"):
        problem = 'needs a package that is not installed: pip install "httpx[socks]"'
    else:
        return proxy
    raise ConfigurationError(f"The proxy that the environment sets for {host} {problem}.")


def _is_usable(proxy: SplitResult) -> bool:
    try:
        usable = proxy.port is None or proxy.port > 0
    except ValueError:
        return False
    schemes = ("http", "https", "socks5", "socks5h")
    return usable and proxy.scheme in schemes and re.match(_HOST, proxy.hostname or "") is not None


_context: ssl.SSLContext | None = None


def trusting_context() -> ssl.SSLContext:
    """Return the shared TLS context, which trusts the usual CA certificates.

    Loading them takes 20 ms, so all clients share one context. If two threads load them at once, no harm is done. A
    lock, on the other hand, could be held by another thread while the process forks.

    Raises:
        ConfigurationError: if SSL_CERT_FILE, SSL_CERT_DIR or SSLKEYLOGFILE names a file that cannot be used.
    """
    global _context
    if _context is None:
        try:
            _context = _loaded_context()
        except OSError as error:
            task = "load the CA certificates from SSL_CERT_FILE or SSL_CERT_DIR"
            if error.filename is not None and error.filename == os.environ.get("SSLKEYLOGFILE"):
                task = "write to the file in SSLKEYLOGFILE"
            problem = f"Cannot {task} ({type(error).__name__})."
        else:
            if _context.keylog_filename:
                log.warning("SSLKEYLOGFILE is set: the keys of all TLS connections are written to that file")
            return _context
        raise ConfigurationError(problem)
    return _context


def _loaded_context() -> ssl.SSLContext:
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or not folder:
        return ssl.create_default_context(cafile=file or certifi.where())
    return ssl.create_default_context(capath=folder)
