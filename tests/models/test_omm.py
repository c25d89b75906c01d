"""Mean elements messages: KVN text, JSON in blocks, and the flat JSON of catalogues."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from okapi_sdk import InputError, InputProblem, Omm, OmmData, OmmHeader, OmmMetadata, Tle
from okapi_sdk.messages.covariance import ELEMENTS as ELEMENTS_OF_COVARIANCE
from okapi_sdk.messages.units import ORBIT_UNITS
from tests.models.messages import OMM
from tests.models.samples import LINE1, LINE2, LINES
from tests.models.samples import changed as changed_line
from tests.models.strategies import block_fields, doubles, instants, tles, words

FLAT: dict[str, Any] = {
    "CCSDS_OMM_VERS": "2.0", "COMMENT": "GENERATED", "CREATION_DATE": "2018-08-06T20:00:00", "ORIGINATOR": "18 SPCS",
    "OBJECT_NAME": "ISS (ZARYA)", "OBJECT_ID": "1998-067A", "CENTER_NAME": "EARTH", "REF_FRAME": "TEME",
    "TIME_SYSTEM": "UTC", "MEAN_ELEMENT_THEORY": "SGP4", "EPOCH": "2018-08-06T18:19:42.981", "MEAN_MOTION": "15.538",
    "ECCENTRICITY": "0.0005481", "NORAD_CAT_ID": "25544", "PERIOD": "92.6",
}  # fmt: skip
ELEMENTS = {
    "epoch", "mean_motion", "eccentricity", "inclination", "ra_of_asc_node", "arg_of_pericenter", "mean_anomaly",
    "bstar", "mean_motion_dot", "mean_motion_ddot",
}  # fmt: skip


@st.composite
def omms(draw: st.DrawFn) -> Omm:
    header = OmmHeader(creation_date=draw(instants), originator=draw(words))
    metadata = OmmMetadata(
        **draw(block_fields(OmmMetadata, {"time_system"}, OmmMetadata.model_fields.keys() - {"comments"})),
        time_system="UTC",
    )
    return Omm(
        header=header, metadata=metadata, data=OmmData(**draw(block_fields(OmmData, {"semi_major_axis"}, ELEMENTS)))
    )


def test_the_example_reads_with_its_numbers() -> None:
    omm = Omm.parse(OMM)
    assert (omm.metadata.object_id, omm.data.mean_motion, omm.data.norad_cat_id) == ("1998-067A", 15.53806849, 25544)
    assert omm.data.model_extra == {"USER_DEFINED_SOURCE": "A"}
    assert (omm.header.comments, omm.metadata.comments, omm.data.comments) == (
        ("from the two-line elements",), ("of the station",), ("mean elements",),
    )  # fmt: skip


def test_the_example_is_written_as_it_was_read() -> None:
    assert Omm.parse(OMM).to_kvn() == OMM


@given(omms())
def test_kvn_and_json_read_back_as_the_same_message(omm: Omm) -> None:
    text = omm.to_kvn()
    assert Omm.parse(text) == omm
    assert Omm.parse(text).to_kvn() == text


@given(doubles)
def test_json_reads_back_as_the_same_message(value: float) -> None:
    omm = Omm.parse(OMM).model_copy(update={"data": OmmData(mean_motion=value, epoch=Omm.parse(OMM).data.epoch)})
    assert Omm.model_validate(omm.wire()) == omm


def test_the_flat_json_of_catalogues_goes_to_the_blocks() -> None:
    omm = Omm.model_validate(FLAT)
    assert (omm.header.originator, omm.header.comments) == ("18 SPCS", ("GENERATED",))
    assert (omm.metadata.object_name, omm.data.norad_cat_id) == ("ISS (ZARYA)", 25544)
    assert omm.data.model_extra == {"PERIOD": "92.6"}
    assert Omm._read({**FLAT, "EPOCH": None, "NEW": [1], "REF_FRAME": ""}).data.epoch is None


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("CCSDS_OMM_VERS", "CCSDS_OPM_VERS", "CCSDS_OMM_VERS = ... as the first line"),
        ("15.53806849 [rev/day]", "often", "MEAN_MOTION: a number"),
        ("2018-08-06T18:19:42.981", "2018-366T18:19:42", "a day of that year"),
        ("NORAD_CAT_ID                  = 25544", "NORAD_CAT_ID = 25.5", "norad_cat_id: .*a whole number"),
        ("TIME_SYSTEM                   = UTC", "TIME_SYSTEM = TAI", "times in UTC"),
        (
            "OBJECT_ID                     = 1998-067A",
            "OBJECT_NAME = B",
            "only once; it is also on line 6",
        ),
    ],
)
def test_an_error_names_its_line_and_what_is_expected(old: str, new: str, allowed: str) -> None:
    text = OMM.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        Omm.parse(text)
    assert f"line {text[: text.index(new)].count(chr(10)) + 1}: " in str(caught.value), str(caught.value)
    assert re.search(allowed, str(caught.value)), str(caught.value)


def test_writing_reports_a_missing_required_field() -> None:
    with pytest.raises(InputError, match=r"data\.mean_anomaly: required in KVN"):
        Omm.parse(re.sub("MEAN_ANOMALY.*\n", "", OMM)).to_kvn()


@given(st.data())
def test_any_text_is_parsed_or_refused_with_a_line_number(data: st.DataObject) -> None:
    lines = OMM.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        new = data.draw(st.text(max_size=20) | st.sampled_from([*lines, "COMMENTS = 1", "DATA = 1", "HEADER = ", "A="]))
        lines[place : place + data.draw(st.integers(0, 2))] = [new]
    refused: tuple[InputProblem, ...] = ()
    try:
        Omm.parse("\n".join(lines))
    except InputError as error:
        refused = error.problems
    assert all(re.search(r"line \d+", problem.rule) for problem in refused), refused


def changed(old: str, new: str) -> str:
    assert old in OMM
    return OMM.replace(old, new)


@pytest.mark.parametrize("blank", ["CREATION_DATE                 =", "CREATION_DATE=\t", "creation_date = "])
def test_a_keyword_without_a_value_is_missing(blank: str) -> None:
    omm = Omm.parse(changed("CREATION_DATE                 = 2018-08-06T20:00:00.000", blank))
    assert omm.header.creation_date is None
    assert Omm.parse(changed("BSTAR                         = 2.9472e-05 [1/ER]", "BSTAR =")).data.bstar is None


@pytest.mark.parametrize("key", ["EPOCH", "MEAN_MOTION", "TIME_SYSTEM", "CREATION_DATE", "NORAD_CAT_ID"])
def test_a_blank_in_json_is_missing(key: str) -> None:
    assert Omm.model_validate({**FLAT, key: ""}) == Omm.model_validate({**FLAT, key: None})


def test_null_is_never_written_as_text() -> None:
    flat = {
        **FLAT,
        "RCS_SIZE": None,
        "DECAY_DATE": None,
        "INCLINATION": 51.6,
        "RA_OF_ASC_NODE": 1,
        "ARG_OF_PERICENTER": 2,
    }
    text = Omm.model_validate(
        flat | {"MEAN_ANOMALY": 3, "BSTAR": 0, "MEAN_MOTION_DOT": 0, "MEAN_MOTION_DDOT": 0}
    ).to_kvn()
    assert "None" not in text
    assert "RCS_SIZE" not in text
    assert "USER_DEFINED_PERIOD           = 92.6\n" in text
    with pytest.raises(InputError, match=r"data\.NEW: text or a number"):
        Omm.model_validate({**Omm.parse(OMM).wire()["OMM_DATA"], **FLAT, "NEW": [1]}).to_kvn()


def test_the_semi_major_axis_stands_in_for_the_mean_motion() -> None:
    old, new = "MEAN_MOTION                   = 15.53806849 [rev/day]", "SEMI_MAJOR_AXIS               = 6785.5 [km]"
    omm = Omm.parse(changed(old, new))
    assert (omm.data.semi_major_axis, omm.data.mean_motion) == (6785.5, None)
    assert omm.to_kvn() == changed(old, new)
    with pytest.raises(InputError, match="either mean_motion or semi_major_axis"):
        Omm.parse(changed(old, f"{old}\n{new}")).to_kvn()


def test_parameters_of_a_spacecraft_and_covariances_keep_their_places() -> None:
    covariance = "".join(f"{name.upper():<29} = 1.0 [{ORBIT_UNITS[name]}]\n" for name in ELEMENTS_OF_COVARIANCE)
    spacecraft = "MASS                          = 450000 [kg]\n"
    text = changed("EPHEMERIS_TYPE ", f"{spacecraft}EPHEMERIS_TYPE ").replace("USER_", f"{covariance}USER_")
    assert Omm.parse(text).to_kvn() == text.replace("450000", "450000.0")


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("126.6422 [deg]", "2.21 [rad]", "convert it to deg"),
        ("15.53806849 [rev/day]", "0.00113 [rad/s]", "convert it to rev/day"),
        ("51.6423 [deg]", "51.6423 [km]", "correct the unit, which is deg"),
        ("0.0005481", "0.0005481 [deg]", "remove the unit"),
        ("= 999", "= 999 [d]", "remove the unit"),
    ],
)
def test_a_wrong_unit_is_refused(old: str, new: str, remedy: str) -> None:
    with pytest.raises(InputError, match=re.escape(remedy)):
        Omm.parse(changed(old, new))


@pytest.mark.parametrize("unit", ["[DEG]", "[Degrees]", "[°]", ""])
def test_the_right_unit_is_read_in_any_spelling(unit: str) -> None:
    assert Omm.parse(changed("126.6422 [deg]", f"126.6422 {unit}")) == Omm.parse(OMM)


def test_only_utc_is_read_in_any_case() -> None:
    assert Omm.parse(changed("= UTC", "= utc")) == Omm.parse(OMM)
    for system in ("TAI", "GPS", "UT1"):
        with pytest.raises(InputError, match=r"metadata\.time_system: times in UTC"):
            Omm.model_validate({**FLAT, "TIME_SYSTEM": system})


def test_lists_of_one_and_json_text_are_read() -> None:
    text = json.dumps([FLAT])
    assert Omm.parse(text) == Omm.model_validate([FLAT]) == Omm.model_validate_json(text) == Omm.model_validate(FLAT)
    with pytest.raises(InputError, match="a list of 2"):
        Omm.model_validate([FLAT, FLAT])


CSV = """OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,NORAD_CAT_ID,RCS_SIZE
ISS (ZARYA),1998-067A,2018-08-06T18:19:43.256640,15.53806849,.0005481,25544,
"OTHER, B",1998-067B,2018-08-06T18:19:43.256640,15.5,.0006,25545,SMALL
"""


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (CSV, [25544, 25545]), (CSV.replace("\n", "\r\n"), [25544, 25545]), (OMM, [25544]),
        (OMM + "\n" + changed("= 25544", "= 7"), [25544, 7]), (json.dumps([FLAT, FLAT]), [25544, 25544]), ("[]", []),
    ],
)  # fmt: skip
def test_any_number_of_messages_is_read(text: str, numbers: list[int]) -> None:
    assert [omm.data.norad_cat_id for omm in Omm.parse_many(text)] == numbers


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (CSV.replace("15.5,", "often,"), r"1\.data\.mean_motion: line 3: a number"),
        (OMM + changed("= 25544", "= x"), r"1: line 50: NORAD_CAT_ID"),
        (OMM + changed("62.9075", "often") + changed("= 25544", "= x"), r"1: line 47: .*\n2: line 78: NORAD_CAT_ID"),
        (CSV.replace(",SMALL", ""), "1: line 3: 7 cells, as in the header; this row has 6"),
        (CSV.replace(",SMALL", ",SMALL,X"), "1: line 3: 7 cells, as in the header; this row has 8"),
        (CSV.replace(",", ";"), "columns separated by commas, not semicolons"),
        (CSV.replace("RCS_SIZE", "OBJECT_ID"), "line 1: a header that names each column once"),
        (CSV.replace('B",', '"B",'), "line 3: comma-separated values"),
        (LINES, r"this is TLE; use Tle\.parse_many"),
        ("[{]", "valid JSON"), ("", "CCSDS_OMM_VERS"), (OMM.encode(), "decode bytes"),
    ],
)  # fmt: skip
def test_an_invalid_message_among_many_is_named(text: Any, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        Omm.parse_many(text)


def test_a_second_message_in_the_text_is_refused() -> None:
    with pytest.raises(InputError, match=r"line 29: one message; another one begins here.*use Omm\.parse_many"):
        Omm.parse(f"{OMM}\n{OMM}".replace("\n\n", "\n", 1))


def test_an_unknown_keyword_without_a_value_is_missing() -> None:
    assert Omm.parse(f"{OMM}USER_DEFINED_DECAY_DATE =\n") == Omm.parse(OMM)


EXACT = changed("18:19:42.981", "18:19:43.256640")


def test_a_tle_holds_the_elements_exactly() -> None:
    tle = Omm.parse(EXACT).to_tle()
    assert tle.line1 == LINE1
    assert (tle.norad_id, tle.bstar, tle.name) == (25544, 2.9472e-05, "ISS (ZARYA)")
    assert Omm.parse(EXACT.replace("= 25544", "= 270007")).to_tle().line2[2:7] == "T0007"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("43.256640", "43.256641", "data.epoch"),
        ("= 25544", "= 340000", "data.norad_cat_id"),
        ("51.6423", "51.64231", "data.inclination"),
        ("2.9472e-05", "2.94721e-05", "data.bstar"),
        ("1.449e-05", "1.4491e-06", "data.mean_motion_dot"),
        ("= 999", "= 10000", "data.element_set_no"),
        ("= TEME", "= GCRF", "metadata.ref_frame"),
        ("= SGP4", "= DSST", "metadata.mean_element_theory"),
        ("= 1998-067A", "= 25544", "metadata.object_id"),
        ("62.9075 [deg]", "", "data.mean_anomaly"),
        ("2018-08-06", "2057-08-06", "data.epoch"),
        ("= 1998-067A", "= 2057-067A", "metadata.object_id"),
        ("0.0005481", "1.0", "data.eccentricity"),
    ],
)
def test_what_a_tle_cannot_hold_is_named(old: str, new: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        Omm.parse(EXACT.replace(old, new)).to_tle()
    assert [problem.field for problem in caught.value.problems] == [field]


@given(
    st.floats(-0.99, 0.99).map(lambda value: round(value, 5)), st.integers(-9, 9), st.sampled_from([0.0, 1e-13, -2e-12])
)
def test_exponential_fields_of_a_tle_are_exact(mantissa: float, exponent: int, ddot: float) -> None:
    bstar = float(Decimal(repr(mantissa)).scaleb(exponent))
    data = Omm.parse(EXACT).data.model_copy(update={"bstar": bstar, "mean_motion_ddot": ddot})
    assert Omm.parse(EXACT).model_copy(update={"data": data}).to_tle().bstar == bstar


@given(tles, st.none() | st.sampled_from(["ISS (ZARYA)", "0 DEB", "ÉTOILE"]))
def test_a_tle_comes_back_from_an_omm_with_the_same_elements(tle: Tle, name: str | None) -> None:
    tle = tle.model_copy(update={"name": name})
    assume(tle.epoch.year > 1957)
    omm = Omm.from_tle(tle)
    again = omm.to_tle()
    assert (again.name, omm.data.norad_cat_id, omm.metadata.object_id) == (tle.name, tle.norad_id, tle.cospar_id)
    # Only the padding of the day and signs without a meaning may differ.
    assert again.line2 == tle.line2
    assert again.line1[:20] + again.line1[23:53] == tle.line1[:20] + tle.line1[23:53]
    assert again.epoch == tle.epoch
    assert again.bstar == tle.bstar
    assert Omm.from_tle(again) == omm == Omm.model_validate(omm.wire())


@pytest.mark.parametrize("text", ["A0000", "H9999", "J0000", "N9999", "P0000", "Z9999", "99999", "    5"])
def test_alpha_5_goes_both_ways(text: str) -> None:
    lines = [changed_line(line, 3, text) for line in (LINE1, LINE2)]
    tle = Tle.parse("\n".join(lines))
    omm = Omm.from_tle(tle)
    assert omm.data.norad_cat_id == tle.norad_id
    assert omm.to_tle().norad_id == tle.norad_id
    assert omm.to_tle().line1[2:7] == text.replace(" ", "0")


@pytest.mark.parametrize("number", [100_000, 179_999, 180_000, 229_999, 230_000, 339_999])
def test_alpha_5_skips_i_and_o(number: int) -> None:
    tle = Omm.parse(EXACT.replace("= 25544", f"= {number}")).to_tle()
    assert tle.norad_id == number
    assert tle.line1[2] not in "IO"
