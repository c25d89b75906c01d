"""The stored conjunction to which a message belongs, and its newest message."""

from __future__ import annotations

from datetime import UTC, datetime

from ..bodies.cdm import Cdm, read_cdm
from ..bodies.fields import InputProblemError
from ..store.tables import Store
from .outcome import NoResultError

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def owner_of(store: Store, cdm: Cdm) -> str | None:
    """Return the ID of the stored conjunction to which a message belongs, by its CDM_ID; None if it is not stored."""
    id_ = cdm.text("CDM_ID")
    entry = None if id_ is None else store.get("cdms", id_)
    return None if entry is None else entry.owner


def newest_cdm(store: Store, conjunction_id: str) -> Cdm:
    """Return the message of a stored conjunction that was created last.

    Raises:
        NoResultError: if there is no such conjunction, or it has no message that can be read.
    """
    if store.get("conjunctions", conjunction_id) is None:
        raise NoResultError(
            f"There is no conjunction {conjunction_id[:80]} in this emulator. List its conjunctions, or send a CDM.",
            input_problem=True,
        )
    messages = []
    for element in store.elements("cdms", conjunction_id):
        try:
            messages.append(read_cdm("cdm.json", element, "cdm"))
        except InputProblemError:
            continue
    if not messages:
        raise NoResultError(
            f"The conjunction {conjunction_id[:80]} has no stored CDM that can be read. Send a CDM.", input_problem=True
        )
    return max(messages, key=lambda cdm: cdm.time("CREATION_DATE") or _NEVER)
