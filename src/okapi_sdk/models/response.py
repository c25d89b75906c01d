"""An HTTP answer as plain data."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from ..errors import ResponseFormatError
from .masking import masked_text

BOM = b"\xef\xbb\xbf"
# A number such as 1e999 is JSON and reads as infinity.
_FOLDED = bytes.maketrans(b"123456789E", b"000000000e")
_DIGITS = b"0" * 200  # with two digits of exponent they can be too much for a float, fewer cannot
_SMALL = 2**20
_MOST_MEMORY = 6 * 64 * 2**20
"""What the objects of a body may take, bytes: results take up to four times their text, which is at most 64 MiB."""


def parse_json(content: bytes) -> Any:
    """JSON in UTF-8, with a byte order mark or without, all its numbers finite.

    Raises:
        ValueError: it is none, or too much to be read into memory.
        RecursionError: it is nested too deeply.
    """
    content = content.removeprefix(BOM)
    if len(content) > _SMALL and _memory(content) > _MOST_MEMORY:
        raise ValueError("its lists and objects are too many")
    if _may_be_huge(content):
        json.loads(content, parse_float=_finite)
    return from_json(content, allow_inf_nan=False)


def _memory(content: bytes) -> int:
    # Roughly what CPython needs: a dictionary takes 230 bytes, a list 70, a number or a text with its place 40.
    return 230 * content.count(b"{") + 70 * content.count(b"[") + 40 * content.count(b",")


def _may_be_huge(content: bytes) -> bool:
    # Exponents of three digits, or very many digits, with digits and the sign folded: a regular expression takes three
    # times as long as the reading itself.
    folded = content.translate(_FOLDED)
    return b"0e000" in folded or b"0e+000" in folded or _DIGITS in folded


@dataclass(frozen=True)
class RawResponse:
    """An HTTP answer: status, headers (names in lower case) and decoded body."""

    status_code: int
    """HTTP status."""
    headers: Mapping[str, str]
    """Headers by their names in lower case; cookies are left out."""
    content: bytes
    """The body, unpacked."""

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 are replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ResponseFormatError: it is none; NaN and infinities are none either.
        """
        try:
            return parse_json(self.content)
        except (ValueError, RecursionError) as error:
            found = str(error)
        kind = self.headers.get("content-type", "no content type")
        text = self.content[: 4 * 4096].decode("utf-8", "replace")[:4096]  # the whole may be large
        begin = masked_text(text[:400])[:200]
        raise ResponseFormatError(
            f"HTTP {self.status_code} with a body that is not JSON ({kind}): {found}. It begins {begin!r}",
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
