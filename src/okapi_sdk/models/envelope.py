"""What is wrapped around payloads: ``okapi_output``, ``{type, content}``, array answers and result parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

STATUS_KEYS = ("status", "state_msg", "state_msgs", "stateMsg", "stateMsgs")
"""Where answers of the generations so far carry their status."""
ENVELOPE_KEYS = frozenset((*STATUS_KEYS, "request_id", "requestId", "result_part_id", "next_result_part_foreseen"))
"""Keys beside the payload."""


def unwrap(value: Any) -> Any:
    """The content of an object that has exactly ``type`` and ``content``; anything else as it is."""
    if isinstance(value, Mapping) and value.keys() == {"type", "content"}:
        return value["content"]
    return value


def output(answer: Any) -> Any:
    """The body inside an ``okapi_output`` envelope; anything else as it is."""
    if isinstance(answer, Mapping) and isinstance(answer.get("okapi_output"), Mapping | list):
        return unwrap(answer["okapi_output"])
    return answer


def payload(answer: Any, key: str) -> Any:
    """The value under ``key``, unwrapped, or the body itself where it has no such key.

    An array answer is one body in several items: items that hold only a status are left out, and what several of
    them hold is chained to one list.
    """
    body = unwrap(output(answer))
    if not isinstance(body, list):
        return unwrap(body[key]) if isinstance(body, Mapping) and key in body else body
    found = [payload(item, key) for item in body if not _only_envelope(item)]
    return found[0] if len(found) == 1 else list(_chained(found))


def rows(answer: Any) -> list[Any] | None:
    """The first array of objects in the body, or the body itself; None where the answer is no container.

    An array answer is one body in several items: items that hold only a status are no rows, and arrays that items
    hold under a key are chained.
    """
    body = unwrap(output(answer))
    if isinstance(body, Mapping):
        return next(_arrays(body), [])
    if isinstance(body, list):
        found = (_item_rows(output(item)) for item in body if item is not None and not _only_envelope(output(item)))
        return list(_chained(found))
    return None


def _item_rows(item: Any) -> Any:
    item = unwrap(item)
    if isinstance(item, Mapping) and (_has_status(item) or len(item.keys() - ENVELOPE_KEYS) == 1):
        return next(_arrays(item), item)
    return item


def _arrays(body: Mapping[Any, Any]) -> Iterator[list[Any]]:
    """Arrays in a body that are rows: those with objects first, then empty ones."""
    found = ((key, unwrap(value)) for key, value in body.items())
    lists = [value for key, value in found if key not in ENVELOPE_KEYS and isinstance(value, list)]
    yield from ([unwrap(row) for row in value if row is not None] for value in lists if any(map(_is_object, value)))
    yield from (value for value in lists if not value)


def _chained(values: Any) -> Iterator[Any]:
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
    """Several parts of a long result as one: lists are chained, objects merged, of other values the last one stands."""
    first, *others = parts
    if not others:
        return first
    if all(isinstance(part, Mapping) for part in parts):
        keys = dict.fromkeys(key for part in parts for key in part)
        return {key: join([part[key] for part in parts if key in part]) for key in keys}
    if all(isinstance(part, list) for part in parts):
        return [item for part in parts for item in part]
    return parts[-1]
