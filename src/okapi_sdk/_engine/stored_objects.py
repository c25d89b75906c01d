"""The calls that get, add, update and delete one stored object. Lists are in `paging`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import SecretBytes, SecretStr

from ..errors import ResponseFormatError
from ..models.base import Record
from ..models.envelope import unwrap
from ..objects.base import (
    Changes,
    New,
    Stored,
)
from ..redaction import masked, short
from .effects import Flow
from .json_bodies import encode_json, query_string
from .protocol import new_idempotency_key
from .session import Call, Session

T = TypeVar("T")


def get(session: Session, model: type[Stored], id: str) -> Flow[Any]:
    """GET one object in the format of its class."""
    call = Call("read", "GET", model._address(id), None, {"accept": model._accept}, query_string(model._query()))
    response = session.require_success(call, (yield from session.call(call, session.deadline())))
    return model._from_response(response, id)


def add(session: Session, new: New[T]) -> Flow[T]:
    """POST a new object."""
    headers = {"idempotency-key": new_idempotency_key()}
    query = query_string(new._params())
    content = SecretBytes(encode_json(new._body()))
    call = Call("write", "POST", new._collection, content, headers, query, secrets=_secrets_in(new))
    record: type[T] = new._record
    return (yield from _write(session, call, record, {}))


def update(session: Session, id: str, changes: Changes[T]) -> Flow[T]:
    """PATCH an object."""
    record: type[T] = changes._record
    path = changes._record._address(id)
    content = SecretBytes(encode_json(changes._body(id)))
    call = Call("write", "PATCH", path, content, secrets=_secrets_in(changes))
    return (yield from _write(session, call, record, {changes._record._id_field: id}))


def delete(session: Session, model: type[Stored], id: str) -> Flow[Any]:
    """DELETE an object."""
    call = Call("write", "DELETE", model._address(id))
    return (yield from _write(session, call, model, {model._id_field: id}))


def _secrets_in(model: object) -> tuple[SecretStr, ...]:
    return tuple(value for value in vars(model).values() if isinstance(value, SecretStr))


def _write(session: Session, call: Call, record: type[T], known_fields: Mapping[str, str]) -> Flow[T]:
    response = session.require_success(call, (yield from session.call(call, session.deadline())))
    # If the body is empty, the result has only the fields that we already know.
    return parse_as(record, response.json() if response.content.strip() else known_fields)


def parse_as(kind: type[T], data: Any) -> T:
    """Return the data of a response as a record, a message or text, depending on the type."""
    if issubclass(kind, Record):
        return kind.model_validate(unwrap(data))
    read: Callable[[Any], T] | None = getattr(kind, "_read", None)
    if read is not None:
        return read(unwrap(data))
    if isinstance(data, kind):
        return data
    raise ResponseFormatError(f"Expected text, got {short(masked(data))}.", reason="schema")
