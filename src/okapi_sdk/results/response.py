"""HTTP responses as plain data."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from ..errors import ResponseFormatError
from ..redaction import masked_text

BOM = b"\xef\xbb\xbf"
# A number such as 1e999 is valid JSON but overflows to infinity.
_FOLDED = bytes.maketrans(b"123456789E", b"000000000e")
_DIGITS = b"0" * 200  # with a two-digit exponent, fewer digits than this cannot overflow a float
_SMALL = 2**20
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
    if len(content) > _SMALL and _memory(content) > _MAX_MEMORY:
        raise ValueError("its lists and objects are too many")
    if _may_be_huge(content):
        json.loads(content, parse_float=_finite)
    return from_json(content, allow_inf_nan=False)


def _memory(content: bytes) -> int:
    # A rough model of CPython: 230 bytes for a dictionary, 70 for a list, 40 for a number or string and its slot.
    return 230 * content.count(b"{") + 70 * content.count(b"[") + 40 * content.count(b",")


def _may_be_huge(content: bytes) -> bool:
    # Look for a three-digit exponent or a very long number after folding all digits to 0. A regular expression would
    # take three times as long as the parsing itself.
    folded = content.translate(_FOLDED)
    return b"0e000" in folded or b"0e+000" in folded or _DIGITS in folded


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
