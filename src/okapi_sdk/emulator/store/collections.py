"""The collections of stored objects, and the key by which each is read, filtered and written.

To add a collection: one entry in the table below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from . import records
from .elements import Element, number
from .filters import (
    ANY,
    CLOSED,
    Filter,
    Grammar,
    amount,
    class_of_orbit,
    dig,
    flag,
    moment,
    of_orbit,
    read_time,
    whole,
    words,
)

_WHOLE_LIST = Grammar()
_STORED = "What was stored is what is listed."


@dataclass(frozen=True)
class Collection:
    """One collection: its path, what it holds in words, and what can be done with it.

    A path with braces lists what belongs to one object. `table`: where the elements are kept, by default the path
    itself. `verbs` are those of the list, `element_verbs` those of one element. `computed` is false where the platform
    computes what it lists and the emulator does not: there only what a test has put in is listed, and `note` says so.
    """

    path: str
    holds: str
    id_field: str | None = None
    grammar: Grammar = _WHOLE_LIST
    verbs: tuple[str, ...] = ("GET",)
    element_verbs: tuple[str, ...] = ()
    table: str = ""
    add: Callable[[records.Addition], records.Added] | None = None
    options: tuple[str, ...] = ()
    change: Callable[[Element, object], Element] | None = None
    computed: bool = True
    note: str = _STORED

    @property
    def rows(self) -> str:
        """The table that holds the elements."""
        return self.table or self.path

    @property
    def parent(self) -> str | None:
        """The collection whose objects this one's elements belong to, for a path with braces."""
        return self.path.partition("/")[0] if "{" in self.path else None


@dataclass(frozen=True)
class Place:
    """A path in the stored objects: a collection, and the ids that the path names."""

    collection: Collection
    owner: str | None = None
    id: str | None = None
    plot: bool = field(default=False, kw_only=True)


def find(path: str) -> Place | None:
    """The place that a path names, if it is one of the stored objects."""
    segments = path.strip("/").split("/")
    if any(_ID.fullmatch(segment) is None for segment in segments):
        return None
    match segments:
        case [name] if name in COLLECTIONS:
            return Place(COLLECTIONS[name])
        case [name, id_] if name in COLLECTIONS and COLLECTIONS[name].element_verbs:
            return Place(COLLECTIONS[name], id=id_)
        case ["oems", id_, "plot-od-residuals"]:
            return Place(COLLECTIONS["oems"], id=id_, plot=True)
        case [name, id_, last] if (collection := _BELONGING.get((name, last))) is not None:
            return Place(collection, owner=id_)
    return None


def _time_to_tca(element: Element, now: datetime) -> object:
    tca = tca_of(element)
    return None if tca is None else (tca - now).total_seconds()


def tca_of(cdm: Element) -> datetime | None:
    """The time of closest approach of a CDM; Space-Track gives its fraction of a second apart."""
    tca = read_time(cdm.get("TCA"))
    fraction = re.sub(r"\D", "", str(cdm.get("TCA_FRACTION") or ""))
    return tca + timedelta(seconds=float(f"0.{fraction}")) if tca and fraction else tca


def _either(*paths: str) -> Callable[[Element, datetime], object]:
    def source(element: Element, now: datetime) -> object:
        return next((found for path in paths if (found := dig(element, path)) is not None), None)

    return source


def _metres(path: str) -> Callable[[Element, datetime], object]:
    return lambda element, now: number(dig(element, path))


