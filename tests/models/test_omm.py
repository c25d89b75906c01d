"""Mean elements messages: KVN text, JSON in blocks, and the flat JSON of catalogues."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import InputError, InputProblem, Omm, OmmData, OmmHeader, OmmMetadata
from tests.models.messages import OMM
from tests.models.strategies import block_fields, doubles, instants, words

FLAT: dict[str, Any] = {
    "CCSDS_OMM_VERS": "2.0", "COMMENT": "GENERATED", "CREATION_DATE": "2018-08-06T20:00:00", "ORIGINATOR": "18 SPCS",
    "OBJECT_NAME": "ISS (ZARYA)", "OBJECT_ID": "1998-067A", "CENTER_NAME": "EARTH", "REF_FRAME": "TEME",
    "TIME_SYSTEM": "UTC", "MEAN_ELEMENT_THEORY": "SGP4", "EPOCH": "2018-08-06T18:19:42.981", "MEAN_MOTION": "15.538",
    "ECCENTRICITY": "0.0005481", "NORAD_CAT_ID": "25544", "PERIOD": "92.6",
}  # fmt: skip
ELEMENTS = {
    "epoch", "mean_motion", "eccentricity", "inclination", "ra_of_asc_node", "arg_of_pericenter", "mean_anomaly",
}  # fmt: skip


@st.composite
def omms(draw: st.DrawFn) -> Omm:
    header = OmmHeader(creation_date=draw(instants), originator=draw(words))
    metadata = OmmMetadata(
        **draw(block_fields(OmmMetadata, {"time_system"}, OmmMetadata.model_fields.keys() - {"comments"})),
        time_system="UTC",
    )
    return Omm(header=header, metadata=metadata, data=OmmData(**draw(block_fields(OmmData, set(), ELEMENTS))))


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
    assert Omm.model_validate(omm._wire()) == omm


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
        ("OBJECT_ID                     = 1998-067A", "OBJECT_NAME = B", "OBJECT_NAME only once; it is also in line 6"),
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
