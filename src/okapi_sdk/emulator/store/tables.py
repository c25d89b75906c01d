"""Stored objects in memory: tables of elements by ID."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

MOST_OBJECTS = 100_000
MOST_BYTES = 128 * 1024 * 1024
"""Bytes of JSON text."""


class StoreFullError(Exception):
    """Raised when the store has reached its maximum number of objects or its maximum size."""


class OwnerGoneError(Exception):
    """Raised when the object to which a new element belongs was removed in the meantime."""


@dataclass(frozen=True)
class Entry:
    """An element, the size of its JSON text in bytes, and the ID of the object to which it belongs, if any."""

    element: Mapping[str, Any]
    size: int
    owner: str | None = None


class Store:
    """All tables of an emulator. Tests add objects while the server is running, so every access takes the lock."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._undo: list[tuple[str, str, Entry | None]] | None = None
        self._tables: dict[str, dict[str, Entry]] = {}
        self._count = 0
        self._bytes = 0

    def put(
        self, table: str, id_field: str | None, elements: Iterable[Mapping[str, Any]], owner: str | None = None
    ) -> list[str]:
        """Store elements and return their IDs. An element without an ID gets a new UUID.

        An element replaces another with the same ID.

        Raises:
            StoreFullError: if MOST_OBJECTS or MOST_BYTES are reached. The elements up to that point remain stored,
                except within `all_or_nothing`.
        """
        # Convert to JSON and back: the store keeps a copy that contains only JSON data.
        texts = [json.dumps(element, allow_nan=False) for element in elements]
        ids = []
        with self._lock:
            for text in texts:
                element: dict[str, Any] = json.loads(text)
                given = element.get(id_field) if id_field else None
                id_ = str(given) if given not in (None, "") else str(uuid.uuid4())
                if id_field:
                    element = {id_field: element.get(id_field) or id_, **element}
                self._set(table, id_, Entry(element, len(text), owner))
                ids.append(id_)
        return ids

    def get(self, table: str, id_: str) -> Entry | None:
        """Return an entry, or None if there is none."""
        with self._lock:
            return self._tables.get(table, {}).get(id_)

    def replace(self, table: str, id_: str, element: Mapping[str, Any]) -> None:
        """Replace an existing element. It keeps its owner.

        Raises:
            StoreFullError: if MOST_BYTES are reached. The old element remains.
        """
        size = len(json.dumps(element))
        with self._lock:
            self._set(table, id_, Entry(element, size, self._tables[table][id_].owner))

    def remove(self, table: str, id_: str) -> None:
        """Remove an element if it exists."""
        with self._lock:
            self._drop(table, id_)

    def remove_owned(self, owner: str) -> None:
        """Remove all elements that belong to an object."""
        with self._lock:
            for table, rows in self._tables.items():
                for id_ in [id_ for id_, entry in rows.items() if entry.owner == owner]:
                    self._drop(table, id_)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Undo what was put or removed in the block if it raises an exception. Other threads wait for its end."""
        with self._lock:
            self._undo = []
            try:
                yield
            except BaseException:
                changes, self._undo = self._undo, None
                for table, id_, before in reversed(changes):
                    self._drop(table, id_)
                    if before is not None:
                        self._keep(table, id_, before)
                raise
            finally:
                self._undo = None

    def _drop(self, table: str, id_: str) -> None:
        if (entry := self._tables.get(table, {}).pop(id_, None)) is not None:
            self._count -= 1
            self._bytes -= entry.size
            if self._undo is not None:
                self._undo.append((table, id_, entry))

    def _keep(self, table: str, id_: str, entry: Entry) -> None:
        self._tables.setdefault(table, {})[id_] = entry
        self._count += 1
        self._bytes += entry.size

    def _set(self, table: str, id_: str, entry: Entry) -> None:
        rows = self._tables.setdefault(table, {})
        before = rows.get(id_)
        count = self._count + (before is None)
        size = self._bytes + entry.size - (before.size if before else 0)
        if count > max(MOST_OBJECTS, self._count) or size > max(MOST_BYTES, self._bytes):
            raise StoreFullError(f"The emulator holds up to {MOST_OBJECTS:,} objects, and {MOST_BYTES:,} bytes in all.")
        if self._undo is not None:
            self._undo.append((table, id_, before))
        self._count, self._bytes = count, size
        rows[id_] = entry

    def elements(self, table: str, owner: str | None = None) -> list[Mapping[str, Any]]:
        """Return the elements of a table in order of arrival: all of them, or those of one owner."""
        with self._lock:
            rows = self._tables.get(table, {}).values()
            return [entry.element for entry in rows if owner is None or entry.owner == owner]
