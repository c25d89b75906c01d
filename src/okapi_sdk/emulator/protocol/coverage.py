"""The list of all endpoints of the emulator, each with the extent to which the emulator computes the response."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..services.catalogue import SERVICES
from ..store.collections import COLLECTIONS


@dataclass(frozen=True)
class Endpoint:
    """A method and a path, its purpose, and whether the emulator computes what the platform computes.

    `computed` is false if a list contains only the objects that a test has stored. `note` gives details.
    """

    method: str
    path: str
    purpose: str
    computed: bool
    note: str


def endpoints() -> Iterator[Endpoint]:
    """Yield all endpoints: calculation services first, then stored objects."""
    for path, service in SERVICES.items():
        note = f"Formats: {', '.join(service.formats)}. {service.note}".strip()
        yield Endpoint("POST", f"{path}/requests", service.purpose, True, note)
        yield Endpoint("GET", f"{path}/results/{{request_id}}/{{format}}", service.purpose, True, note)
    for path, collection in COLLECTIONS.items():
        for method in collection.methods:
            yield Endpoint(method, path, collection.holds, collection.computed, collection.note)
        for method in collection.element_methods:
            one = f"{path}/{{{collection.id_field}}}"
            yield Endpoint(method, one, f"one of {collection.holds}", collection.computed, collection.note)
    yield Endpoint(
        "GET",
        "oems/{oem_id}/plot-od-residuals",
        "the residuals of an orbit determination as an HTML page",
        True,
        "The residuals in the states of an ephemeris, such as one that determine-orbit has stored.",
    )
