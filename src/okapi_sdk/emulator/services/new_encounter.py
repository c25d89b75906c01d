"""An encounter that an upload states: it creates a conjunction or is added to a stored one.

It belongs to the stored conjunction of the same two objects with a TCA up to an hour from its own. That is decided when
it is stored, because several uploads about one conjunction may be computed at the same time.

The conjunction shows the newest risk estimation. One without a probability never takes the place of one with it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..bodies.values import read_epoch
from ..store.removal import remove
from ..store.tables import Store

SAME_TCA = timedelta(hours=1)
_ESTIMATIONS = "conjunctions/{conjunction_id}/risk-estimations"
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class NewEncounter:
    """An encounter of two objects with their NORAD IDs and names; the risk estimation and the CDM are as stored.

    `estimation_id`: that of the estimation from this CDM. An earlier one from it is removed if there is no new one.
    """

    norad_ids: tuple[int, int]
    names: tuple[str, str]
    tca: datetime
    estimation: Mapping[str, Any] | None = None
    cdm: Mapping[str, Any] | None = None
    estimation_id: str | None = None

    def put(self, store: Store) -> None:
        """Store the encounter.

        Raises:
            StoreFullError: if there is no room.
        """
        head = next((one for one in store.elements("conjunctions") if self._belongs_to(one, store)), None) or {
            "conjunction_id": str(uuid.uuid4()),
            **{f"sat{number}_norad_id": id_ for number, id_ in enumerate(self.norad_ids, 1)},
            **{f"sat{number}_name": name for number, name in enumerate(self.names, 1)},
        }
        previous = None if self.cdm is None else store.get("cdms", str(self.cdm["CDM_ID"]))
        (id_,) = store.put("conjunctions", "conjunction_id", [head])
        if self.estimation is not None:
            store.put(_ESTIMATIONS, "risk_estimation_id", [self.estimation], id_)
        elif self.estimation_id is not None:
            store.remove(_ESTIMATIONS, self.estimation_id)
        if self.cdm is not None:
            store.put("cdms", "CDM_ID", [self.cdm], id_)
        _renew(store, id_, self.estimation_id)
        # The message may have had other objects or another TCA before.
        if previous is not None and previous.owner not in (None, id_):
            _renew(store, str(previous.owner), self.estimation_id)

    def _belongs_to(self, head: Mapping[str, Any], store: Store) -> bool:
        if {head.get("sat1_norad_id"), head.get("sat2_norad_id")} != set(self.norad_ids):
            return False
        newest = (head.get(f"newest_risk_{kind}") or {} for kind in ("estimation", "prediction"))
        stated = [
            *(one.get("tca") for one in newest),
            *(one.get("TCA") for one in store.elements("cdms", str(head.get("conjunction_id")))),
        ]
        return any(abs(tca - self.tca) <= SAME_TCA for tca in map(read_epoch, stated) if tca is not None)


@dataclass(frozen=True)
class NewMessage:
    """A CDM that belongs to no conjunction, with the ID of the estimation that an earlier version of it may have."""

    cdm: Mapping[str, Any]
    estimation_id: str

    def put(self, store: Store) -> None:
        """Store the message. If an earlier version belonged to a conjunction, take it out of there.

        Raises:
            StoreFullError: if there is no room.
        """
        previous = store.get("cdms", str(self.cdm["CDM_ID"]))
        store.put("cdms", "CDM_ID", [self.cdm])
        store.remove(_ESTIMATIONS, self.estimation_id)
        if previous is not None and previous.owner is not None:
            _renew(store, previous.owner, self.estimation_id)


def _rank(estimation: Mapping[str, Any] | None) -> tuple[bool, datetime]:
    if estimation is None:
        return False, _NEVER
    created = read_epoch(estimation.get("creation_date")) or _NEVER
    return estimation.get("collision_probability") is not None, created


def _renew(store: Store, id_: str, replaced: str | None) -> None:
    """Show the newest estimation of a conjunction. Remove a conjunction that has nothing left.

    `replaced`: the ID of an estimation that may have been removed.
    """
    entry = store.get("conjunctions", id_)
    if entry is None:
        return
    head, estimations = dict(entry.element), list(reversed(store.elements(_ESTIMATIONS, id_)))
    if not estimations and not store.elements("cdms", id_):
        remove(store, "conjunctions", id_, head)
        return
    shown = head.get("newest_risk_estimation")
    if shown is not None and shown.get("risk_estimation_id") != replaced:
        estimations.append(shown)
    newest = max(estimations, key=_rank, default=None)
    head |= {
        "criticality": newest and newest.get("criticality"),
        "criticality_source": newest and "risk_estimation",
        "newest_risk_estimation": newest,
    }
    store.put("conjunctions", "conjunction_id", [head])
