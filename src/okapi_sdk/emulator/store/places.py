"""The collection and the IDs that a path names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .collections import COLLECTIONS, Collection

_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_OWNED = {
    (collection.parent, collection.path.rpartition("/")[2]): collection
    for collection in COLLECTIONS.values()
    if collection.parent
}


@dataclass(frozen=True)
class Place:
    """A path in the stored objects: a collection, the owner of its elements, and the ID of one element.

    `plot` is true for an OEM's page of residuals.
    """

    collection: Collection
    owner: str | None = None
    id: str | None = None
    plot: bool = field(default=False, kw_only=True)

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that the place supports."""
        if self.plot:
            return ("GET",)
        return self.collection.methods if self.id is None else self.collection.element_methods


def find_place(path: str) -> Place | None:
    """Return the place that a path names, or None if the path does not belong to stored objects."""
    segments = path.strip("/").split("/")
    if any(_ID.fullmatch(segment) is None for segment in segments):
        return None
    match segments:
        case [name] if name in COLLECTIONS:
            return Place(COLLECTIONS[name])
        case [name, id_] if name in COLLECTIONS and COLLECTIONS[name].element_methods:
            return Place(COLLECTIONS[name], id=id_)
        case ["oems", id_, "plot-od-residuals"]:
            return Place(COLLECTIONS["oems"], id=id_, plot=True)
        case [name, owner, last] if (collection := _OWNED.get((name, last))) is not None:
            return Place(collection, owner=owner)
    return None
