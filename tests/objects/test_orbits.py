"""Stored orbits as the orbit of a calculation, also those whose numbers no TLE can hold."""

from __future__ import annotations

from typing import Any

import pytest

from okapi_sdk import (
    CheckOrbit,
    InputError,
    OemRecord,
    Omm,
    OmmRecord,
    PassSummary,
    ResponseFormatError,
    Tle,
    TleRecord,
    Tles,
)
from okapi_sdk.emulator import Emulator
from tests.models.samples import LINE1, LINE2, LINES, oem
from tests.support.both import Client
from tests.support.cases import ISS, iss_passes

GP = {
    key: str(value)
    for key, value in {
        **Omm.from_tle(Tle.parse(ISS)).wire()["OMM_META_DATA"],
        **Omm.from_tle(Tle.parse(ISS)).wire()["OMM_DATA"],
        "CREATION_DATE": "2018-08-06T20:00:00",
        "PERIOD": "92.6",
    }.items()
}
"""A record in the form of Space-Track's GP class, whose values are all text."""
LARGE = {**GP, "NORAD_CAT_ID": "340001"}


def record(fields: dict[str, Any]) -> TleRecord:
    return TleRecord.model_validate(fields)


def test_a_record_without_lines_gives_the_tle_of_its_elements() -> None:
    one = record({**GP, "TLE_LINE1": None, "TLE_LINE2": ""})
    assert one.tle() == Tle.parse(ISS)
    assert one.omm().data.bstar == 2.9472e-05
    assert (one.omm().data.norad_cat_id, one.omm().header.creation_date) == (25544, one.creation_date)


def test_lines_come_before_elements() -> None:
    one = record({**GP, "TLE_LINE0": "0 ISS", "TLE_LINE1": LINE1, "TLE_LINE2": LINE2, "BSTAR": "1"})
    assert one.orbit() == one.tle() == Tle.parse(f"ISS\n{LINES}")
    only_lines = record({"tle": LINES})
    assert only_lines.omm().to_tle() == only_lines.orbit() == Tle.parse(LINES)


def test_a_large_number_has_elements_but_no_tle() -> None:
    one = record(LARGE)
    assert isinstance(one.orbit(), Omm)
    with pytest.raises(InputError, match=r"data\.norad_cat_id: a catalogue number from 0 to 339999"):
        one.tle()
    with pytest.raises(ResponseFormatError, match="contains no TLE"):
        record({"PERIOD": "92"}).orbit()


def test_the_record_of_an_omm_keeps_the_number_of_its_flat_form() -> None:
    one = OmmRecord.model_validate(LARGE)
    assert one.orbit() == one.omm()
    assert one.omm().data.norad_cat_id == 340001
    assert one.omm().data == record(LARGE).omm().data


def test_records_are_orbits() -> None:
    calculation: Any = iss_passes()
    tle = calculation.body()["orbit"]
    assert calculation.model_copy(update={"orbit": record(GP)}).body()["orbit"] == tle
    sent = calculation.model_copy(update={"orbit": record(LARGE)}).body()["orbit"]
    assert (sent["type"], sent["content"]["OMM_DATA"]["NORAD_CAT_ID"]) == ("omm.json", 340001)
    assert CheckOrbit.model_validate({"orbit": OemRecord.model_validate(oem().wire())}).orbit == oem()
    for wrong in (record({"PERIOD": "92"}), OmmRecord.model_validate({"data": 1})):
        with pytest.raises(InputError, match=r"orbit: a record with an orbit.*(contains no|cannot be parsed)"):
            CheckOrbit.model_validate({"orbit": wrong})


def test_the_emulator_serves_objects_above_every_tle(client: Client, emulator: Emulator) -> None:
    emulator.put("tles", [LARGE])
    (stored,) = client.list(Tles(norad_id=340001))
    reference = client.submit(iss_passes()).result(PassSummary)
    passes = client.submit(iss_passes().model_copy(update={"orbit": stored})).result(PassSummary)
    assert len(passes) == 2
    assert list(passes) == list(reference)
    other = Tle.parse(f"{LINE1}\n{LINE2}")
    check = client.run(CheckOrbit(orbit=other))
    assert check.candidates_checked == 1
    assert {violation.norad_id for violation in check.violations} == {340001}
