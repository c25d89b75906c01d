"""Tracking data messages as KVN text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import InputError, InputProblem, NewTdm, Tdm, TdmHeader, TdmObservation, TdmSegment
from okapi_sdk.messages.tdm_kvn import METADATA
from tests.models.messages import TDM
from tests.models.strategies import block_fields, doubles, instants, remarks, words


@st.composite
def tdms(draw: st.DrawFn) -> Tdm:
    segments = []
    for _ in range(draw(st.integers(1, 2))):
        epochs = sorted(draw(st.lists(instants, min_size=1, max_size=4)))
        measured = st.sampled_from(["ANGLE_1", "ANGLE_2", "RANGE", "NEW"])
        observations = [
            TdmObservation(keyword=draw(measured), epoch=epoch, value=draw(doubles)) for epoch in epochs
        ]  # fmt: skip
        own = block_fields(TdmSegment, {"observations", "time_system"}, {"participant_1"})
        found = {
            name: abs(value) if "delay" in name or name in ("integration_interval", "range_modulus") else value
            for name, value in draw(own).items()
        }
        segments.append(TdmSegment(**found, observations=tuple(observations)))
    header = TdmHeader(
        creation_date=draw(instants), originator=draw(words), comments=draw(remarks), message_id=draw(st.none() | words)
    )
    return Tdm(header=header, segments=tuple(segments))


def test_the_example_reads_with_its_numbers_and_units() -> None:
    tdm = Tdm.parse(TDM)
    first, second = tdm.segments
    assert [(item.keyword, item.value, first.unit(item.keyword)) for item in first.observations] == [
        ("RANGE", 1234.5678, "km"), ("ANGLE_1", 256.64, "deg"), ("ANGLE_2", 11.5, "deg"), ("RANGE", 1200.25, "km"),
    ]  # fmt: skip
    assert (first.participant_2, first.path, first.transmit_delay_1) == ("1998-067A", "1,2,1", 7.7e-05)
    assert second.observations[2].epoch.microsecond == 123456
    assert len(tdm.observations) == 7


@pytest.mark.parametrize(
    ("keyword", "unit"),
    [
        ("RECEIVE_FREQ_2", "Hz"), ("TRANSMIT_FREQ_RATE_1", "Hz/s"), ("DOPPLER_INTEGRATED", "km/s"), ("MAG", None),
        ("RCS", "m**2"), ("NEW_1", None), ("STEC", "TECU"), ("RANGE", "s"),
    ],
)  # fmt: skip
def test_units_are_those_of_the_standard(keyword: str, unit: str | None) -> None:
    segment = TdmSegment(participant_1="A", range_units="s", observations=())
    assert segment.unit(keyword) == unit


def test_the_example_is_written_as_it_was_read() -> None:
    assert Tdm.parse(TDM).to_kvn() == TDM


@given(tdms())
def test_kvn_reads_back_as_the_same_message(tdm: Tdm) -> None:
    text = tdm.to_kvn()
    assert Tdm.parse(text) == tdm
    assert Tdm.parse(text).to_kvn() == text


def test_every_field_of_the_metadata_is_written() -> None:
    assert set(METADATA) == TdmSegment.model_fields.keys() - {"comments", "data_comments", "observations"}


def test_it_is_posted_as_the_text_that_it_is() -> None:
    tdm = Tdm.parse(TDM)
    assert NewTdm(tdm=tdm)._body() == NewTdm(tdm=TDM)._body() == {"tdm": {"type": "tdm.txt", "content": TDM}}
    assert Tdm.model_validate({"type": "tdm.txt", "content": TDM}) == tdm


def test_any_number_of_messages_is_read(tmp_path: Path) -> None:
    one = Tdm.parse(TDM)
    other = one.model_copy(update={"header": TdmHeader(originator="OTHER", creation_date=one.header.creation_date)})
    text = f"{TDM}\n{other.to_kvn()}"
    (tmp_path / "night.tdm").write_text(text, encoding="utf-8")
    assert Tdm.parse_many(text) == Tdm.load_many(tmp_path / "night.tdm") == (one, other)
    assert Tdm.parse_many(TDM) == (one,)
    with pytest.raises(InputError, match=r"another one begins here.*use Tdm\.parse_many"):
        Tdm.parse(text)


def test_all_invalid_messages_among_many_are_named_with_their_lines() -> None:
    lines = TDM.splitlines()
    damaged = TDM.replace("256.64", "north")
    with pytest.raises(InputError) as caught:
        Tdm.parse_many("\n".join([damaged, TDM, damaged]))
    place = line_of(damaged, "north")
    second = place + 2 * (len(lines) + 1)
    assert [(problem.field[0], problem.rule.partition(":")[0]) for problem in caught.value.problems] == [
        ("0", f"line {place}"), ("2", f"line {second}"),
    ]  # fmt: skip


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("CCSDS_TDM_VERS", "CCSDS_OEM_VERS", "CCSDS_TDM_VERS = ... as the first line"),
        ("TIME_SYSTEM                   = UTC", "TIME_SYSTEM = TAI", "times in UTC"),
        ("INTEGRATION_INTERVAL          = 1.0", "INTEGRATION_INTERVAL = one", "INTEGRATION_INTERVAL: a number"),
        ("TRANSMIT_DELAY_1              = 7.7e-05", "TRANSMIT_DELAY_1 = -1.0", "transmit_delay_1: .*at least 0"),
        ("PARTICIPANT_2                 = 1998-067A", "PARTICIPANT_6 = A", "unknown field"),
        (
            "RANGE                         = 2020-09-18T09:00:00.000 1234.5678",
            "RANGE = 1234.5",
            "KEYWORD = epoch value",
        ),
        ("2020-09-18T09:00:00.000 1234.5678", "2020-09-18T09:00:00.000 far", "RANGE: a number"),
        ("2020-09-18T09:00:00.000 1234.5678", "today 1234.5", "an ISO 8601 time"),
        ("DATA_START", "DATA_BEGIN", "DATA_START"),
        ("META_STOP", "META_END", "KEYWORD = value"),
    ],
)
def test_an_error_names_its_line_and_what_is_expected(old: str, new: str, allowed: str) -> None:
    text = TDM.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        Tdm.parse(text)
    assert f"line {line_of(text, new)}: " in str(caught.value), str(caught.value)
    assert re.search(allowed, str(caught.value)), str(caught.value)


def test_a_missing_field_is_reported_with_the_line_of_its_block() -> None:
    with pytest.raises(InputError, match=r"segments\.0\.participant_1: in the block at line 7: required"):
        Tdm.parse(TDM.replace("PARTICIPANT_1                 = STATION\n", ""))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"observations": ()}, "segments.0.observations"),
        ({"participant_1": "É"}, "segments.0.participant_1"),
        ({"observations": Tdm.parse(TDM).segments[0].observations[::-1]}, "segments.0.observations.3.epoch"),
    ],
)
def test_writing_refuses_what_the_standard_does_not_allow(change: dict[str, Any], field: str) -> None:
    tdm = Tdm.parse(TDM)
    changed = tdm.model_copy(update={"segments": (tdm.segments[0].model_copy(update=change),)})
    with pytest.raises(InputError) as caught:
        changed.to_kvn()
    assert [problem.field for problem in caught.value.problems] == [field]


def test_version_1_refuses_fields_of_version_2() -> None:
    for text in (TDM, TDM.replace("MESSAGE_ID                    = 17\n", "")):
        with pytest.raises(InputError, match=r"only in version 2\.0"):
            Tdm.parse(text.replace("VERS                = 2.0", "VERS = 1.0")).to_kvn()


@given(st.data())
def test_any_text_is_parsed_or_refused_with_a_line_number(data: st.DataObject) -> None:
    lines = TDM.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        new = data.draw(st.text(max_size=20) | st.sampled_from([*lines, "COMMENTS = 1", "OBSERVATIONS = 1", "A = "]))
        lines[place : place + data.draw(st.integers(0, 2))] = [new]
    refused: tuple[InputProblem, ...] = ()
    try:
        Tdm.parse("\n".join(lines))
    except InputError as error:
        refused = error.problems
    assert all(re.search(r"line \d+", problem.rule) for problem in refused), refused


def test_answers_are_read_whatever_is_new_or_null() -> None:
    segment = {
        "PARTICIPANT_1": 25544, "MODE": "NEW", "PATH": None, "NEW": 1, "TRANSMIT_DELAY_1": -1,
        "OBSERVATIONS": [{"KEYWORD": "NEW", "EPOCH": "2020-01-01T00:00:00", "VALUE": "1.5", "NEW": None}],
    }  # fmt: skip
    tdm = Tdm._read({"HEADER": None, "SEGMENTS": [segment], "NEW": {}})
    assert (tdm.observations[0].value, tdm.segments[0].participant_1) == (1.5, "25544")
