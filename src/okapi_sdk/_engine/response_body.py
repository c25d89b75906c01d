"""Response bodies: read up to a size limit, and rejected if incomplete.

Common HTTP clients accept a truncated gzip body as complete, and decompress a gzip bomb before its size can be checked.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable
from typing import Any

from ..results.response import RawResponse, parse_json
from .effects import Failure

_MAX_PIECE = 2**18
"""Bytes to decompress at a time. Small, so that the size check stops a gzip bomb early."""
_MAX_STATUS_BODY = 2**20
"""Size limit in bytes for a body without a result: the status of a running calculation, or an error."""


class BadBodyError(Exception):
    """Raised when a body cannot be used. Does not leave the SDK."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


class Body:
    """Collects a body of at most ``limit`` decoded bytes, and rejects incomplete gzip."""

    def __init__(self, status_code: int, raw_headers: Iterable[tuple[bytes, bytes]], limit: int) -> None:
        self._status_code = status_code
        self._headers: dict[str, str] = {}
        for raw_name, raw_value in raw_headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            if name == "set-cookie":  # may hold a secret, and the SDK never sends cookies back
                continue
            self._headers[name] = f"{self._headers[name]}, {value}" if name in self._headers else value
        self._limit = min(limit, _MAX_STATUS_BODY) if status_code == 202 or status_code >= 300 else limit
        # Not a list of chunks: joining them would hold the body in memory twice.
        self._content = io.BytesIO()
        self._size = 0
        self._decompressor: Any = None
        self._has_gzip_data = False
        encoding = self._headers.get("content-encoding", "").strip().lower()
        if encoding in ("gzip", "x-gzip"):
            self._decompressor = zlib.decompressobj(wbits=31)
        elif encoding not in ("", "identity"):
            raise self._bad("encoding", f"its content encoding {encoding[:40]!r} was not requested")
        length = self._headers.get("content-length", "")
        if length.isascii() and length.isdigit() and float(length) > self._limit:
            raise self._too_large()
        chunked = "transfer-encoding" in self._headers
        self.has_end = chunked or "content-length" in self._headers
        """True if the headers define the end of the body. Otherwise it ends when the connection does."""
        if chunked and "content-length" in self._headers:
            raise self._bad("encoding", "it has both a length and chunks, which may contradict each other")
        if status_code == 206:
            raise self._bad("partial", "it is partial, but the whole content was requested")

    def feed(self, chunk: bytes) -> None:
        """Add received bytes, before any decompression.

        Raises:
            BadBodyError: if the body is too large, or its gzip stream is damaged.
        """
        if self._decompressor is None:
            self._append(chunk)
            return
        self._has_gzip_data = True
        while chunk:
            if self._decompressor.eof:  # another gzip member (RFC 1952, 2.2)
                self._decompressor = zlib.decompressobj(wbits=31)
            self._append(self._decompress(chunk))
            # zlib may have consumed the whole chunk and still hold back output. The next chunk releases it: there is
            # one, because the end of the gzip stream has not arrived yet.
            chunk = self._decompressor.unconsumed_tail or self._decompressor.unused_data

    def _decompress(self, chunk: bytes) -> bytes:
        try:
            piece: bytes = self._decompressor.decompress(chunk, _MAX_PIECE)
        except zlib.error:
            pass
        else:
            return piece
        raise self._bad("encoding", "its gzip stream is damaged")

    def _append(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise self._too_large()
        self._content.write(piece)

    def response(self, *, cut: bool = False) -> RawResponse:
        """Return the complete response.

        Args:
            cut: True if the body ended with a connection that may have been cut. A success then counts as complete only
                if the body itself marks its end, as JSON and gzip do. An error is accepted with any body.

        Raises:
            BadBodyError: if the body is incomplete.
        """
        if self._has_gzip_data and not self._decompressor.eof:
            raise self._bad("truncated", "its gzip stream is incomplete")
        content = self._content.getvalue()
        if cut and not self._has_gzip_data and self._status_code < 300 and not _is_complete_json(content):
            raise self._bad("truncated", "it has no length, and the connection may have been cut")
        return RawResponse(self._status_code, self._headers, content)

    def _too_large(self) -> BadBodyError:
        return self._bad("too_large", f"it is larger than {self._limit} bytes")

    def _bad(self, reason: Any, detail: str) -> BadBodyError:
        return BadBodyError(Failure(reason, detail, sent=True, status_code=self._status_code))


def _is_complete_json(content: bytes) -> bool:
    # A number does not mark its end: 12 may be the beginning of 123.
    if not content.rstrip().endswith((b"}", b"]", b'"')):
        return False
    try:
        parse_json(content)
    except (ValueError, RecursionError):
        return False
    return True
