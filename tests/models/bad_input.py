"""Bad inputs as data: what is called, which field is named, and words of the rule."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from okapi_sdk import (
    Cdms,
    Conjunction,
    Conjunctions,
    EstimateRisk,
    FieldOfView,
    GroundLocation,
    GroundStationPasses,
    NewGroundStationPasses,
    NewManeuverPlan,
    NewSatellite,
    NewSensorSystem,
    NewTdm,
    Oem,
    Oems,
    Omms,
    Opm,
    OpmData,
    PredictPasses,
    PropagateOrbit,
    PropagationSettings,
    Range,
    RawCalculation,
    SatelliteChanges,
    SatelliteOems,
    Satellites,
    StateVector,
    Tagged,
    Tdms,
    TimeWindow,
    Tle,
    Tles,
    Uncertainties,
)
from tests.models.samples import (
    LINE1,
    LINE2,
    LINES,
    OPM_STATE,
    STATE,
    brunswick,
    changed,
    evening,
    oem,
    opm,
    passes,
    propagation,
    state,
    tle,
)


class Bad(NamedTuple):
    """One bad input."""

    name: str
    make: Callable[[], Any]
    field: str
    rule: str


class Hostile:
    """An object whose texts raise."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    __str__ = __repr__


def _line1(name: str, text: str, rule: str) -> Bad:
    return Bad(name, lambda: Tle(line1=text, line2=LINE2), "line1", rule)


def _line2(name: str, text: str, rule: str) -> Bad:
    return Bad(name, lambda: Tle(line1=LINE1, line2=text), "line2", rule)


def _place(name: str, field: str, value: Any, rule: str) -> Bad:
    whole = {"latitude": 52.3, "longitude": 10.6, "altitude": 0.05, field: value}
    return Bad(name, lambda: GroundLocation(**whole), field, rule)


def _start(name: str, value: Any, rule: str) -> Bad:
    return Bad(name, lambda: TimeWindow(start=value, end=datetime(2018, 8, 8, tzinfo=UTC)), "start", rule)


def _setting(name: str, field: str, value: Any, rule: str) -> Bad:
    return Bad(name, lambda: PropagationSettings(**{field: value}), field, rule)


def _state(name: str, field: str, rule: str, **changes: Any) -> Bad:
    return Bad(name, lambda: state(**changes), field, rule)


def _opm(name: str, field: str, rule: str, **changes: Any) -> Bad:
    return Bad(name, lambda: Opm.model_validate({"OPM_DATA": {**OPM_STATE, **changes}}), field, rule)


def _raw(name: str, path: Any, body: Any, field: str, rule: str, format: Any = "simple") -> Bad:
    return Bad(name, lambda: RawCalculation(path, body, format), field, rule)


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def _filter(name: str, query: Any, field: str, value: Any, rule: str, at: str = "") -> Bad:
    return Bad(name, lambda: query(**{field: value}), field + at, rule)


def _new(name: str, field: str, value: Any, rule: str) -> Bad:
    whole = {"name": "A", "norad_ids": [25544], "space_track_status": "other", field: value}
    return Bad(name, lambda: NewSatellite(**whole), field, rule)


def _change(name: str, field: str, value: Any, rule: str) -> Bad:
    return Bad(name, lambda: SatelliteChanges(**{field: value}), field, rule)


WINDOW = {"start": "2018-08-07T18:00:00Z", "end": "2018-08-08T00:00:00Z"}
PLACE = {"latitude": 52.3283, "longitude": 10.645, "altitude": 0.048}
YEAR = timedelta(days=365)
MANEUVER = {
    "MAN_EPOCH_IGNITION": "2016-07-21T01:00:00Z",
    "MAN_DURATION": 10,
    "USER_DEFINED_MAN_A_1": 0,
    "USER_DEFINED_MAN_A_2": 1e-6,
    "USER_DEFINED_MAN_A_3": 0,
}

