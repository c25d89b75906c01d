"""Unwrapping of payloads: ``okapi_output``, ``{type, content}``, array responses and result parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

STATUS_KEYS = ("status", "state_msg", "state_msgs", "stateMsg", "stateMsgs")
"""Keys that hold the status, across all known generations of the API."""
ENVELOPE_KEYS = frozenset((*STATUS_KEYS, "request_id", "requestId", "result_part_id", "next_result_part_foreseen"))
"""Keys that accompany the payload."""
_OUTSIDE = ENVELOPE_KEYS | {"okapi_output"}
_WRAPPER = frozenset(("type", "content"))


def unwrap(value: Any) -> Any:
    """Return the content of an object with exactly the keys ``type`` and ``content``; any other value unchanged."""
    if isinstance(value, Mapping) and value.keys() == _WRAPPER:
        return value["content"]
    return value


def output(response: Any) -> Any:
    """Return the body inside an ``okapi_output`` envelope; any other value unchanged."""
    if isinstance(response, Mapping) and isinstance(response.get("okapi_output"), Mapping | list):
        return unwrap(response["okapi_output"])
    return response


def payload(response: Any, key: str) -> Any:
    """Return the unwrapped value under ``key``, or the body itself if it lacks that key.

    An array response splits one body over several items: items with only a status are skipped, and the payloads of the
    others are concatenated into one list.
    """
    body = unwrap(output(response))
    if not isinstance(body, list):
        return unwrap(body[key]) if isinstance(body, Mapping) and key in body else body
    payloads = [payload(item, key) for item in body if not _only_envelope(item)]
    return payloads[0] if len(payloads) == 1 else list(_flattened(payloads))


def rows(response: Any) -> list[Any] | None:
    """Return the first array of objects in the body, or the body if it is itself an array.

    The result is None if the response is neither an object nor an array. An array response splits one body over several
    items: items with only a status are skipped, and arrays nested in the items are concatenated.
    """
    body = unwrap(output(response))
    if isinstance(body, Mapping):
        return next(_arrays(body), [])
    if isinstance(body, list):
        if _are_bare(body) and set(map(type, body)) == {dict} and _OUTSIDE.isdisjoint(chain.from_iterable(body)):
            return body
        items = (_item_rows(output(item)) for item in body if item is not None and not _only_envelope(output(item)))
        return list(_flattened(items))
    return None


def _item_rows(item: Any) -> Any:
    item = unwrap(item)
    if isinstance(item, Mapping) and (_has_status(item) or len(item.keys() - ENVELOPE_KEYS) == 1):
        return next(_arrays(item), item)
    return item


def _arrays(body: Mapping[Any, Any]) -> Iterator[list[Any]]:
    """Yield the arrays of a body that can be rows: arrays of objects first, then empty arrays."""
    entries = ((key, unwrap(value)) for key, value in body.items())
    lists = [value for key, value in entries if key not in ENVELOPE_KEYS and isinstance(value, list)]
    yield from (_unwrapped(value) for value in lists if any(map(_is_object, value)))
    yield from (value for value in lists if not value)


def _unwrapped(values: list[Any]) -> list[Any]:
    return values if _are_bare(values) else [unwrap(row) for row in values if row is not None]


def _are_bare(values: list[Any]) -> bool:
    """Return True if no value is null or wrapped, as all have more items than a wrapper. Quick for long lists."""
    try:
        return min(map(len, values)) > len(_WRAPPER)
    except (TypeError, ValueError):  # a null or a number; an empty list
        return False


def _flattened(values: Any) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


def _only_envelope(item: Any) -> bool:
    return isinstance(item, Mapping) and item.keys() <= ENVELOPE_KEYS


def _has_status(item: Mapping[Any, Any]) -> bool:
    return any(isinstance(item.get(key), Mapping | list) for key in STATUS_KEYS)


def join(parts: Sequence[Any]) -> Any:
    """Join the parts of a long result: concatenate lists, merge objects, and keep the last of any other values."""
    first, *others = parts
    if not others:
        return first
    if all(isinstance(part, Mapping) for part in parts):
        keys = dict.fromkeys(key for part in parts for key in part)
        return {key: join([part[key] for part in parts if key in part]) for key in keys}
    if all(isinstance(part, list) for part in parts):
        return [item for part in parts for item in part]
    return parts[-1]
