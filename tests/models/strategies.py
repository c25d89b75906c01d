"""Random valid inputs."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from okapi_sdk.calculations import PredictPasses, PropagateOrbit
from okapi_sdk.models import (
    GroundLocation,
    Oem,
    Opm,
    OpmData,
    OpmMetadata,
    PropagationSettings,
    StateVector,
    Tagged,
    TimeWindow,
    Tle,
)
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