_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_RANGES = ("inclination", "period", "eccentricity", "periapsis", "apoapsis")
_ORBIT: Mapping[str, Filter] = {
    "orbit_type": words(class_of_orbit),
    **{name: amount(of_orbit(name.upper())) for name in _RANGES},
}
_CATALOGUED: Mapping[str, Filter] = {
    **_ORBIT,
    "semimajoraxis": amount(of_orbit("SEMIMAJOR_AXIS")),
    "norad_id": whole(of_orbit("NORAD_CAT_ID")),
    "cospar_id": words(of_orbit("OBJECT_ID")),
    "originator": words(of_orbit("ORIGINATOR")),
    "start": moment(of_orbit("CREATION_DATE"), (), "$gte"),
    "stop": moment(of_orbit("CREATION_DATE"), (), "$lte"),
}
_TEXT_FORMS = ("json", "kvn", "xml")
_NEWEST = ("newest_risk_estimation", "newest_risk_prediction")
_DISTANCES = ("miss_distance", "miss_distance_r", "miss_distance_t", "miss_distance_n")

_TABLE: tuple[Collection, ...] = (
    Collection(
        "satellites",
        "the satellites of the account",
        "satellite_id",
        Grammar(limit=20),
        ("GET", "POST"),
        ("GET", "PATCH", "PUT", "DELETE"),
        add=records.new_satellite,
        change=records.changed_satellite,
        note=f"{_STORED} The name is kept as it was sent, for the emulator has no catalogue.",
    ),
    Collection(
        "satellites/{satellite_id}/oems",
        "the ephemerides of one satellite",
        "oem_id",
        Grammar(formats=_TEXT_FORMS),
        table="oems",
    ),
    Collection(
        "satellites/{satellite_id}/neighborhoods",
        "what comes near one satellite",
        grammar=Grammar({"tca": moment("tca", ANY), **{name: amount(name) for name in _DISTANCES}}),
        computed=False,
        note="The emulator computes no neighbourhoods: it lists what a test has put there.",
    ),
    Collection(
        "conjunctions",
        "the conjunctions of the account's satellites",
        "conjunction_id",
        Grammar(
            {
                "tca": moment(_either("newest_risk_estimation.tca", "newest_risk_prediction.tca"), CLOSED),
                "collision_probability": amount(
                    _either(*(f"{name}.collision_probability" for name in _NEWEST)), CLOSED
                ),
                "miss_distance": amount(_either(*(f"{name}.miss_distance" for name in _NEWEST)), CLOSED),
                "criticality": words("criticality", several=True),
            },
            limit=100,
            sort=("*",),
            choose=_NEWEST,
            text=True,
        ),
        element_verbs=("GET", "DELETE"),
        note=f"{_STORED} An uploaded CDM makes no conjunction.",
    ),
    Collection(
        "conjunctions/{conjunction_id}/cdms",
        "the conjunction data messages of one conjunction",
        "CDM_ID",
        Grammar(formats=_TEXT_FORMS),
        table="cdms",
    ),
    Collection(
        "conjunctions/{conjunction_id}/risk-estimations",
        "the collision probabilities of one conjunction",
        "risk_estimation_id",
        note="Computed from the CDM for the conjunctions of the seeded fleet (FOSTER-1992); else what was put there.",
    ),
    Collection(
        "conjunctions/{conjunction_id}/risk-predictions",
        "the predicted collision probabilities of one conjunction",
        "risk_prediction_id",
        computed=False,
        note="The emulator predicts no risks: it lists what a test has put there.",
    ),
    Collection(
        "conjunctions/{conjunction_id}/maneuver-evals",
        "the evaluated avoidance maneuvers of one conjunction",
        "id",
        computed=False,
        note="The emulator evaluates no maneuvers: it lists what a test has put there.",
    ),
    Collection(
        "cdms",
        "conjunction data messages, in the JSON form of Space-Track",
        "CDM_ID",
        Grammar(
            {
                "sat1_object_designator": whole("SAT1_OBJECT_DESIGNATOR"),
                "sat2_object_designator": whole("SAT2_OBJECT_DESIGNATOR"),
                "inserted": moment("INSERT_EPOCH"),
                **{f"relative_position_{axis}": amount(_metres(f"RELATIVE_POSITION_{axis.upper()}")) for axis in "rtn"},
                "time_to_tca": amount(_time_to_tca),
            },
            formats=_TEXT_FORMS,
            limit=20,
            sort=("*",),
            choose=("*",),
        ),
        note=f"{_STORED} Uploads go to cdms/requests. `time_to_tca` is in seconds.",
    ),
    Collection(
        "maneuver-plans",
        "maneuver plans",
        "maneuver_plan_id",
        Grammar(limit=20),
        ("GET", "POST"),
        add=records.new_maneuver_plan,
        options=("force",),
        note=f"{_STORED} A plan is not checked, so that `force` changes nothing.",
    ),
    Collection(
        "oems",
        "ephemerides",
        "oem_id",
        Grammar(
            {
                **_ORBIT,
                "norad_id": words("norad_id"),
                "epoch": moment(lambda element, now: _first_epoch(element)),
                "tracklet_id": words("tracklet_id"),
                "is_predicted": flag("is_predicted"),
            },
            formats=_TEXT_FORMS,
            limit=20,
            view=True,
        ),
        element_verbs=("GET",),
        note=f"{_STORED} Element filters look at the osculating elements of the first state.",
    ),
    Collection(
        "omms",
        "mean elements as orbit mean-elements messages",
        "omm_id",
        Grammar(_CATALOGUED, formats=_TEXT_FORMS, limit=100, latest=True, view=True),
    ),
    Collection(
        "tles",
        "two-line element sets, in the form of Space-Track's GP class",
        "tle_id",
        Grammar(_CATALOGUED, formats=("json", "batch"), limit=1000, latest=True, view=True),
    ),
    Collection(
        "uncertainties",
        "position uncertainties of catalogued objects",
        None,
        Grammar(
            {
                "epoch": moment("epoch", ()),
                "norad_id": whole("norad_id", several=True),
                "cospar_id": words("cospar_id", several=True),
            },
            limit=1000,
            sort=("sum", "rtn.r", "rtn.t", "rtn.n"),
        ),
        computed=False,
        note="The emulator computes no uncertainties: it lists what a test has put there.",
    ),
    Collection(
        "tdms",
        "tracking data messages",
        "tdm_id",
        Grammar(
            {
                "insert_epoch": moment("insert_epoch"),
                "epoch": moment("epoch"),
                "cospar_id": words("cospar_id"),
                "norad_id": whole("norad_id"),
            },
            limit=20,
        ),
        ("GET", "POST"),
        ("GET",),
        add=records.new_tdm,
    ),
    Collection(
        "sensor-systems",
        "sensor systems",
        "sensor_system_id",
        Grammar(limit=20),
        ("GET", "POST"),
        ("GET",),
        add=records.new_sensor_system,
    ),
    Collection(
        "multi-ground-station-passes",
        "ground-station passes to be taken into account",
        "ground_station_passes_id",
        verbs=("POST",),
        table="multi-ground-station-passes-info",
        add=records.new_passes,
        note="Listed by multi-ground-station-passes-info.",
    ),
    Collection(
        "multi-ground-station-passes-info",
        "ground-station passes as they are stored",
        "ground_station_passes_id",
        Grammar(
            {
                "start": moment("start_epoch", (), "$gte"),
                "stop": moment("stop_epoch", (), "$lte"),
                "objectId": words("object_id"),
                "name": words("spacecraft"),
            },
            limit=20,
        ),
    ),
)


def _first_epoch(element: Element) -> object:
    segments: Any = element.get("OEM_META_DATA_DATA")
    if isinstance(segments, list) and segments and isinstance(segments[0], Mapping):
        rows = segments[0].get("DATA")
        return segments[0].get("START_TIME") or (rows[0].get("EPOCH") if isinstance(rows, list) and rows else None)
    return None


COLLECTIONS: Mapping[str, Collection] = {collection.path: collection for collection in _TABLE}
_BELONGING = {
    (collection.parent, collection.path.rpartition("/")[2]): collection for collection in _TABLE if collection.parent
}
