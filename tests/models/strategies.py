"""Random valid inputs."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from pydantic import BaseModel

from okapi_sdk import (
    Cdm,
    CdmObject,
    GroundLocation,
    Oem,
    Opm,
    OpmData,
    OpmMetadata,
    PredictPasses,
    PropagateOrbit,
    PropagationSettings,
    RiskOverrides,
    ScalingRange,
    StateVector,
    Tagged,
    TimeWindow,
    Tle,
)
from okapi_sdk.messages.cdm import REQUIRED_OF_OBJECT
from okapi_sdk.messages.cdm_forms import is_space_track_key
from okapi_sdk.messages.cdm_relative import CdmRelativeData
from okapi_sdk.messages.oem_kvn import ACCELERATION, ROWS
from tests.models.samples import checked

ALPHA5 = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"

numbers = st.integers(0, 339_999)
angles = st.integers(0, 3_599_999).map(lambda units: units / 10_000)
floats = st.floats(-1e3, 1e3, allow_nan=False).filter(lambda value: value == 0 or abs(value) > 1e-12)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)
switches = st.none() | st.booleans()


def catalogue_number(number: int) -> str:
    return f"{ALPHA5[number // 10_000]}{number % 10_000:04d}"


@st.composite
def tle_fields(draw: st.DrawFn) -> dict[str, Any]:
    """What a TLE says, as numbers."""
    return {
        "number": draw(numbers),
        "designator": draw(
            st.none() | st.tuples(st.integers(57, 99), st.integers(1, 999), st.sampled_from(["A", "BC"]))
        ),
        "year": draw(st.integers(1957, 2056)),
        "day": draw(st.integers(1, 365)),
        "fraction": draw(st.integers(0, 99_999_999)),
        "inclination": draw(st.integers(0, 1_800_000)) / 10_000,
        "raan": draw(angles),
        "eccentricity": draw(st.integers(0, 9_999_999)),
        "perigee": draw(angles),
        "anomaly": draw(angles),
        "motion": draw(st.integers(1, 1_799_999_999)) / 1e8,
        "bstar": draw(st.tuples(st.sampled_from(" -+"), st.integers(0, 99_999), st.sampled_from(["-4", "+1", "-0"]))),
        "revolution": draw(st.integers(0, 99_999)),
    }


def tle_lines(fields: dict[str, Any]) -> tuple[str, str]:
    """Two lines with the right columns and checksums, written independently of the SDK."""
    number = catalogue_number(fields["number"])
    launch = fields["designator"]
    piece = " " * 8 if launch is None else f"{launch[0]:02d}{launch[1]:03d}{launch[2]:<3}"
    sign, mantissa, exponent = fields["bstar"]
    day = f"{fields['day']:3d}.{fields['fraction']:08d}"
    epoch = f"{fields['year'] % 100:02d}{day}"
    line1 = f"1 {number}U {piece} {epoch}  .00001449  00000-0 {sign}{mantissa:05d}{exponent} 0  9990"
    line2 = (
        f"2 {number} {fields['inclination']:8.4f} {fields['raan']:8.4f} {fields['eccentricity']:07d}"
        f" {fields['perigee']:8.4f} {fields['anomaly']:8.4f} {fields['motion']:11.8f}{fields['revolution']:5d}0"
    )
    return checked(line1), checked(line2)


tles = tle_fields().map(lambda fields: Tle.parse("\n".join(tle_lines(fields))))

locations = st.builds(
    GroundLocation.at,
    st.floats(-90, 90, allow_nan=False),
    st.floats(-180, 180, allow_nan=False),
    height_m=st.floats(-500, 9000, allow_nan=False),
)
windows = st.builds(TimeWindow.starting, moments, st.integers(1, 10_000_000).map(lambda ms: timedelta(milliseconds=ms)))

states = st.builds(
    StateVector,
    epoch=moments,
    x=st.floats(7000, 50_000),
    y=floats,
    z=floats,
    x_dot=st.floats(-8, 8),
    y_dot=st.floats(-8, 8),
    z_dot=st.floats(-8, 8),
    area=st.none() | st.floats(0.01, 1e3),
    mass=st.none() | st.floats(0.1, 1e5),
)
opm_data = st.builds(
    OpmData,
    epoch=moments,
    x=st.floats(7000, 50_000),
    y=floats,
    z=floats,
    x_dot=st.floats(-8, 8),
    y_dot=st.floats(-8, 8),
    z_dot=st.floats(-8, 8),
    mass=st.none() | st.floats(0.1, 1e5),
    cx_x=st.none() | st.floats(0, 1e3),
)
opms = st.builds(Opm, data=opm_data, metadata=st.builds(OpmMetadata, object_id=st.sampled_from(["25544", "270000"])))
oems = st.builds(
    lambda states: Oem.model_validate({"OEM_META_DATA_DATA": [{"DATA": states}]}), st.lists(opm_data, max_size=3)
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_letters, max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
tagged = st.builds(Tagged, type=st.sampled_from(["oem.kvn", "oem.xml", "omm.json", "navsol.txt"]), content=json_values)

settings = st.builds(
    PropagationSettings,
    output_step_size=st.none() | st.integers(1, 600),
    geopotential_degree_order=st.none() | st.integers(0, 70),
    atmospheric_drag=switches,
    covariance_propagation=switches,
    atmospheric_model=st.none() | st.sampled_from(["Exponential", "JB2008", "of tomorrow"]),
    solar_f107=st.none() | st.floats(60, 300),
)


def passes_of(orbits: st.SearchStrategy[Any], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[PredictPasses]:
    return st.builds(
        PredictPasses,
        orbit=orbits,
        ground_location=locations,
        time_window=windows,
        settings=st.none() | settings,
        **more,
    )


@st.composite
def propagations_of(draw: st.DrawFn, orbits: st.SearchStrategy[Any], **more: st.SearchStrategy[Any]) -> PropagateOrbit:
    orbit = draw(orbits)
    epoch = getattr(orbit, "epoch", datetime(2020, 1, 1, tzinfo=UTC))
    assume(epoch.year > 1957)  # before that no time is taken
    end = epoch + timedelta(seconds=draw(st.integers(2, 100_000)))
    drawn = {name: draw(values) for name, values in more.items()}
    return PropagateOrbit(orbit=orbit, end=end.replace(microsecond=0), settings=draw(st.none() | settings), **drawn)


words = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40).map(str.strip).filter(bool)
remarks = st.lists(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(str.rstrip), max_size=2
).map(tuple)
doubles = st.floats(allow_nan=False, allow_infinity=False)
instants = st.datetimes(datetime(1958, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def _field_values(annotation: Any) -> st.SearchStrategy[Any]:
    text = str(annotation)
    for word, values in (
        ("tuple", remarks),
        ("datetime", instants),
        ("float", doubles),
        ("int", st.integers(0, 10**6)),
    ):
        if word in text:
            return values
    return words


def block_fields(model: type[BaseModel], left_out: set[str], required: set[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Fields of a block of a message: the required ones, and some of the others."""
    values = {
        name: _field_values(field.annotation) for name, field in model.model_fields.items() if name not in left_out
    }
    return st.fixed_dictionaries(
        {name: values[name] for name in values if name in required},
        optional={name: values[name] for name in values if name not in required},
    )


