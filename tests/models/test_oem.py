"""Ephemerides as KVN text and as JSON: round trips, refusals with line numbers, tolerance of answers."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import InputError, InputProblem, Oem, OemState
from tests.models.messages import OEM
from tests.models.samples import OEM as OEM_JSON
from tests.models.strategies import kvn_oems, oems


def test_the_published_example_reads_with_its_numbers() -> None:
    oem = Oem.parse(OEM)
    first, second = oem.segments
    assert oem.header.comments == ("two spans",)
    assert (first.object_id, first.center_name, first.comments) == ("1996-062A", "MARS BARYCENTER", ("from a fit",))
    assert first.useable_stop_time == datetime(1996, 12, 28, 21, 23, 0, 331_000, UTC)
    assert first.interpolation_degree == 7
    state = first.data[1]
    assert (state.x, state.y, state.z) == (2783.419, -308.143, -1877.071)
    assert (state.x_dot, state.y_dot, state.z_dot) == (5.18604, -2.42124, -1.99608)
    held = second.data[0]
    assert (held.cov_ref_frame, held.cx_x, held.cy_x, held.cz_dot_z_dot) == (
        "RTN", 0.00033313494, 0.00046189273, 6.224444e-10,
    )  # fmt: skip
    assert second.covariance_comments == ("of the fit",)


def test_the_published_example_is_written_as_it_was_read() -> None:
    assert Oem.parse(OEM).to_kvn() == OEM


@given(kvn_oems())
def test_kvn_reads_back_as_the_same_message(oem: Oem) -> None:
    text = oem.to_kvn()
    assert Oem.parse(text) == oem
    assert Oem.parse(text).to_kvn() == text
    assert max(map(len, text.splitlines())) <= 254


@given(oems)
def test_json_reads_back_as_the_same_message(oem: Oem) -> None:
    assert Oem.model_validate(oem.wire()) == oem
    assert Oem.model_validate(oem.wire()).wire() == oem.wire()


def test_kvn_and_json_say_the_same() -> None:
    oem = Oem.parse(OEM)
    wire = oem.wire()
    assert wire["OEM_META_DATA_DATA"][1]["DATA"][0]["CY_X"] == 0.00046189273
    assert "COVARIANCE_COMMENTS" not in str(wire)
    again = Oem.model_validate(wire)
    assert again.to_kvn() == OEM.replace("COMMENT of the fit\n", "")


def test_accelerations_travel_in_kvn() -> None:
    text = re.sub(r"(-1\.04195)\n", r"\1 1.0e-06 -2.0e-06 3.0e-06\n", OEM)
    oem = Oem.parse(text)
    assert isinstance(oem.states[0], OemState)
    assert oem.states[0].y_ddot == -2.0e-06
    assert oem.to_kvn() == text


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", "\n\n \t\n"),
        lambda text: re.sub(r"^[A-Z_]+(?= *=)", lambda found: found[0].lower(), text, flags=re.MULTILINE),
        lambda text: re.sub(" *= ", "=", text),
        lambda text: text.replace("COMMENT ", "comment\t").replace("META_START", " Meta_Start "),
        lambda text: text.replace("1996-12-18T", "1996-353T"),
        lambda text: text.replace("1996-12-30T01:28:02.267 ", "1996-12-30T01:28:02.267Z   \t"),
        lambda text: text.replace("-280.045", "-2.80045E+02").replace("2789.619", "+2789.619"),
    ],
)
def test_what_differs_in_form_only_reads_as_the_same(changed: Any) -> None:
    assert Oem.parse(changed(OEM)).to_kvn() == OEM


def test_remarks_at_unusual_places_are_kept() -> None:
    oem = Oem.parse(OEM.replace("1996-12-28T21:59", "COMMENT between\n1996-12-28T21:59") + "COMMENT end\n")
    assert oem.segments[1].data[1].comments == ("between",)
    assert oem.segments[1].comments == ("end",)


def test_a_covariance_without_a_frame_is_in_that_of_the_states() -> None:
    rows = OEM[OEM.index("0.00033313494") : OEM.index("COVARIANCE_STOP")]
    text = OEM.replace("COVARIANCE_STOP", f"EPOCH = 1996-12-28T21:59:02.267\n{rows}COVARIANCE_STOP")
    states = Oem.parse(text).segments[1].data
    assert [state.cov_ref_frame for state in states] == ["RTN", "EME2000", None]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        ("CCSDS_OEM_VERS", "CCSDS_OPM_VERS", "CCSDS_OEM_VERS = ... as the first line"),
        ("= 1996-11-04T17:22:31.000", "= yesterday", "header.creation_date|an ISO 8601 time"),
        ("REF_FRAME                     = EME2000", "REF_FRAME EME2000", "KEYWORD = value"),
        (
            "OBJECT_ID                     = 1996-062A",
            "OBJECT_NAME = B",
            "only once; it is also on line 8",
        ),
        ("INTERPOLATION_DEGREE          = 7", "INTERPOLATION_DEGREE = seven", "INTERPOLATION_DEGREE: a whole number"),
        ("TIME_SYSTEM                   = UTC", "TIME_SYSTEM = GPS", "times in UTC"),
        ("2783.419 -308.143", "2783.419 -308,143", "Y: a number"),
        ("2783.419 -308.143", "2783.419", "6 numbers, or 9 with accelerations; this line has 5"),
        ("1996-12-28T21:28:00.331 -3881.024", "1996-12-28T21:28:60 -3881.024", "leap second"),
        ("1996-12-28T21:59:02.267", "1995-366T21:59:02.267", "a day of that year"),
        ("1996-12-28T21:59:02.267", "9999-366T21:59:02.267", "a year and a day"),
        ("CENTER_NAME", "CENTRE_NAME", "unknown field"),
        ("0.00046189273 0.00067824216", "0.00046189273", "a lower triangle"),
        ("0.00046189273 0.00067824216\n", "COV_REF_FRAME = RTN\n", "EPOCH, COV_REF_FRAME, then six rows of numbers"),
        ("0.00033313494", "-0.00033313494", "a variance, which is not negative"),
        ("COV_REF_FRAME                 = RTN", "COV_TYPE = A", "EPOCH, COV_REF_FRAME"),
        ("COVARIANCE_START", "STATES", "META_START, or a state"),
    ],
)
def test_an_error_names_its_line_and_what_is_expected(old: str, new: str, allowed: str) -> None:
    text = OEM.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        Oem.parse(text)
    assert re.search(f"line {line_of(text, new)}: ", str(caught.value)), str(caught.value)
    assert re.search(allowed, str(caught.value)), str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("text", "due"),
    [
        (OEM[: OEM.index("META_STOP")], "line 6: META_STOP after this line"),
        (OEM.removesuffix("COVARIANCE_STOP\n"), "COVARIANCE_STOP after this line"),
        (OEM[: OEM.index("META_START")], "line 1: META_START after this line"),
        (OEM.replace("COVARIANCE_STOP", "EPOCH = 1996-12-28T21:59:02.267\n1.0\nCOVARIANCE_STOP"), "six rows"),
        ("", "CCSDS_OEM_VERS = ... as the first line"),
        ("<?xml version='1.0'?>", "line 1: well-formed XML"),
    ],
)
def test_truncated_text_is_refused(text: str, due: str) -> None:
    with pytest.raises(InputError, match=re.escape(due)):
        Oem.parse(text)


def changed_oem(segment: dict[str, Any] | None = None, header: dict[str, Any] | None = None, **state: Any) -> Oem:
    oem = Oem.parse(OEM).segments[1].model_copy(update=segment or {})
    oem = oem.model_copy(update={"data": (oem.data[0], oem.data[1].model_copy(update=state), *oem.data[2:])})
    whole = Oem.parse(OEM)
    return whole.model_copy(update={"segments": (oem,), "header": whole.header.model_copy(update=header or {})})


@pytest.mark.parametrize(
    ("oem", "field", "allowed"),
    [
        (lambda: changed_oem(header={"originator": None}), "header.originator", "required"),
        (lambda: changed_oem(header={"originator": ""}), "header.originator", "without surrounding blanks"),
        (lambda: changed_oem(header={"message_id": "A"}), "header.message_id", "version 3.0"),
        (lambda: changed_oem(header={"ccsds_oem_vers": 4.0}), "header.ccsds_oem_vers", "1.0 or 2.0 or 3.0"),
        (lambda: changed_oem({"object_name": "MÜNCHEN"}), "segments.0.object_name", "printable ASCII"),
        (lambda: changed_oem({"object_name": "A\nB"}), "segments.0.object_name", "one line"),
        (lambda: changed_oem({"object_name": " A"}), "segments.0.object_name", "without surrounding blanks"),
        (lambda: changed_oem({"comments": ("A" * 247,)}), "segments.0.comments", "at most 254"),
        (lambda: changed_oem({"interpolation": "LINEAR"}), "segments.0.interpolation_degree", "required"),
        (lambda: changed_oem({"start_time": datetime(1997, 1, 1, tzinfo=UTC)}), "segments.0.start_time", "all states"),
        (lambda: changed_oem({"stop_time": datetime(1990, 1, 1, tzinfo=UTC)}), "segments.0.stop_time", "all states"),
        (lambda: changed_oem(epoch=datetime(1990, 1, 1, tzinfo=UTC)), "segments.0.data.1.epoch", "later than"),
        (lambda: changed_oem(comments=("A",)), "segments.0.data.1.comments", "first state"),
        (lambda: changed_oem(cx_x=1.0), "segments.0.data.1.cy_x", "all elements of the covariance"),
    ],
)
def test_writing_refuses_what_the_standard_does_not_allow(oem: Any, field: str, allowed: str) -> None:
    with pytest.raises(InputError) as caught:
        oem().to_kvn()
    (problem,) = caught.value.problems
    assert (problem.field, allowed in problem.rule) == (field, True), problem


def test_a_segment_without_states_is_not_written() -> None:
    whole = Oem.parse(OEM)
    empty = whole.model_copy(update={"segments": (whole.segments[0].model_copy(update={"data": ()}),)})
    with pytest.raises(InputError, match=r"segments\.0\.data: at least one state"):
        empty.to_kvn()


@pytest.mark.parametrize("value", [1e-05, 1e22, -1e-300, 5e-324, 1.7976931348623157e308, 0.1, 0.30000000000000004, 0.0])
def test_numbers_are_written_exactly_and_with_a_point(value: float) -> None:
    text = changed_oem(x=value).to_kvn()
    written = re.findall(r"^1996-12-28T21:59:02.267 (\S+)", text, re.MULTILINE)[0]
    assert re.fullmatch(r"-?\d+\.\d+(e[+-]?\d+)?", written)
    assert Oem.parse(text).states[1].x == value


@given(st.data())
def test_any_text_is_parsed_or_refused_with_a_line_number(data: st.DataObject) -> None:
    lines = OEM.splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        new = data.draw(
            st.text(max_size=20) | st.sampled_from([*lines, "COMMENTS = 1", "DATA = 1", "A = ", "EPOCH = 1", "1 2 3"])
        )
        lines[place : place + data.draw(st.integers(0, 2))] = [new]
    assert_read_or_refused("\n".join(lines))


@given(st.text())
def test_any_characters_are_refused_with_a_line_number(text: str) -> None:
    assert_read_or_refused(text)
    assert_read_or_refused("CCSDS_OEM_VERS = 2.0\n" + text)


def assert_read_or_refused(text: str) -> None:
    refused: tuple[InputProblem, ...] = ()
    try:
        Oem.parse(text)
    except InputError as error:
        refused = error.problems
    assert all(re.search(r"line \d+", problem.rule) for problem in refused), refused


@pytest.mark.parametrize(
    "filler",
    [" " * 200_000, "[" * 200_000, "COMMENT\n" * 20_000, "1" * 200_000, "A=\n" * 20_000],
    ids=["blanks", "brackets", "comments", "digits", "keywords"],
)
def test_odd_texts_are_read_quickly(filler: str) -> None:
    for text in (f"CCSDS_OEM_VERS = 2.0{filler}1", OEM.replace("= EME2000", f"= {filler}x", 1), OEM + filler):
        began = time.process_time()  # what other processes do meanwhile does not count
        assert_read_or_refused(text)
        assert time.process_time() - began < 5


def test_long_ephemerides_are_read_and_written_in_linear_time() -> None:
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    head = OEM[: OEM.index("1996-12-18T12:00:00.331 2789")].replace("1996-12", "2020-01")
    head = re.sub(r".*(START|STOP)_TIME.*\n", "", head)

    def seconds(count: int) -> float:
        rows = (
            f"{(begin + timedelta(minutes=i)).isoformat()[:-6]} {7000 + i * 1e-3!r} 1.1 2.2 3.3 4.4 5.5"
            for i in range(count)
        )
        text = head + "\n".join(rows)
        began = time.process_time()
        assert len(Oem.parse(Oem.parse(text).to_kvn()).states) == count
        return time.process_time() - began

    seconds(10)
    assert seconds(8000) < 40 * max(seconds(800), 0.02)


ANSWER: dict[str, Any] = {
    **OEM_JSON,
    "NEW": {"a": [1]},
    "OEM_HEADER": {"CCSDS_OEM_VERS": "2.0", "CREATION_DATE": None, "ORIGINATOR": None, "COMMENTS": "one", "NEW": None},
}


def test_answers_are_read_whatever_is_new_null_or_text() -> None:
    segment = OEM_JSON["OEM_META_DATA_DATA"][0] | {
        "REF_FRAME": "", "TIME_SYSTEM": "TDB", "INTERPOLATION": "SPLINE", "STOP_TIME": "9998-01-01T00:00:00",
        "COMMENTS": None, "NEW": 1,
    }  # fmt: skip
    segment["DATA"] = [segment["DATA"][0] | {"X": "615.1", "MASS": -1, "COV_REF_FRAME": "NEW", "NEW": None, "CX_X": -1}]
    oem = Oem._read(ANSWER | {"OEM_META_DATA_DATA": [segment]})
    assert (oem.states[0].x, oem.states[0].mass, oem.header.comments) == (615.1, -1.0, ("one",))
    assert oem.segments[0].time_system == "TDB"


def with_covariance(epoch: str, rows: str = "1\n0 1\n0 0 1\n0 0 0 1\n0 0 0 0 1\n0 0 0 0 0 1") -> str:
    return OEM.replace("COVARIANCE_STOP", f"EPOCH = {epoch}\n{rows}\nCOVARIANCE_STOP")


@pytest.mark.parametrize(
    "epoch", ["1996-12-28T21:30:00", "1996-12-28T21:29:07.267", "1996-12-01T00:00:00", "1996-12-28T21:29:07.267001"]
)
def test_a_covariance_without_a_free_state_is_kept_with_its_epoch(epoch: str) -> None:
    oem = Oem.parse(with_covariance(epoch))
    (covariance,) = oem.segments[1].covariances
    assert (covariance.epoch, covariance.cx_x) == (datetime.fromisoformat(epoch + "Z"), 1.0)
    assert oem.states == Oem.parse(OEM).states
    assert Oem.parse(oem.to_kvn()) == oem
    assert "COVARIANCES" not in str(oem.wire())


def triangle(x: str, y: str, y_x: str) -> str:
    return f"{x}\n{y_x} {y}\n0 0 1.000\n0 0 0 1.000\n0 0 0 0 1.000\n0 0 0 0 0 1.000"


@pytest.mark.parametrize(
    ("digits", "excess", "fits"),
    [(3, 9e-3, True), (4, 9e-4, True), (4, 1e-2, False), (6, 9e-6, True), (6, 1e-4, False), (8, 9e-8, True)],
)
def test_a_correlation_may_exceed_1_by_what_rounding_can_explain(digits: int, excess: float, fits: bool) -> None:
    variance = f"{2.0:.{digits - 1}e}"
    text = with_covariance("1996-12-28T21:30:00", triangle(variance, variance, f"{2 * (1 + excess):.{digits + 1}e}"))
    text = text.replace("1.000", f"{1:.{digits - 1}f}")
    text = text.replace(f"{2 * (1 + excess):.{digits + 1}e}", f"{2 * (1 + excess):.{digits - 1}e}")
    if fits:
        assert Oem.parse(text).segments[1].covariances[0].cx_x == 2.0
    else:
        with pytest.raises(InputError, match="square root of the product of the variances"):
            Oem.parse(text)


def test_rounding_is_no_excuse_in_json() -> None:
    state = OEM_JSON["OEM_META_DATA_DATA"][0]["DATA"][0] | {"CX_X": 1.234, "CY_Y": 1.234}
    segment = OEM_JSON["OEM_META_DATA_DATA"][0]
    Oem.model_validate(OEM_JSON | {"OEM_META_DATA_DATA": [segment | {"DATA": [state | {"CY_X": 1.235}]}]})
    with pytest.raises(InputError, match=r"at most 1\.234,"):
        Oem.model_validate(OEM_JSON | {"OEM_META_DATA_DATA": [segment | {"DATA": [state | {"CY_X": 1.245}]}]})


@pytest.mark.parametrize(
    "place", ["1996-12-18T12:01:00.331", "= 1996-11-04T17:22:31.000", "= 1996-12-28T21:29:07.267\n"]
)
def test_instants_below_a_microsecond_are_refused(place: str) -> None:
    fraction = place.strip().rpartition(".")[2]
    with pytest.raises(InputError, match="at most six decimal places"):
        Oem.parse(OEM.replace(place, place.replace(fraction, f"{fraction}0001")))
    assert Oem.parse(OEM.replace(place, place.replace(fraction, f"{fraction}0000000"))) == Oem.parse(OEM)


@pytest.mark.parametrize("system", ["utc", "Utc"])
def test_the_time_system_is_read_and_written_in_any_case(system: str) -> None:
    assert Oem.parse(OEM.replace("= UTC", f"= {system}")).to_kvn() == OEM


def test_a_keyword_without_a_value_is_missing() -> None:
    oem = Oem.parse(OEM.replace("= 1996-11-04T17:22:31.000", "=").replace("= HERMITE", "="))
    assert (oem.header.creation_date, oem.segments[0].interpolation) == (None, None)
    with pytest.raises(InputError, match=r"EPOCH ='"):
        Oem.parse(OEM.replace("EPOCH                         = 1996-12-28T21:29:07.267", "EPOCH ="))
