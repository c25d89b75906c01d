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
from ..store.tables import Store

SAME_TCA = timedelta(hours=1)
_ESTIMATIONS = "conjunctions/{conjunction_id}/risk-estimations"
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class NewEncounter:
    """An encounter of two objects with their NORAD IDs and names; the risk estimation and the CDM are as stored."""

    norad_ids: tuple[int, int]
    names: tuple[str, str]
    tca: datetime
    estimation: Mapping[str, Any] | None = None
    cdm: Mapping[str, Any] | None = None

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
        if self.estimation is not None and _rank(self.estimation) >= _rank(head.get("newest_risk_estimation")):
            head = {
                **head,
                "criticality": self.estimation.get("criticality"),
                "criticality_source": "risk_estimation",
                "newest_risk_estimation": self.estimation,
            }
        (id_,) = store.put("conjunctions", "conjunction_id", [head])
        if self.estimation is not None:
            store.put(_ESTIMATIONS, "risk_estimation_id", [self.estimation], id_)
        if self.cdm is not None:
            store.put("cdms", "CDM_ID", [self.cdm], id_)

    def _belongs_to(self, head: Mapping[str, Any], store: Store) -> bool:
        if {head.get("sat1_norad_id"), head.get("sat2_norad_id")} != set(self.norad_ids):
            return False
        newest = (head.get(f"newest_risk_{kind}") or {} for kind in ("estimation", "prediction"))
        stated = [
            *(one.get("tca") for one in newest),
            *(one.get("TCA") for one in store.elements("cdms", str(head.get("conjunction_id")))),
        ]
        return any(abs(tca - self.tca) <= SAME_TCA for tca in map(read_epoch, stated) if tca is not None)


def _rank(estimation: Mapping[str, Any] | None) -> tuple[bool, datetime]:
    if estimation is None:
        return False, _NEVER
    created = read_epoch(estimation.get("creation_date")) or _NEVER
    return estimation.get("collision_probability") is not None, created