STATE = {"x": 7000.0, "y": 0.0, "z": 0.0, "x_dot": 0.0, "y_dot": 7.5, "z_dot": 0.0}


@st.composite
def cdm_objects(draw: st.DrawFn) -> dict[str, Any]:
    own = {name for name in CdmObject.model_fields if is_space_track_key("SAT1_" + name.upper())}
    found = draw(block_fields(CdmObject, own | {"object"} | set(STATE), set(REQUIRED_OF_OBJECT) - set(STATE)))
    for row in ("r", "t", "n", "rdot", "tdot", "ndot", "drg", "srp", "thr"):
        name = f"c{row}_{row}"
        if name in found:
            found[name] = abs(found[name])
    axes = draw(st.tuples(*[st.floats(-1e4, 1e4)] * 3))
    found |= dict(zip(STATE, (*(7000.0 + abs(axis) for axis in axes), 1.0, 2.0, 3.0), strict=True))
    # A remark belongs to the section of the value behind it.
    if not any(name.startswith(("time_", "obs_", "tracks_", "weighted", "residuals")) for name in found):
        found.pop("od_comments", None)
    if not {"area_pc", "area_drg", "area_srp", "mass", "sedr"} & found.keys():
        found.pop("parameter_comments", None)
    return found


@st.composite
def cdms(draw: st.DrawFn) -> Cdm:
    """Messages that have all that KVN requires, and no more than it has a place for."""
    own = {name for name in CdmRelativeData.model_fields if is_space_track_key(name.upper())}
    vector = {"relative_position_r", "relative_position_t", "relative_position_n"}
    required = {"ccsds_cdm_vers", "creation_date", "originator", "message_id", "tca", "miss_distance"}
    found = draw(block_fields(CdmRelativeData, own | vector, required))
    one, two = (CdmObject(**draw(cdm_objects()), object=name) for name in ("OBJECT1", "OBJECT2"))
    return Cdm(**found, object1=one, object2=two)