CDM = Tagged(type="cdm.kvn", content="")
STORED = Conjunction(conjunction_id="c1")

ROWS: list[Bad] = [
    # Two-line elements
    _line1("68 columns", LINE1[:-1], "this one has 68"),
    _line2("70 columns", LINE2 + "0", "this one has 70"),
    _line1("wrong checksum", LINE1[:-1] + "4", "column 69: checksum is 4, expected 3"),
    _line2("digit typed wrong", LINE2.replace("51.6423", "51.6433"), "column 69: checksum is 2"),
    Bad("two objects", lambda: Tle(line1=LINE1, line2=changed(LINE2, 3, "25545")), "line2", "same catalogue number"),
    Bad("lines swapped", lambda: Tle.parse(f"{LINE2}\n{LINE1}"), "line1", "starts with '1 '"),
    Bad("tab", lambda: Tle.parse(LINES.replace("  9993", "\t 9993")), "line1", "column 64 has a tab"),
    Bad("one line", lambda: Tle.parse(LINE1), "", "two lines"),
    Bad("no text", lambda: Tle.parse(""), "", "two lines"),
    Bad("two sets", lambda: Tle.parse(f"{LINES}\n{LINES}"), "", "there are 4"),
    Bad("bytes", lambda: Tle.model_validate(LINES.encode()), "", "as text"),
    Bad("line of bytes", lambda: Tle.model_validate({"line1": LINE1.encode(), "line2": LINE2}), "line1", "69 columns"),
    Bad("name of two lines", lambda: Tle(line1=LINE1, line2=LINE2, name="A\nB"), "name", "one line"),
    Bad("wrong tag", lambda: Tle.model_validate({"type": "tle.json", "content": LINES}), "", "type 'tle.txt'"),
    _line1("Alpha-5 letter I", changed(LINE1, 3, "I5544"), "columns 3 to 7"),
    _line1("Alpha-5 letter O", changed(LINE1, 3, "O5544"), "columns 3 to 7"),
    _line1("full-width digit", LINE1.replace("25544", "2554\uff14"), "column 7 has U+FF14"),
    _line1("minus sign", LINE1.replace("00000-0", "00000\u22120"), "column 51 has U+2212"),
    _line2("no-break space", LINE2.replace("25544  ", "25544\u00a0 "), "column 8 has U+00A0"),
    _line1("blank exponent sign", changed(LINE1, 51, " "), "columns 45 to 52"),
    _line1("no decimal point", changed(LINE1, 35, "0"), "columns 34 to 43"),
    _line2("decimal point moved", changed(LINE2, 9, "516.423 "), "columns 9 to 16"),
    _line1("ephemeris type", changed(LINE1, 63, "x"), "column 63: expected"),
    _line1("line number", "3" + LINE1[1:], "column 1: expected the line number 1"),
    _line1("no blank between fields", changed(LINE1, 18, "0"), "column 18: expected a blank"),
    _line2("inclination", changed(LINE2, 9, "180.0001"), "inclination of at most 180"),
    _line2("node", changed(LINE2, 18, "360.0000"), "ascending node below 360"),
    _line2("perigee", changed(LINE2, 35, "360.0000"), "argument of perigee below 360"),
    _line2("mean anomaly", changed(LINE2, 44, "999.0000"), "mean anomaly below 360"),
    _line2("no mean motion", changed(LINE2, 53, " 0.00000000"), "mean motion greater than 0"),
    _line2("mean motion below ground", changed(LINE2, 53, "18.00000000"), "mean motion below 18"),
    _line1("day 0", changed(LINE1, 21, "000.00000000"), "day of the year"),
    _line1("day 367", changed(LINE1, 19, "20367.00000000"), "day of the year"),
    _line1("day 366 of a common year", changed(LINE1, 19, "19366.50000000"), "in 2019"),
    Bad("lines by position", lambda: Tle(LINE1, LINE2), "", "fields passed by name: line1, line2, name"),  # type: ignore[call-arg]
    # Places
    _place("no latitude", "latitude", math.nan, "finite"),
    _place("endless latitude", "latitude", -math.inf, "finite"),
    _place("latitude of bool", "latitude", True, "a number"),
    _place("latitude of text", "latitude", "52.3", "a number"),
    _place("latitude of list", "latitude", [52.3], "a number"),
    _place("latitude out of range", "latitude", 90.01, "between -90 and 90"),
    _place("huge latitude", "latitude", 10**400, "a number"),
    _place("longitude from 0 to 360", "longitude", 349.355, "between -180 and 180"),
    _place("longitude out of range", "longitude", -181.0, "between -180 and 180"),
    _place("altitude in metres", "altitude", 48.0, "kilometres"),
    _place("altitude below ground", "altitude", -0.6, "between -0.5 and 9 km"),
    _place("hostile object", "altitude", Hostile(), "a number"),
    Bad("height in feet", lambda: GroundLocation.at(52.3, 10.6, height_m=29_000), "height_m", "-500 and 9000"),
    Bad("no height", lambda: GroundLocation.at(52.3, 10.6, height_m=math.nan), "height_m", "a number of metres"),
    Bad("height of text", lambda: GroundLocation.at(52.3, 10.6, height_m="48"), "height_m", "metres"),  # type: ignore[arg-type]
    Bad(
        "no altitude",
        lambda: GroundLocation.model_validate({"latitude": 1.0, "longitude": 1.0}),
        "altitude",
        "required",
    ),
    Bad("misspelt", lambda: GroundLocation.model_validate({**PLACE, "lattitude": 1.0}), "lattitude", "unknown field"),
    Bad("no place", lambda: GroundLocation.model_validate([52.3, 10.6]), "", "a GroundLocation"),
    # Times
    _start("naive", datetime(2018, 8, 7), "UTC offset"),  # noqa: DTZ001
    _start("date", date(2018, 8, 7), "an aware datetime"),
    _start("text of a date", "2018-08-07", "ISO 8601"),
    _start("text without zone", "2018-08-07T18:00:00", "UTC offset"),
    _start("number", 1_533_664_800, "an aware datetime"),
    _start("bool", True, "an aware datetime"),
    _start("prose", "yesterday at T", "ISO 8601"),
    _start("long text", "2018-08-07T18:00:00" + "0" * 100_000 + "Z", "ISO 8601"),
    _start("leap second", "2016-12-31T23:59:60Z", "leap second"),
    _start("year 1900", datetime(1900, 1, 1, tzinfo=UTC), "between 1958 and 2099"),
    _start("year 1", datetime.min.replace(tzinfo=UTC), "between 1958 and 2099"),
    _start("year 9999", "9999-12-31T23:59:59-12:00", "between 1958 and 2099"),
    _start("missing", None, "an aware datetime"),
    Bad("backwards", lambda: TimeWindow.parse("2018-08-08T00:00Z", "2018-08-07T18:00Z"), "end", "after the start"),
    Bad(
        "nothing long",
        lambda: TimeWindow.parse("2018-08-08T00:00Z", "2018-08-08T02:00+02:00"),
        "end",
        "after the start",
    ),
    Bad("no duration", lambda: TimeWindow.starting(evening().start, 0), "duration", "positive"),
    Bad("NaN duration", lambda: TimeWindow.starting(evening().start, math.nan), "duration", "positive"),
    Bad("negative duration", lambda: TimeWindow.starting(evening().start, timedelta(-1)), "duration", "positive"),
    Bad("endless duration", lambda: TimeWindow.starting(evening().start, math.inf), "duration", "positive"),
    Bad("naive start", lambda: TimeWindow.starting(datetime(2018, 8, 7), 60), "start", "UTC offset"),  # noqa: DTZ001
    Bad(
        "past the end of time", lambda: TimeWindow.starting(evening().start, 90 * YEAR), "end", "between 1958 and 2099"
    ),
    # States
    _state("no position", "x", "finite", x=math.nan),
    _state("position in metres", "x", "looks like metres", x=615119.526, y=-7095644.839, z=-678668.352),
    _state("velocity in metres", "x_dot", "looks like m/s", x_dot=390.367, y_dot=741.902, z_dot=-7396.98),
    _state("centre of the Earth", "x", "outside the Earth", x=0, y=0, z=0),
    _state("inside the Earth", "x", "outside the Earth", y=-6000.0),
    _state("no mass", "mass", "greater than 0", mass=0),
    _state("negative area", "area", "greater than 0", area=-1.0),
    _state("epoch as number", "epoch", "an aware datetime", epoch=0.0),
    Bad("no velocity", lambda: StateVector.model_validate({**STATE, "z_dot": None}), "z_dot", "a number"),
    _opm("negative variance", "data.cx_x", "not negative", CX_X=-1.0),
    _opm("covariance without variance", "data.cy_x", "at most", CY_X=1.0),
    _opm("correlation above 1", "data.cz_x", "at most", CX_X=1.0, CZ_Z=4.0, CZ_X=2.1),
    _opm("six maneuvers", "data.maneuvers", "at most 5", MANEUVERS=[MANEUVER] * 6),
    _opm("no mass of an OPM", "data.mass", "greater than 0", MASS=0),
    _opm("negative drag area", "data.drag_area", "at least 0", DRAG_AREA=-1),
    _opm("frame of number", "data.cov_ref_frame", "text", COV_REF_FRAME=3),
    _opm("text in a state", "data.x", "a number", X="615.1"),
    _opm("OPM in metres", "data.x", "looks like metres", X=615119.526, Y=-7095644.839),
    Bad("OPM without state", lambda: Opm.model_validate({}), "data", "required"),
    Bad("OEM without states", lambda: Oem.model_validate({"OEM_META_DATA_DATA": []}), "segments", "at least 1"),
    Bad("epoch of an OPM", lambda: OpmData.model_validate({**OPM_STATE, "EPOCH": "2016-07-21"}), "epoch", "ISO 8601"),
    # Settings
    _setting("step 0", "output_step_size", 0, "greater than 0"),
    _setting("negative step", "output_step_size", -60, "greater than 0"),
    _setting("half a second", "output_step_size", 0.5, "whole number"),
    _setting("step of bool", "output_step_size", True, "whole number"),
    _setting("NaN step", "output_step_size", math.nan, "whole number"),
    _setting("switch of text", "sun_gravity", "yes", "True or False"),
    _setting("switch of 2", "sun_gravity", 2, "True or False"),
    _setting("no degree", "geopotential_degree_order", -1, "at least 0"),
    _setting("model of number", "atmospheric_model", 3, "text"),
    _setting("integrator", "covariance_integration_method", 4, "1, 2 or 3"),
    _setting("part of a name", "step", 30, "unknown field"),
    _setting("misspelt setting", "output_stepsize", 60, "unknown field"),
    Bad(
        "covariance step",
        lambda: PropagationSettings(output_step_size=60, covariance_integration_step=7.0),
        "covariance_integration_step",
        "a divisor of output_step_size",
    ),
    Bad(
        "covariance degree",
        lambda: PropagationSettings(geopotential_degree_order=6, covariance_geopotential=7),
        "covariance_geopotential",
        "at most geopotential_degree_order",
    ),
    # Calculations
    Bad("no orbit", lambda: passes(orbit=None), "orbit", "a Tle, Omm, StateVector"),
    Bad("bad TLE inside", lambda: passes(orbit=LINES[:-1]), "orbit.line2", "this one has 68"),
    Bad(
        "place inside",
        lambda: passes(ground_location={**PLACE, "latitude": 91.0}),
        "ground_location.latitude",
        "between -90 and 90",
    ),
    Bad(
        "place of the seed's dictionary",
        lambda: PredictPasses.model_validate(
            {"tle": LINES, "simple_ground_location": {**PLACE, "altitude": 48}, "time_window": WINDOW}
        ),
        "ground_location.altitude",
        "looks like metres",
    ),
    Bad(
        "window inside",
        lambda: passes(time_window={**WINDOW, "start": "2018-08-07"}),
        "time_window.start",
        "ISO 8601",
    ),
    Bad(
        "window backwards inside",
        lambda: passes(time_window={**WINDOW, "end": WINDOW["start"]}),
        "time_window.end",
        "after",
    ),
    Bad(
        "no step inside",
        lambda: passes(settings={"output_step_size": 0}),
        "settings.output_step_size",
        "greater than 0",
    ),
    Bad("two orbits", lambda: passes(tle=LINES), "tle", "a single orbit"),
    Bad("tagged without method", lambda: passes(orbit=Tagged(type="omm.kvn", content="")), "method", "required"),
    Bad("sgp4 from a state", lambda: passes(orbit=state(), method="sgp4"), "method", "mean elements"),
    Bad("sgp4 from an OPM", lambda: propagation(orbit=opm(), method="sgp4"), "method", "mean elements"),
    Bad("method with a slash", lambda: passes(method="../admin"), "method", "letters"),
    Bad("method of number", lambda: passes(method=4), "method", "a name"),
    Bad("typed OEM", lambda: passes(orbit=oem()).body("typed"), "orbit", "typed dialect"),
    Bad("method in capitals", lambda: EstimateRisk(conjunction=CDM, method="Foster"), "method", "in lower case"),
    Bad("stored conjunction", lambda: EstimateRisk(conjunction=STORED), "conjunction", "a Cdm or Tagged"),  # type: ignore[arg-type]
    Bad("unknown dialect", lambda: passes().body("G0"), "dialect", "'generic' or 'typed'"),
    Bad(
        "a million points",
        lambda: passes(time_window=TimeWindow.starting(evening().start, 3 * YEAR)),
        "time_window",
        "1,576,801",
    ),
    Bad("end before epoch", lambda: propagation(end="2016-07-21T00:31:50Z"), "end", "after the epoch of the orbit"),
    Bad(
        "old TLE at fine steps",
        lambda: propagation(orbit=tle(), end="2020-08-07T00:00Z", settings={"output_step_size": 1}),
        "end",
        "points",
    ),
    Bad("no end", lambda: PropagateOrbit.model_validate({"orbit": LINES}), "end", "required"),
    Bad("OEM without method", lambda: propagation(orbit=oem()), "method", "required"),
    Bad("misspelt field", lambda: passes(ground_locations=brunswick()), "ground_locations", "unknown field"),
    Bad(
        "text for settings",
        lambda: PredictPasses.model_validate({"tle": LINES, "neptune_config": "sgp4"}),
        "",
        "settings",
    ),
    # Tagged and raw
    Bad("empty tag", lambda: Tagged(type="", content=1), "type", "letters"),
    Bad("tag with a slash", lambda: Tagged(type="a/b", content=1), "type", "letters"),
    Bad("NaN in a tagged value", lambda: Tagged(type="a.json", content={"a": [1, math.nan]}), "content.a.1", "finite"),
    _raw("slash in front", "/predict-passes/sgp4", {}, "path", "without leading or trailing slashes"),
    _raw("slash at the end", "predict-passes/sgp4/", {}, "path", "without leading or trailing slashes"),
    _raw("requests in the path", "predict-passes/sgp4/requests", {}, "path", "without '/requests'"),
    _raw("URL", "https://evil.example/x", {}, "path", "relative to the base URL"),
    _raw("query", "predict-passes?x=1", {}, "path", "relative to the base URL"),
    _raw("fragment", "predict-passes#x", {}, "path", "relative to the base URL"),
    _raw("up", "predict-passes/../admin", {}, "path", "letters"),
    _raw("encoded up", "predict-passes/%2e%2e", {}, "path", "letters"),
    _raw("empty path", "", {}, "path", "letters"),
    _raw("line feed", "predict-passes\n", {}, "path", "letters"),
    _raw("backslash", "predict-passes\\x", {}, "path", "letters"),
    _raw("path of bytes", b"predict-passes", {}, "path", "text"),
    _raw("list as body", "cdms", [1], "body", "JSON object"),
    _raw("text as body", "cdms", "{}", "body", "JSON object"),
    _raw("infinite body", "cdms", {"a": {"b": [math.inf]}}, "body.a.b.0", "finite"),
    _raw("datetime in the body", "cdms", {"a": datetime(2018, 8, 7, tzinfo=UTC)}, "body.a", "JSON data"),
    _raw("set in the body", "cdms", {"a": {1}}, "body.a", "JSON data"),
    _raw("hostile body", "cdms", {"a": Hostile()}, "body.a", "JSON data"),
    _raw("number as key", "cdms", {1: 2}, "body", "a string as key"),
    _raw("huge number", "cdms", {"a": 10**5000}, "body.a", "64 bits"),
    _raw("surrogate", "cdms", {"a": "\ud800"}, "body.a", "surrogates"),
    _raw("secret", "cdms", {"password": b"hunter2"}, "body.password", "JSON data"),
    _raw("surrogate in a key", "cdms", {"a": {"\ud800": 1}}, "body.a", "surrogates"),
    _raw("deep body", "cdms", {"a": _deep(1000)}, "body.a.0.0", "levels of nesting"),
    _raw("format with a slash", "cdms", {}, "format", "letters", "simple/1"),
    # Lists and their filters
    _filter("page 0", Satellites, "page", 0, "at least 1"),
    _filter("page of text", Satellites, "page", "2", "whole number"),
    _filter("no elements a page", Satellites, "limit", 0, "at least 1"),
    _filter("page too large", Tles, "limit", 10_001, "at most 10000"),
    _filter("filter of another collection", Satellites, "tca", Range(gte=1), "valid filters: page, limit"),
    _filter("misspelt filter", Conjunctions, "criticallity", ["critical"], "valid filters: page, limit, tca"),
    _filter("open bound", Conjunctions, "tca", Range(gt="2018-08-07T00:00Z"), "gte or lte", ".gt"),
    _filter("time by itself", Conjunctions, "tca", "2018-08-07T00:00Z", "a Range"),
    _filter("time without zone", Tdms, "epoch", Range(gte="2018-08-07T00:00"), "UTC offset", ".gte"),
    _filter("number for a time", Cdms, "inserted", Range(gte=5), "ISO 8601", ".gte"),
    _filter("text for a number", Omms, "period", Range(lt="90"), "a number", ".lt"),
    _filter("half a second to TCA", Cdms, "time_to_tca", Range(lt=0.5), "whole number", ".lt"),
    _filter("NaN bound of a list", Omms, "semimajoraxis", Range(lt=math.nan), "finite", ".lt"),
    _filter("bounds swapped", Tles, "inclination", Range(gte=60, lte=50), "not below the lower bound", ".lte"),
    _filter("number by itself", Oems, "eccentricity", 0.1, "a Range"),
    _filter("text for a list", Conjunctions, "criticality", "critical", "list"),
    _filter("empty list", Conjunctions, "criticality", [], "at least 1"),
    _filter("two in one", Conjunctions, "criticality", ["critical,observe"], "one of 'non_critical'", ".0"),
    _filter("two COSPAR ids in one", Uncertainties, "cospar_id", ["1998-067A,2018-001A"], "without commas", ".0"),
    _filter("two keys in one", Cdms, "sort", "tca,-id", "without commas"),
    _filter("two fields in one", Conjunctions, "exclude", ["a,b"], "without commas", ".0"),
    _filter("numbers as text", Uncertainties, "norad_id", ["25544"], "whole number", ".0"),
    _filter("switch as text", Tles, "latest", "true", "True or False"),
    _filter("number of a bool", Omms, "norad_id", True, "whole number"),
    _filter("no free text", Conjunctions, "q", "  ", "text of 1"),
    _filter("id with a slash", SatelliteOems, "satellite_id", "a/b", "letters"),
    _filter("id of two dots", SatelliteOems, "satellite_id", "..", "letters"),
    Bad("no id", lambda: SatelliteOems(), "satellite_id", "required"),  # type: ignore[call-arg]
    Bad("no bound", lambda: Range(), "", "at least one of gt, gte"),
    Bad("unknown operator", lambda: Range(ne=1), "ne", "allowed: gt, gte, lt, lte, eq"),  # type: ignore[call-arg]
    Bad("empty view", lambda: FieldOfView(), "", "at least one field"),
    Bad(
        "view backwards",
        lambda: FieldOfView(start_epoch=WINDOW["end"], stop_epoch=WINDOW["start"]),  # type: ignore[arg-type]
        "stop_epoch",
        "after start_epoch",
    ),
    Bad(
        "view inside",
        lambda: Oems(fov={"sensor_id": "s", "radius": "1"}),  # type: ignore[arg-type]
        "fov.radius",
        "a number",
    ),
    Bad(
        "span backwards",
        lambda: GroundStationPasses(start=WINDOW["end"], stop=WINDOW["start"]),  # type: ignore[arg-type]
        "stop",
        "not before start",
    ),
    Bad("text form of another", lambda: Tles().texts("kvn"), "format", "one of BATCH"),
    # New objects and changes
    _new("no name", "name", " ", "text of 1"),
    _new("one number", "norad_ids", 25544, "a list"),
    _new("no numbers", "norad_ids", [], "at least 1"),
    _filter("numbers of 2020", SatelliteChanges, "norad_ids", ["25544"], "whole number", ".0"),
    _new("state of a number", "space_track_status", 5, "text"),
    _new("weightless", "mass", 0, "greater than 0"),
    _new("mass of text", "mass", "4 kg", "a number"),
    _new("percents", "thrust_uncertainty", 5.0, "0 to 1"),
    _new("distance in metres", "accepted_minimum_distance", 5000.0, "0 to 1000 km"),
    _new("misspelt field of a satellite", "thrust", 1, "unknown field"),
    _new("switch by the server", "active", True, "unknown field"),
    _new("webhook of a number", "slack_webhook", 5, "text"),
    _change("name taken away", "name", None, "the platform requires one"),
    _change("numbers taken away", "norad_ids", None, "the platform requires one"),
    _change("state taken away", "space_track_status", None, "the platform requires one"),
    _change("id changed", "satellite_id", "x", "unknown field"),
    _change("duration backwards", "min_time_in_sun", timedelta(seconds=-1), "at least 0"),
    _change("endless time in sun", "min_time_in_sun", math.inf, "at least 0"),
    Bad("no change", lambda: SatelliteChanges(), "", "at least one field"),
    Bad("no passes", lambda: NewGroundStationPasses(passes={}), "passes", "at least 1"),
    Bad("station without passes", lambda: NewGroundStationPasses(passes={"A": []}), "passes.A", "at least 1"),
    Bad("plan of text", lambda: NewManeuverPlan(plan="burn"), "plan", "an Opm"),  # type: ignore[arg-type]
    Bad("NaN in a plan", lambda: NewManeuverPlan(plan={"a": math.nan}), "plan.a", "finite"),
    Bad("date of a sensor", lambda: NewSensorSystem(fields={"a": date(2020, 1, 1)}), "fields.a", "JSON data"),
    Bad("empty TDM", lambda: NewTdm(tdm=""), "tdm", "KVN text"),
]
