"""Orbit parameter messages as KVN text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import InputError, OkapiWarning, Opm, OpmData, OpmHeader, OpmManeuver
from okapi_sdk.messages.covariance import ELEMENTS

COVARIANCE = "".join(
    f"{name.upper():<29} = 0.0 [{('km**2', 'km**2/s', 'km**2/s**2')[name.count('dot')]}]\n" for name in ELEMENTS
)
OPM = f"""\
CCSDS_OPM_VERS                = 2.0
CREATION_DATE                 = 2020-09-18T10:00:00.000
ORIGINATOR                    = OPERATOR
OBJECT_NAME                   = A
OBJECT_ID                     = 25544
CENTER_NAME                   = EARTH
REF_FRAME                     = GCRF
TIME_SYSTEM                   = UTC
COMMENT from a fit
EPOCH                         = 2016-07-21T00:31:50.000
X                             = 615.119526 [km]
Y                             = -7095.644839 [km]
Z                             = -678.668352 [km]
X_DOT                         = 0.390367 [km/s]
Y_DOT                         = 0.741902 [km/s]
Z_DOT                         = -7.39698 [km/s]
MASS                          = 4.0 [kg]
DRAG_AREA                     = 0.04 [m**2]
DRAG_COEFF                    = 2.2
COV_REF_FRAME                 = RTN
{COVARIANCE}"""
MANEUVER = """\
MAN_EPOCH_IGNITION            = 2016-07-21T01:00:00.000
MAN_DURATION                  = 100.0 [s]
MAN_DELTA_MASS                = 0.0 [kg]
MAN_REF_FRAME                 = RTN
MAN_DV_1                      = 0.0 [km/s]
MAN_DV_2                      = 1.5e-3 [km/s]
MAN_DV_3                      = -2e-4 [km/s]
"""


def test_the_example_is_written_as_it_was_read() -> None:
    opm = Opm.parse(OPM)
    assert (opm.data.z_dot, opm.data.mass, opm.data.comments) == (-7.39698, 4.0, ("from a fit",))
    assert opm.to_kvn() == OPM


def test_velocity_increments_are_read_as_accelerations() -> None:
    (maneuver,) = Opm.parse(OPM + MANEUVER).data.maneuvers
    assert (maneuver.user_defined_man_a_2, maneuver.user_defined_man_a_3) == (1.5e-5, -2e-6)
    with pytest.raises(InputError, match="line 42: a manoeuvre with a duration greater than 0"):
        Opm.parse(OPM + MANEUVER.replace("100.0", "0"))


accelerations = st.floats(-1e-3, 1e-3, allow_subnormal=False)


@given(st.tuples(accelerations, accelerations, accelerations), st.floats(1e-3, 1e6))
def test_accelerations_are_exact_again(values: tuple[float, float, float], duration: float) -> None:
    names = ("user_defined_man_a_1", "user_defined_man_a_2", "user_defined_man_a_3")
    fields = {"man_epoch_ignition": "2016-07-21T01:00:00Z", "man_duration": duration}
    maneuver = OpmManeuver.model_validate(fields | dict(zip(names, values, strict=True)))
    opm = Opm.parse(OPM)
    opm = opm.model_copy(update={"data": opm.data.model_copy(update={"maneuvers": (maneuver,)})})
    assert Opm.parse(opm.to_kvn()) == opm


def test_keywords_without_a_field_are_dropped_with_a_warning() -> None:
    text = OPM.replace("MASS ", "SEMI_MAJOR_AXIS = 7160 [km]\nGM = 398600.4415 [km**3/s**2]\nMASS ")
    assert Opm.parse(text) == Opm.parse(OPM)
    with pytest.warns(OkapiWarning, match="SOLAR_RAD_AREA, USER_DEFINED_MODEL"):
        assert Opm.parse(f"{OPM}USER_DEFINED_MODEL = WGS-84\nSOLAR_RAD_AREA = 2\n") == Opm.parse(OPM)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("CCSDS_OPM_VERS", "CCSDS_OEM_VERS", r"CCSDS_OPM_VERS = ... as the first line.*use Oem\.parse"),
        ("= EARTH", "= MOON", r"line 6: EARTH, the only central body"),
        ("= UTC", "= TT", "line 8: times in UTC"),
        ("615.119526 [km]", "615.119526 [km/s]", "line 11: a value in km; .*correct the unit"),
        ("MASS  ", "MOSS  ", "line 17: unknown field"),
        ("MASS  ", "MAN_DURATION = 5\nMASS  ", "line 17: MAN_EPOCH_IGNITION as the first keyword"),
        ("Z_DOT                         = -7.39698 [km/s]\n", "", r"data\.z_dot"),
    ],
)
def test_an_error_names_its_line_and_what_is_expected(old: str, new: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        Opm.parse(OPM.replace(old, new, 1))


def test_metres_are_converted() -> None:
    assert Opm.parse(OPM.replace("615.119526 [km]", "615119.526 [m]")) == Opm.parse(OPM)


@pytest.mark.parametrize("unit", ["m\N{MULTIPLICATION SIGN}s⁻¹", "m·s⁻¹", "m.s-1", "m/s", "m*s**-1"])
def test_units_in_typographic_signs_are_converted(unit: str) -> None:
    assert Opm.parse(OPM.replace("0.390367 [km/s]", f"390.367 [{unit}]")) == Opm.parse(OPM)


def test_a_value_in_an_unknown_unit_is_to_be_converted() -> None:
    with pytest.raises(InputError, match=r"a value in km/s; this one is in knots .*convert it to km/s"):
        Opm.parse(OPM.replace("0.390367 [km/s]", "758.8 [knots]"))


@pytest.mark.parametrize("frame", ["GCRF", "TEME"])
def test_a_covariance_without_a_frame_is_in_the_frame_of_the_state(frame: str) -> None:
    text = OPM.replace("= GCRF", f"= {frame}").replace("COV_REF_FRAME                 = RTN\n", "")
    opm = Opm.parse(text)
    assert opm.data.cov_ref_frame == frame
    assert Opm.parse(opm.to_kvn()) == opm
    assert Opm.parse(text.replace(COVARIANCE, "")).data.cov_ref_frame is None


def test_markers_around_the_metadata_are_ignored() -> None:
    text = OPM.replace("OBJECT_NAME", "META_START\nOBJECT_NAME").replace("COMMENT", "META_STOP\nCOMMENT")
    assert Opm.parse(text) == Opm.parse(OPM)


def test_writing_refuses_what_the_standard_does_not_allow() -> None:
    opm = Opm.parse(OPM)
    for update, problem in (
        ({"header": OpmHeader(ccsds_opm_vers=1.0)}, "2.0 or 3.0"),
        ({"header": OpmHeader()}, "header.creation_date: required"),
        ({"data": OpmData.model_validate(opm.data.model_dump() | {"cy_x": None})}, "data.cy_x: required"),
    ):
        with pytest.raises(InputError, match=re.escape(problem)):
            opm.model_copy(update=update).to_kvn()