@st.composite
def kvn_oems(draw: st.DrawFn) -> Oem:
    """Messages that have all that KVN requires, and no more than it has a place for."""
    segments = []
    for _ in range(draw(st.integers(1, 2))):
        epochs = sorted(draw(st.sets(instants, min_size=1, max_size=4)))
        states = [_kvn_state(draw, epoch) for epoch in epochs]
        states[0]["comments"] = draw(remarks)
        held = any("cx_x" in state for state in states)
        degree = draw(st.none() | st.integers(1, 11))
        segments.append(
            {
                "object_name": draw(words), "object_id": draw(words), "comments": draw(remarks),
                "start_time": epochs[0], "stop_time": epochs[-1], "interpolation_degree": degree,
                "interpolation": None if degree is None else draw(st.sampled_from(["LAGRANGE", "HERMITE"])),
                "useable_start_time": draw(st.none() | st.just(epochs[0])),
                "covariance_comments": draw(remarks) if held else (), "data": states,
            }
        )  # fmt: skip
    version = draw(st.sampled_from([2.0, 3.0]))
    more = {"message_id": draw(words), "classification": draw(words)} if version == 3.0 else {}
    header = {"creation_date": draw(instants), "originator": draw(words), "comments": draw(remarks), **more}
    return Oem.model_validate({"header": {"ccsds_oem_vers": version, **header}, "segments": segments})


def _kvn_state(draw: st.DrawFn, epoch: datetime) -> dict[str, Any]:
    names = (*STATE, *ACCELERATION) if draw(st.booleans()) else tuple(STATE)
    found: dict[str, Any] = {"epoch": epoch, **{name: draw(doubles) for name in names}}
    if draw(st.booleans()):
        for row in ROWS:
            found |= dict.fromkeys(row[:-1], 0.0) | {row[-1]: draw(st.floats(0, 1e300))}
        found["cy_x"] = draw(st.floats(-0.9, 0.9)) * min(found["cx_x"], found["cy_y"])
        found["cov_ref_frame"] = draw(st.sampled_from(["RTN", "GCRF"]))
    return found


@st.composite
def scaling_ranges(draw: st.DrawFn) -> ScalingRange:
    """Of at most three factors."""
    low, step = draw(st.floats(0.01, 10)), draw(st.floats(0.01, 10))
    return ScalingRange(lower_bound=low, upper_bound=low + step * draw(st.floats(0, 2)), step_size=step)


overrides = st.builds(
    RiskOverrides,
    **{
        f"{satellite}_{name}": st.none() | values
        for satellite in ("sat1", "sat2")
        for name, values in (
            ("hard_body_radius", st.floats(0, 100) | st.integers(0, 100)),
            *((f"covariance_{axis}_scaling_range", scaling_ranges()) for axis in "rtn"),
        )
    },
    **{f"relative_position_{axis}": st.none() | st.floats(-1e3, 1e3) for axis in "rtn"},
)
