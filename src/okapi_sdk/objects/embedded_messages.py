"""Extraction of messages from records in which their location is undocumented."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeVar

from ..errors import ResponseFormatError
from ..models.base import Message, Record
from ..models.envelope import unwrap
from ..text import short

M = TypeVar("M", bound=Message)


def embedded_message(record: Record, kind: type[M], keys: Collection[str]) -> M:
    """Return the message that a record contains, either at its top level or under any key.

    Args:
        record: the record to search.
        kind: the class of the message.
        keys: keys that identify such a message.

    Raises:
        ResponseFormatError: if the record has no such message, or the message is incomplete.
    """
    for candidate in _candidates(record):
        if isinstance(candidate, Mapping) and any(key in candidate for key in keys):
            return kind._read(candidate)
    raise missing_message(record, kind.__name__)


def _candidates(record: Record) -> Iterator[Any]:
    extra = record.model_extra or {}
    yield extra
    yield from (unwrap(value) for value in extra.values())


def missing_message(record: Record, kind: str) -> ResponseFormatError:
    """Return the error for a record that does not contain the expected message."""
    keys = ", ".join(record.model_extra or ()) or "none"
    return ResponseFormatError(
        f"This {type(record).__name__} contains no {kind}. Its undocumented keys: {short(keys, 300)}", reason="schema"
    )
