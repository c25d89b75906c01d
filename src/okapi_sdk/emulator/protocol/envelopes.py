"""What an answer looks like on the wire: the status object, results and their parts, and the three envelopes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from itertools import islice


@dataclass(frozen=True)
class Status:
    """The platform's status object. The server's types are NONE, DEBUG, REMARK, WARNING and FATAL."""

    type: str = "NONE"
    text: str = "No messages"
    input_problem: bool = False


class RefusedError(Exception):
    """A request that is answered with an error status instead of what it asked for."""

    def __init__(
        self, status_code: int, text: str, *, input_problem: bool = False, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(text)
        self.status_code = status_code
        self.status: Status = Status("FATAL", text, input_problem)
        self.headers: dict[str, str] = dict(headers or {})


class NoResultError(Exception):
    """A calculation that was accepted but has no result: it ends with status FATAL and this text.

    `input_problem` says that another input would have had one.
    """

    def __init__(self, text: str, *, input_problem: bool = False) -> None:
        super().__init__(text)
        self.status: Status = Status("FATAL", text, input_problem)


@dataclass(frozen=True)
class Listing:
    """A result that is a list under `key`. It is cut into parts when it is long; `beside` goes into each of them."""

    key: str
    rows: Iterable[Mapping[str, object]]
    beside: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """A result that is one object under `key`. It is never cut."""

    key: str
    value: Mapping[str, object]


@dataclass(frozen=True)
class Absent:
    """No result in this format, though there is one in others: it ends FATAL with this text."""

    text: str


@dataclass(frozen=True)
class Stored:
    """An element that is to be stored when the calculation has ended: see `store.Store.put`."""

    table: str
    id_field: str
    element: Mapping[str, object]
    owner: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a calculation found: a status, the result in each format of the service (none after FATAL), and what it
    stores.
    """

    status: Status
    formats: Mapping[str, Listing | Document | Absent] = field(default_factory=dict)
    stored: tuple[Stored, ...] = ()


@dataclass(frozen=True)
class Serialised:
    """A result as JSON text, ready to be sent: `opening`, one part or all of them joined by commas, `closing`.

    `status` takes the place of the calculation's own where this format has one.
    """

    opening: bytes = b""
    parts: tuple[bytes, ...] = (b"",)
    closing: bytes = b""
    status: Status | None = None

    def part(self, number: int) -> bytes:
        """One part, counted from 1."""
        return self.opening + self.parts[number - 1] + self.closing

    def whole(self) -> bytes:
        """All parts as one."""
        return self.opening + b",".join(self.parts) + self.closing


def serialise(result: Listing | Document | Absent, rows_per_part: int) -> Serialised:
    """Write a result out, a list in parts of at most `rows_per_part` rows."""
    if isinstance(result, Absent):
        return Serialised(status=Status("FATAL", result.text))
    key = f'"{result.key}":'.encode()
    if isinstance(result, Document):
        return Serialised(key, (_json(result.value),))
    rows = iter(result.rows)
    # Row by row: one call for a long list would hold the interpreter, and with it every other answer, all the while.
    parts = iter(lambda: b",".join(_json(row) for row in islice(rows, rows_per_part)), b"")
    beside = b"," + _json(result.beside)[1:-1] if result.beside else b""
    return Serialised(key + b"[", tuple(parts) or (b"",), b"]" + beside)


class Envelope(Enum):
    """The form of an answer: it follows from the order of a path's segments, or from the dialect of a submission."""

    OBJECT = "object with `status`: results/{id}/{format}, the current form"
    ARRAY = "array of items with `state_msgs`: {format}/results/{id}, until 2020"
    OKAPI_OUTPUT = "`okapi_output`: {format}/results/{id}/generic, 2019 to 2020"

    def message(self, status: Status, request_id: str | None = None) -> bytes:
        """An error, or with a `request_id` the news that a request was accepted."""
        known = {} if request_id is None else {"request_id": request_id}
        if self is Envelope.OBJECT:
            return _json({**known, "status": asdict(status)})
        return _json({**known, "state_msg": asdict(status)})

    def pending(self, status: Status, request_id: str) -> bytes:
        """A result that is not there yet. The array form is an array here too: clients of its time index into it."""
        if self is Envelope.ARRAY:
            return b"[" + self.message(status, request_id) + b"]"
        if self is Envelope.OKAPI_OUTPUT:
            return _json({"request_id": request_id, "okapi_output": {"status": {"content": asdict(status)}}})
        return self.message(status, request_id)

    def finished(self, status: Status, result: Serialised, number: int) -> bytes:
        """A result: one part of it in the current form, the whole in the two older ones, which knew no parts."""
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
    return _json(head)[:-1] + (b"," + payload if payload else b"") + b"}"


def _json(value: object) -> bytes:
    # allow_nan=False: a number that is none is a defect of the emulator and must not leave it as invalid JSON.
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
