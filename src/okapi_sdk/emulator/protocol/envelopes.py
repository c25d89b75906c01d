"""The forms of an answer: results and their parts as JSON text, and the three envelopes around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from itertools import islice

from ..services.outcome import Absent, Document, Listing, Status
from .json_text import write_json


@dataclass(frozen=True)
class Serialised:
    """A result as JSON text: `opening`, one part or all of them joined by commas, `closing`.

    `status` replaces that of the calculation if this format has its own.
    """

    opening: bytes = b""
    parts: tuple[bytes, ...] = (b"",)
    closing: bytes = b""
    status: Status | None = None

    @property
    def size(self) -> int:
        """The bytes of the text."""
        return sum(len(part) for part in (self.opening, *self.parts, self.closing))

    def part(self, number: int) -> bytes:
        """One part; the first is number 1."""
        return self.opening + self.parts[number - 1] + self.closing

    def whole(self) -> bytes:
        """All parts as one."""
        return self.opening + b",".join(self.parts) + self.closing


def serialise(result: Listing | Document | Absent, rows_per_part: int) -> Serialised:
    """Write a result as JSON text, a list in parts of at most `rows_per_part` rows."""
    if isinstance(result, Absent):
        return Serialised(status=Status("FATAL", result.text))
    key = f'"{result.key}":'.encode()
    if isinstance(result, Document):
        return Serialised(key, (write_json(result.value),))
    rows = iter(result.rows)
    # Row by row: one call for a long list would hold the interpreter, and with it every other answer, until its end.
    parts = iter(lambda: b",".join(write_json(row) for row in islice(rows, rows_per_part)), b"")
    beside = b"," + write_json(result.beside)[1:-1] if result.beside else b""
    return Serialised(key + b"[", tuple(parts) or (b"",), b"]" + beside)


class Envelope(Enum):
    """The form of an answer. It follows from the order of the path's segments, or from the dialect of a submission."""

    OBJECT = "object with `status`: results/{id}/{format}, the current form"
    ARRAY = "array of items with `state_msgs`: {format}/results/{id}, until 2020"
    OKAPI_OUTPUT = "`okapi_output`: {format}/results/{id}/generic, 2019 to 2020"

    def message(self, status: Status, request_id: str | None = None) -> bytes:
        """An error, or with a `request_id` the confirmation that a request was accepted."""
        known = {} if request_id is None else {"request_id": request_id}
        if self is Envelope.OBJECT:
            return write_json({**known, "status": asdict(status)})
        return write_json({**known, "state_msg": asdict(status)})

    def pending(self, status: Status, request_id: str) -> bytes:
        """A result that is not ready. The array form is an array here, too, as its clients index into it."""
        if self is Envelope.ARRAY:
            return b"[" + self.message(status, request_id) + b"]"
        if self is Envelope.OKAPI_OUTPUT:
            return write_json({"request_id": request_id, "okapi_output": {"status": {"content": asdict(status)}}})
        return self.message(status, request_id)

    def finished(self, status: Status, result: Serialised, number: int) -> bytes:
        """A result: one part of it in the current form, all of it in the two older forms, which have no parts."""
        if self is Envelope.ARRAY:
            return b"[" + _with_payload({"state_msgs": [asdict(status)]}, result.whole()) + b"]"
        if self is Envelope.OKAPI_OUTPUT:
            return b'{"okapi_output":' + _with_payload({"status": {"content": asdict(status)}}, result.whole()) + b"}"
        head = {
            "status": asdict(status),
            "result_part_id": number,
            "next_result_part_foreseen": number < len(result.parts),
        }
        return _with_payload(head, result.part(number))


def _with_payload(head: Mapping[str, object], payload: bytes) -> bytes:
    return write_json(head)[:-1] + (b"," + payload if payload else b"") + b"}"
