"""HTTP responses as plain data."""

from __future__ import annotations

import gc
import json
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from ..errors import ResponseFormatError
from ..redaction import masked_text

BOM = b"\xef\xbb\xbf"
_PIECE = 2**16
"""Bytes to scan at a time. A copy of the whole body would be slower, and would raise the peak memory by its size."""
_FOLDED = bytes.maketrans(b"123456789E+{[", b"000000000e0,,")
_EXPONENT = b"0e000"
"""Digits with a three-digit exponent, or a two-digit one with a plus sign, as `_FOLDED` leaves them."""
_DIGITS = b"0" * 200
"""With a two-digit exponent, fewer digits than this cannot overflow a float."""
_DICTIONARY = 230
"""Memory for a small dictionary in CPython, bytes."""
_MAX_MEMORY = 6 * 64 * 2**20
"""Largest memory for the objects of a body, bytes: results take up to four times their text, of at most 64 MiB."""


def parse_json(content: bytes) -> Any:
    """Parse UTF-8 JSON, with or without a byte order mark. All numbers must be finite.

    Raises:
        ValueError: if the content is not valid UTF-8 JSON, has a number that is not finite, or would need too much
            memory.
        RecursionError: if it is nested too deeply.
    """
    content = content.removeprefix(BOM)
    may_be_large, may_overflow = _suspicions(content)
    if may_be_large and _memory(content) > _MAX_MEMORY:
        raise ValueError("its lists and objects are too many")
    if may_overflow:
        json.loads(content, parse_float=_finite)
    if len(content) <= _PIECE:
        return from_json(content, allow_inf_nan=False)
    with _without_garbage_collection():
        return from_json(content, allow_inf_nan=False, cache_strings="keys")


def _suspicions(content: bytes) -> tuple[bool, bool]:
    # The objects may take too much memory; a number may overflow to infinity, such as 1e999. Both are quick upper
    # bounds. A regular expression would take three times as long as the parsing itself.
    items, may_overflow = 0, False
    for start in range(0, len(content), _PIECE):
        folded = content[start : start + _PIECE + len(_DIGITS)].translate(_FOLDED)
        items += folded.count(b",")
        may_overflow = may_overflow or _EXPONENT in folded or _DIGITS in folded
    return _DICTIONARY * items > _MAX_MEMORY, may_overflow


def _memory(content: bytes) -> int:
    # A rough model of CPython: 40 bytes for a number or string and its slot.
    return _DICTIONARY * content.count(b"{") + 70 * content.count(b"[") + 40 * content.count(b",")


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    # Until version 3.12, CPython traverses the unfinished objects again and again: half of the time for nested rows.
    if sys.version_info >= (3, 12) or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass(frozen=True)
class RawResponse:
    """An HTTP response: status code, headers (with lower-case names) and decoded body."""

    status_code: int
    """HTTP status code."""
    headers: Mapping[str, str]
    """Headers by lower-case name, without cookies."""
    content: bytes
    """The body, decompressed."""

    @property
    def text(self) -> str:
        """The body as text; invalid UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Parse the body as JSON.

        Raises:
            ResponseFormatError: if the body is not JSON, or contains NaN or an infinite number.
        """
        try:
            return parse_json(self.content)
        except (ValueError, RecursionError) as error:
            reason = str(error)
        kind = self.headers.get("content-type", "no content type")
        text = self.content[: 4 * 4096].decode("utf-8", "replace")[:4096]  # the whole may be large
        start = masked_text(text[:400])[:200]
        raise ResponseFormatError(
            f"HTTP {self.status_code} with a body that is not JSON ({kind}): {reason}. It starts with {start!r}",
            reason="not_json",
            body=text or None,
        )

    def __repr__(self) -> str:
        return f"<RawResponse {self.status_code}, {len(self.content)} bytes>"


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:20]} is not finite")
    return value
