"""The formats of a response: results and their parts as JSON text, and the three envelopes around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from itertools import chain, islice

from ..services.outcome import Absent, Document, Listing, Status
from .json_text import write_json, write_long_json


@dataclass(frozen=True)
class Serialised:
    """A result as JSON text: `opening`, then one part or all parts joined by commas, then `closing`.

    `status` replaces the calculation's status if this format has its own.
    """

    opening: bytes = b""
    parts: tuple[bytes, ...] = (b"",)
    closing: bytes = b""
    status: Status | None = None

    @property
    def size(self) -> int:
        """The bytes of the text."""
        return sum(len(part) for part in (self.opening, *self.parts, self.closing))

    def part(self, number: int) -> tuple[bytes, ...]:
        """Return one part in pieces; the first is number 1."""
        return self.opening, self.parts[number - 1], self.closing

    def whole(self) -> tuple[bytes, ...]:
        """Return all parts together, in pieces."""
        commas = (b",",) * len(self.parts)
        joined = tuple(chain.from_iterable(zip(commas, self.parts, strict=True)))[1:]
        return self.opening, *joined, self.closing


def frame(result: Listing | Document | Absent) -> Serialised:
    """Return what is around the parts of a result, without the parts."""
    if isinstance(result, Absent):
        return Serialised(status=Status("FATAL", result.text))
    key = f'"{result.key}":'.encode()
    beside = b"," + write_json(result.beside)[1:-1] if result.beside else b""
    if isinstance(result, Document):
        return Serialised(key, closing=beside)
    return Serialised(key + b"[", closing=b"]" + beside)


def parts(result: Listing | Document | Absent, rows_per_part: int) -> Iterator[bytes]:
    """Write a result as JSON text, splitting a list into parts of at most `rows_per_part` rows."""
    if isinstance(result, Document):
        yield write_long_json(result.value)
    elif isinstance(result, Listing):
        rows = iter(result.rows)
        # Row by row: a single call for a long list would block the interpreter, and with it every other response.
        yield from iter(lambda: b",".join(write_json(row) for row in islice(rows, rows_per_part)), b"")


class Envelope(Enum):
    """The format of a response, determined by the order of the path's segments or by the dialect of the submission."""

    OBJECT = "object with `status`: results/{id}/{format}, the current format"
    ARRAY = "array of items with `state_msgs`: {format}/results/{id}, until 2020"
    OKAPI_OUTPUT = "`okapi_output`: {format}/results/{id}/generic, 2019 to 2020"

    def message(self, status: Status, request_id: str | None = None) -> bytes:
        """Return an error or, with a `request_id`, the confirmation that a request was accepted."""
        known = {} if request_id is None else {"request_id": request_id}
        if self is Envelope.OBJECT:
            return write_json({**known, "status": asdict(status)})
        return write_json({**known, "state_msg": asdict(status)})

    def pending(self, status: Status, request_id: str) -> bytes:
        """Return the response for an unfinished result; in the array envelope an array, which clients index into."""
        if self is Envelope.ARRAY:
            return b"[" + self.message(status, request_id) + b"]"
        if self is Envelope.OKAPI_OUTPUT:
            return write_json({"request_id": request_id, "okapi_output": {"status": {"content": asdict(status)}}})
        return self.message(status, request_id)

    def finished(self, status: Status, result: Serialised, number: int) -> tuple[bytes, ...]:
        """Return a result in pieces, which are not copied: it may be large.

        It is one part in the current envelope, and all of it in the two older ones, which have no parts.
        """
        if self is Envelope.ARRAY:
            return b"[", *_with_payload({"state_msgs": [asdict(status)]}, result.whole()), b"]"
        if self is Envelope.OKAPI_OUTPUT:
            inner = _with_payload({"status": {"content": asdict(status)}}, result.whole())
            return b'{"okapi_output":', *inner, b"}"
        head = {
            "status": asdict(status),
            "result_part_id": number,
            "next_result_part_foreseen": number < len(result.parts),
        }
        return _with_payload(head, result.part(number))


def _with_payload(head: Mapping[str, object], payload: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return write_json(head)[:-1], b"," if any(payload) else b"", *payload, b"}"
