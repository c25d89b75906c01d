"""Reading an answer's body: bounded, and whole or not at all.

Common clients take a truncated gzip body for a whole one, and unpack a bomb before it can be counted.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable
from typing import Any

from ..results.response import RawResponse, parse_json
from .effects import Failure

_PIECE = 2**18
"""How much is unpacked at a time, bytes: a bomb is counted before it grows."""
_FEW_FIELDS = 2**20
"""Largest body of an answer that is no result: the status of a calculation that runs, or an error."""


class BadBodyError(Exception):
    """A body that is not to be used; no caller of the SDK sees it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


class Body:
    """Collects a body: at most ``limit`` bytes once decoded, and gzip only if it is whole."""

    def __init__(self, status_code: int, raw_headers: Iterable[tuple[bytes, bytes]], limit: int) -> None:
        self._status_code = status_code
        self._headers: dict[str, str] = {}
        for raw_name, raw_value in raw_headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            if name == "set-cookie":  # never sent back, and a session is a secret
                continue
            self._headers[name] = f"{self._headers[name]}, {value}" if name in self._headers else value
        self._limit = min(limit, _FEW_FIELDS) if status_code == 202 or status_code >= 300 else limit
        # Not a list of chunks: to join them would hold the body twice.
        self._content = io.BytesIO()
        self._size = 0
        self._unzip: Any = None
        self._begun = False
        encoding = self._headers.get("content-encoding", "").strip().lower()
        if encoding in ("gzip", "x-gzip"):
            self._unzip = zlib.decompressobj(wbits=31)
        elif encoding not in ("", "identity"):
            raise self._bad("encoding", f"its content encoding {encoding[:40]!r} was not asked for")
        length = self._headers.get("content-length", "")
        if length.isascii() and length.isdigit() and float(length) > self._limit:
            raise self._too_large()
        chunked = "transfer-encoding" in self._headers
        self.has_end = chunked or "content-length" in self._headers
        """Whether the headers say where the body ends; if not, it ends with the connection."""
        if chunked and "content-length" in self._headers:
            raise self._bad("encoding", "it has a length and chunks, and the two may differ")
        if status_code == 206:
            raise self._bad("partial", "it is a part, and the whole was asked for")

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes as they came.

        Raises:
            BadBodyError: the body is too large, or its gzip stream is damaged.
        """
        if self._unzip is None:
            self._keep(chunk)
            return
        self._begun = True
        while chunk:
            if self._unzip.eof:  # another member: RFC 1952, 2.2
                self._unzip = zlib.decompressobj(wbits=31)
            self._keep(self._inflated(chunk))
            # What zlib holds back when all of the chunk was taken comes with the next one: the end mark is not yet in.
            chunk = self._unzip.unconsumed_tail or self._unzip.unused_data

    def _inflated(self, chunk: bytes) -> bytes:
        try:
            piece: bytes = self._unzip.decompress(chunk, _PIECE)
        except zlib.error:
            pass
        else:
            return piece
        raise self._bad("encoding", "its gzip stream is damaged")

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise self._too_large()
        self._content.write(piece)

    def response(self, *, cut: bool = False) -> RawResponse:
        """The whole answer.

        Args:
            cut: the body ended with a connection that may have been cut. It counts as whole only if it shows its own
                end, as JSON and gzip do. For an error, any body will do.

        Raises:
            BadBodyError: it is not whole.
        """
        if self._begun and not self._unzip.eof:
            raise self._bad("truncated", "its gzip stream ends before its end mark")
        content = self._content.getvalue()
        if cut and not self._begun and self._status_code < 300 and not _ends(content):
            raise self._bad("truncated", "it has no length, and the connection may have been cut")
        return RawResponse(self._status_code, self._headers, content)

    def _too_large(self) -> BadBodyError:
        return self._bad("too_large", f"it is larger than {self._limit} bytes")

    def _bad(self, reason: Any, detail: str) -> BadBodyError:
        return BadBodyError(Failure(reason, detail, sent=True, status_code=self._status_code))


def _ends(content: bytes) -> bool:
    # A number shows no end: 12 may be the beginning of 123.
    if not content.rstrip().endswith((b"}", b"]", b'"')):
        return False
    try:
        parse_json(content)
    except (ValueError, RecursionError):
        return False
    return True
