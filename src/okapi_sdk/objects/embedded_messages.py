"""Records that carry a message whose place in them no source shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeVar

from ..errors import ResponseFormatError
from ..models.base import Message, Record
from ..models.envelope import unwrap
from ..text import short

M = TypeVar("M", bound=Message)


def carried(record: Record, kind: type[M], keys: Collection[str]) -> M:
    """The message of a kind that a record is, or that stands under one of its keys; ``keys`` tell it from others.

    Raises:
        ResponseFormatError: there is none, or it lacks what such a message must have.
    """
    for candidate in _candidates(record):
        if isinstance(candidate, Mapping) and any(key in candidate for key in keys):
            return kind._read(candidate)
    raise missing(record, kind.__name__)


def _candidates(record: Record) -> Iterator[Any]:
    found = record.model_extra or {}
    yield found
    yield from (unwrap(value) for value in found.values())


def missing(record: Record, what: str) -> ResponseFormatError:
    """The error about a message that is not there."""
    keys = ", ".join(record.model_extra or ()) or "none"
    return ResponseFormatError(
        f"No {what} stands in this {type(record).__name__}; its further keys are: {short(keys, 300)}", reason="schema"
    )
