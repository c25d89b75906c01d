"""What is removed together with an object: all that belongs to it."""

from __future__ import annotations

from typing import Any

from .elements import Element
from .tables import Store


def remove(store: Store, table: str, id_: str, element: Element) -> None:
    """Remove an element and what belongs to it.

    To a satellite belong its ephemerides and the conjunctions with an object that is not another stored satellite. To a
    conjunction belong its messages, estimations, predictions and maneuvers.
    """
    store.remove(table, id_)
    store.remove_owned(id_)
    if table != "satellites":
        return
    rest = {number for satellite in store.elements("satellites") for number in _numbers(satellite)}
    gone = _numbers(element) - rest
    for conjunction in store.elements("conjunctions"):
        pair = {conjunction.get("sat1_norad_id"), conjunction.get("sat2_norad_id")}
        if pair & gone and not pair & rest:
            remove(store, "conjunctions", str(conjunction.get("conjunction_id")), conjunction)


def _numbers(satellite: Element) -> set[Any]:
    numbers = satellite.get("norad_ids")
    return set(numbers) if isinstance(numbers, list) else set()
