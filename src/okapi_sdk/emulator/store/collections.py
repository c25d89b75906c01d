"""The table of collections: path, filters, methods, and the code that adds or changes an element.

A new collection is one entry in the table below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..bodies.values import fraction_digits, read_number
from . import filters, records
from .elements import Element
from .filters import ANY, CLOSED, Filter, dig, read_time
from .queries import Grammar

_WHOLE_LIST = Grammar()
_STORED = "Lists the objects that were stored."


@dataclass(frozen=True)
class Collection:
    """One collection: its path, a description of what it `holds`, and the operations that it supports.

    A path with braces lists the elements of one object. `table` is the table that holds the elements, by default the
    path itself. `methods` are the methods of the list, `element_methods` those of one element. `computed` is false if
    the platform computes the elements and the emulator does not: the emulator then lists only the objects that a test
    has stored, and `note` says so.
    """

    path: str
    holds: str
    id_field: str | None = None
    grammar: Grammar = _WHOLE_LIST
    methods: tuple[str, ...] = ("GET",)
    element_methods: tuple[str, ...] = ()
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
        """The collection whose objects own the elements of this one, for a path with braces."""
        return self.path.partition("/")[0] if "{" in self.path else None


def _time_to_tca(element: Element, now: datetime) -> object:
    tca = _tca(element)
    return None if tca is None else (tca - now).total_seconds()


def _tca(cdm: Element) -> datetime | None:
    """Return the TCA of a CDM. Space-Track keeps its fraction of a second under a separate key."""
    tca = read_time(cdm.get("TCA"))
    fraction = fraction_digits(cdm.get("TCA_FRACTION"))
    return tca + timedelta(seconds=float(f"0.{fraction}")) if tca and fraction else tca


def _first_of(*paths: str) -> Callable[[Element, datetime], object]:
    def source(element: Element, now: datetime) -> object:
        return next((value for path in paths if (value := dig(element, path)) is not None), None)

    return source


def _metres(path: str) -> Callable[[Element, datetime], object]:
    return lambda element, now: read_number(dig(element, path))


_RANGES = ("inclination", "period", "eccentricity", "periapsis", "apoapsis")
_ORBIT: Mapping[str, Filter] = {
    "orbit_type": filters.text(filters.of_orbit_class),
    **{name: filters.number(filters.of_orbit(name.upper())) for name in _RANGES},
}
_CATALOGUED: Mapping[str, Filter] = {
    **_ORBIT,
    "semimajoraxis": filters.number(filters.of_orbit("SEMIMAJOR_AXIS")),
    "norad_id": filters.integer(filters.of_orbit("NORAD_CAT_ID")),
    "cospar_id": filters.text(filters.of_orbit("OBJECT_ID")),
    "originator": filters.text(filters.of_orbit("ORIGINATOR")),
    "start": filters.time(filters.of_orbit("CREATION_DATE"), (), "$gte"),
    "stop": filters.time(filters.of_orbit("CREATION_DATE"), (), "$lte"),
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
        note=f"{_STORED} The name is kept as it was sent, because the emulator has no catalogue.",
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
        "objects that come near one satellite",
        grammar=Grammar({"tca": filters.time("tca", ANY), **{name: filters.number(name) for name in _DISTANCES}}),
        computed=False,
        note="The emulator computes no neighbourhoods: it lists what a test has stored.",
    ),
    Collection(
        "conjunctions",
        "the conjunctions of the account's satellites",
        "conjunction_id",
        Grammar(
            {
                "tca": filters.time(_first_of("newest_risk_estimation.tca", "newest_risk_prediction.tca"), CLOSED),
                "collision_probability": filters.number(
                    _first_of(*(f"{name}.collision_probability" for name in _NEWEST)), CLOSED
                ),
                "miss_distance": filters.number(_first_of(*(f"{name}.miss_distance" for name in _NEWEST)), CLOSED),
                "criticality": filters.text("criticality", several=True),
            },
            limit=100,
            sort=("*",),
            choose=_NEWEST,
            text=True,
        ),
        element_methods=("GET", "DELETE"),
        note=f"{_STORED} Uploaded CDMs and ephemerides create and update them.",
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
        note="From its CDMs with FOSTER-1992, and without a probability from the screening of an ephemeris.",
    ),
    Collection(
        "conjunctions/{conjunction_id}/risk-predictions",
        "the predicted collision probabilities of one conjunction",
        "risk_prediction_id",
        note="Those that predict-risk computed from a stored CDM of the conjunction.",
    ),
    Collection(
        "conjunctions/{conjunction_id}/maneuver-evals",
        "the evaluated avoidance maneuvers of one conjunction",
        "id",
        note="Those that generate-maneuver computed for the conjunction.",
    ),
    Collection(
        "cdms",
        "conjunction data messages in Space-Track's JSON format",
        "CDM_ID",
        Grammar(
            {
                "sat1_object_designator": filters.integer("SAT1_OBJECT_DESIGNATOR"),
                "sat2_object_designator": filters.integer("SAT2_OBJECT_DESIGNATOR"),
                "inserted": filters.time("INSERT_EPOCH"),
                **{
                    f"relative_position_{axis}": filters.number(_metres(f"RELATIVE_POSITION_{axis.upper()}"))
                    for axis in "rtn"
                },
                "time_to_tca": filters.number(_time_to_tca),
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
        note=f"{_STORED} Plans are not checked, so `force` has no effect. generate-maneuver adds what it suggests.",
    ),
    Collection(
        "oems",
        "ephemerides",
        "oem_id",
        Grammar(
            {
                **_ORBIT,
                "norad_id": filters.text("norad_id"),
                "epoch": filters.time(lambda element, now: _first_epoch(element)),
                "tracklet_id": filters.text("tracklet_id"),
                "is_predicted": filters.flag("is_predicted"),
            },
            formats=_TEXT_FORMS,
            limit=20,
            view=True,
        ),
        element_methods=("GET",),
        note=f"{_STORED} Element filters use the osculating elements of the first state.",
    ),
    Collection(
        "omms",
        "mean elements as orbit mean-elements messages",
        "omm_id",
        Grammar(_CATALOGUED, formats=_TEXT_FORMS, limit=100, latest=True, view=True),
    ),
    Collection(
        "tles",
        "two-line element sets in the format of Space-Track's GP class",
        "tle_id",
        Grammar(_CATALOGUED, formats=("json", "batch"), limit=1000, latest=True, view=True),
    ),
    Collection(
        "uncertainties",
        "position uncertainties of catalogued objects",
        None,
        Grammar(
            {
                "epoch": filters.time("epoch", ()),
                "norad_id": filters.integer("norad_id", several=True),
                "cospar_id": filters.text("cospar_id", several=True),
            },
            limit=1000,
            sort=("sum", "rtn.r", "rtn.t", "rtn.n"),
        ),
        computed=False,
        note="The emulator computes no uncertainties: it lists what a test has stored.",
    ),
    Collection(
        "tdms",
        "tracking data messages",
        "tdm_id",
        Grammar(
            {
                "insert_epoch": filters.time("insert_epoch"),
                "epoch": filters.time("epoch"),
                "cospar_id": filters.text("cospar_id"),
                "norad_id": filters.integer("norad_id"),
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
        "ground-station passes to take into account",
        "ground_station_passes_id",
        methods=("POST",),
        table="multi-ground-station-passes-info",
        add=records.new_passes,
        note="Listed by multi-ground-station-passes-info.",
    ),
    Collection(
        "multi-ground-station-passes-info",
        "stored ground-station passes",
        "ground_station_passes_id",
        Grammar(
            {
                "start": filters.time("start_epoch", (), "$gte"),
                "stop": filters.time("stop_epoch", (), "$lte"),
                "objectId": filters.text("object_id"),
                "name": filters.text("spacecraft"),
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
