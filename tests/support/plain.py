"""httpx for plain HTTP. Left to itself, it reads all root certificates for each client, which takes 20 ms."""

from __future__ import annotations

import ssl
from functools import partial

import httpx

_NO_ROOTS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

Client = partial(httpx.Client, verify=_NO_ROOTS)
AsyncClient = partial(httpx.AsyncClient, verify=_NO_ROOTS)
get = partial(httpx.get, verify=_NO_ROOTS)
post = partial(httpx.post, verify=_NO_ROOTS)
request = partial(httpx.request, verify=_NO_ROOTS)
