"""httpx for plain HTTP: without root certificates, which take 20 ms a client, and patient on a busy machine."""

from __future__ import annotations

import ssl
from functools import partial
from typing import Any

import httpx

_OPTIONS: dict[str, Any] = {"verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "timeout": 60}

Client = partial(httpx.Client, **_OPTIONS)
AsyncClient = partial(httpx.AsyncClient, **_OPTIONS)
get = partial(httpx.get, **_OPTIONS)
post = partial(httpx.post, **_OPTIONS)
request = partial(httpx.request, **_OPTIONS)
