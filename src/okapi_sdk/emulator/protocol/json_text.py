"""JSON text: read strictly, so that everything that was read can be written again."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from io import BytesIO
from typing import NoReturn
from uuid import uuid4


def read_json(text: bytes) -> object:
    """The value of a JSON text. Numbers must be finite, and text must be Unicode without lone surrogates.

    Raises:
        ValueError: the text is not JSON, or holds such a value.
    """
    # `json.loads` of bytes would let encoded surrogates pass.
    characters = text.decode(json.detect_encoding(text))
    try:
        value = json.loads(characters, parse_constant=_refuse_constant, parse_float=_read_float)
    except RecursionError:
        raise ValueError("the values are nested too deeply") from None
    if "\\u" in characters and not _is_unicode(value):
        raise ValueError("text contains half of a surrogate pair")
    return value


def write_json(value: object) -> bytes:
    """JSON text in ASCII."""
    # allow_nan=False: NaN is a defect of the emulator and must not leave it as invalid JSON.
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def write_long_json(value: object) -> bytes:
    """JSON text of a value in which iterators stand for lists. They are written element by element."""
    lists: list[Iterator[object]] = []
    mark = uuid4().hex

    def remember(unknown: object) -> str:
        if not isinstance(unknown, Iterator):
            raise TypeError(f"{type(unknown).__name__} is not a value of JSON")
        lists.append(unknown)
        return mark

    text = json.dumps(value, separators=(",", ":"), allow_nan=False, default=remember).encode()
    first, *others = text.split(f'"{mark}"'.encode())
    written = BytesIO()
    written.write(first)
    for elements, after in zip(lists, others, strict=True):
        separator = b"["
        for element in elements:
            written.write(separator + write_json(element))
            separator = b","
        written.write((b"[]" if separator == b"[" else b"]") + after)
    return written.getvalue()


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _read_float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:40]} is too large for a number")
    return number


def _is_unicode(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
