"""Stored objects over HTTP: lists and their pages, single objects, additions, changes, deletions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.responses import HTMLResponse, Response

from ...settings import Clock
from ..bodies.fields import InputProblemError
from ..store.collections import COLLECTIONS
from ..store.filters import read_flag
from ..store.places import Place
from ..store.queries import chosen_fields, key_values, read_query, select
from ..store.records import Addition
from ..store.removal import remove
from ..store.tables import Store, StoreFullError
from ..store.text_forms import as_text
from . import limits
from .bounded import Bounded
from .json_text import write_json
from .refusals import RefusedError
from .residual_page import HEADERS, residual_page

_JSON = "application/json"


class StoredObjects:
    """The stored objects of an emulator, and the responses to calls about them."""

    def __init__(self, clock: Clock) -> None:
        self.store: Store = Store()
        self._clock = clock
        self._answers_by_key: Bounded[tuple[str, bytes, bytes]] = Bounded(limits.MOST_KEYS, limits.LARGEST_RECORDS)

    def answer(self, method: str, place: Place, query: bytes, body: object, key: str | None) -> Response:
        """Respond to a call with one of the place's methods. `body` is the JSON of a POST, PUT or PATCH."""
        try:
            if place.plot:
                id_ = place.id or ""
                return HTMLResponse(residual_page(self._find(place.collection.path, id_), id_), headers=HEADERS)
            if place.id is None and method == "GET":
                return self._list(place, query)
            if method == "POST":
                return self._add(place, query, body, key)
            return self._one(method, place, query, body)
        except InputProblemError as problem:
            raise RefusedError(422, str(problem), input_problem=True) from None
        except StoreFullError as full:
            raise RefusedError(507, str(full)) from None

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.wall(), UTC)

    def _list(self, place: Place, raw: bytes) -> Response:
        collection = place.collection
        if collection.parent is not None and place.owner is not None:
            self._find(collection.parent, place.owner)
        query = read_query(raw, collection.grammar)
        elements = self.store.elements(collection.rows, place.owner)
        selected = select(elements, query, collection.grammar, self._now())
        first = (query.page - 1) * (query.limit or 0)
        last = len(selected) if query.limit is None else first + query.limit
        rows: list[Any] = list(selected[first:last])
        if query.format == "json":
            rows = [chosen_fields(row, query, collection.id_field) for row in rows]
        else:
            rows = [as_text(row, query.format) for row in rows]
        notes = [*query.notes, *([] if collection.computed else [collection.note])]
        status = {"type": "REMARK" if notes else "NONE", "text": " ".join(notes) or "No messages"}
        content = {
            "elements": rows,
            "has_more": last < len(selected),
            "total_count": len(selected),
            "status": {**status, "input_problem": False},
        }
        return _json(content)

    def _one(self, method: str, place: Place, raw: bytes, body: object) -> Response:
        collection, id_ = place.collection, place.id or ""
        stored = self._find(collection.path, id_)
        form = _read_form(raw, collection.grammar.formats if method == "GET" else ("json",))
        if method == "GET":
            return _json(stored if form == "json" else as_text(stored, form))
        if method == "DELETE":
            remove(self.store, collection.rows, id_, stored)
            return _json(stored)
        if collection.change is None:
            raise RefusedError(405, f"{collection.path} cannot be changed.")
        changed = collection.change(stored, body)
        self.store.replace(collection.rows, id_, changed)
        return _json(changed)

    def _add(self, place: Place, raw: bytes, body: object, key: str | None) -> Response:
        collection = place.collection
        if collection.add is None:
            raise RefusedError(405, f"Nothing can be added to {collection.path}.")
        options = _read_options(raw, collection.options)
        digest = hashlib.sha256(json.dumps([body, options], sort_keys=True).encode()).digest()
        if key is not None and (before := self._answers_by_key.get(key)) is not None:
            if before[:2] != (collection.path, digest):
                raise RefusedError(409, "This Idempotency-Key was already used for another request.")
            return Response(before[2], 200, media_type=_JSON)
        added = collection.add(Addition(body, options, self._now(), self.store))
        self.store.put(collection.rows, collection.id_field, added.elements or [added.answer])
        answer = _json(added.answer)
        if key is not None:
            self._answers_by_key.put(key, (collection.path, digest, bytes(answer.body)), len(answer.body))
        return answer

    def _find(self, path: str, id_: str) -> Mapping[str, Any]:
        entry = self.store.get(COLLECTIONS[path].rows, id_)
        if entry is None:
            raise RefusedError(404, f"There is no {id_} in {path}.")
        return entry.element


def _read_options(raw: bytes, allowed: tuple[str, ...]) -> dict[str, bool]:
    options: dict[str, bool] = {}
    for name, value in key_values(raw):
        if name not in allowed:
            raise InputProblemError(f"{name} is not an option of this call")
        if (option := read_flag(value)) is None:
            raise InputProblemError(f"{name} must be true or false, not {value[:80]!r}")
        options[name] = option
    return options


def _read_form(raw: bytes, allowed: tuple[str, ...]) -> str:
    form = "json"
    for name, value in key_values(raw):
        if name != "format" or len(allowed) == 1:
            raise InputProblemError(f"{name} is not an option of this call")
        form = value.lower()
        if form not in allowed:
            raise InputProblemError(f"format must be one of {', '.join(allowed)}, not {value[:80]!r}")
    return form


def _json(value: object) -> Response:
    return Response(write_json(value), media_type=_JSON)
