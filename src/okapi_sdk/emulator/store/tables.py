"""Stored objects in memory: tables of elements by id."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..protocol.envelopes import RefusedError

MOST_OBJECTS = 100_000


@dataclass(frozen=True)
class Entry:
    """An element, and the id of the object that it belongs to if it was put under one."""

    element: Mapping[str, Any]
    owner: str | None = None


class Store:
    """All tables of an emulator. Tests put objects in while the server answers, so every access takes the lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tables: dict[str, dict[str, Entry]] = {}
        self._count = 0

    def put(
        self, table: str, id_field: str | None, elements: Iterable[Mapping[str, Any]], owner: str | None = None
    ) -> list[str]:
        """Put elements in, each under its own id if it has one, else under a new UUID. Same id: it is replaced."""
        # Through JSON: what is kept is a copy, and JSON can say it.
        copies: list[dict[str, Any]] = json.loads(json.dumps(list(elements), allow_nan=False))
        ids = []
        with self._lock:
            rows = self._tables.setdefault(table, {})
            for element in copies:
                given = element.get(id_field) if id_field else None
                id_ = str(given) if given not in (None, "") else str(uuid.uuid4())
                if id_field:
                    element = {id_field: element.get(id_field) or id_, **element}
                if id_ not in rows:
                    if self._count >= MOST_OBJECTS:
                        raise RefusedError(507, f"The emulator holds up to {MOST_OBJECTS:,} objects.")
                    self._count += 1
                rows[id_] = Entry(element, owner)
                ids.append(id_)
        return ids

    def get(self, table: str, id_: str) -> Entry | None:
        """One entry."""
        with self._lock:
            return self._tables.get(table, {}).get(id_)

    def replace(self, table: str, id_: str, element: Mapping[str, Any]) -> None:
        """Put an element in the place of the one that is there."""
        with self._lock:
            rows = self._tables[table]
            rows[id_] = Entry(element, rows[id_].owner)

    def remove(self, table: str, id_: str) -> None:
        """Take an element out."""
        with self._lock:
            if self._tables.get(table, {}).pop(id_, None) is not None:
                self._count -= 1

    def elements(self, table: str, owner: str | None = None) -> list[Mapping[str, Any]]:
        """The elements of a table in the order in which they came, all or those of one owner."""
        with self._lock:
            rows = self._tables.get(table, {}).values()
            return [entry.element for entry in rows if owner is None or entry.owner == owner]


@dataclass(frozen=True)
class Context:
    """What a calculation may look at besides its request: when that came in, and what is stored."""

    created: datetime
    store: Store
