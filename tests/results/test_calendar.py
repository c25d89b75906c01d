"""Calendars, read back by the icalendar package."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from okapi_sdk import GroundLocation, Passes, PassSummary, PredictPasses, TimeWindow, Tle
from okapi_sdk.errors import ResponseFormatError
from okapi_sdk.results.calendar import Event, ics_text
from okapi_sdk.text import printable
from tests.results.test_display import HOSTILE, ISS

CREATED = datetime(2026, 11, 28, tzinfo=UTC)
ROW = {
    "start": "2018-08-07T19:01:13.107Z", "end": "2018-08-07T19:11:05.988Z", "culmination": "2018-08-07T19:06:09Z",
    "max_elevation": 21.28, "min_range": 963.69, "aos_azimuth": 280.77, "los_azimuth": 145.59,
}  # fmt: skip


def text_of(passes: Passes | PassSummary) -> str:
    file = io.StringIO(newline="")
    passes.to_ics(file)
    return file.getvalue()


def read(text: str) -> list[Any]:
    calendar = icalendar.Calendar.from_ical(text)
    assert (calendar["version"], calendar.errors) == ("2.0", [])
    return list(calendar.walk("VEVENT"))


def test_a_pass_is_an_event() -> None:
    passes = Passes.from_answer({"passes": [ROW]})
    passes.calculation = PredictPasses(
        orbit=Tle.parse(ISS),
        ground_location=GroundLocation.at(52.3283, 10.645, name="Brunswick"),
        time_window=TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z"),
    )
    (event,) = read(text_of(passes))
    assert event["summary"] == "ISS (ZARYA) over Brunswick, max 21°"
    assert event.start == datetime(2018, 8, 7, 19, 1, 13, tzinfo=UTC)
    assert event.end == datetime(2018, 8, 7, 19, 11, 6, tzinfo=UTC)  # the whole pass
    assert event["location"] == "Brunswick"
    assert (event["geo"].latitude, event["geo"].longitude) == (52.3283, 10.645)
    assert event["description"].split("\n") == [
        "Culmination: 19:06:09 UTC", "Maximum elevation: 21.3°", "Azimuth at AOS: 280.8°", "Azimuth at LOS: 145.6°",
        "Minimum distance: 963.7 km",
    ]  # fmt: skip


def test_events_of_several_satellites_and_stations() -> None:
    def passes(name: str, station: str) -> Passes:
        found = Passes.from_answer({"passes": [ROW]})
        found.calculation = PredictPasses(
            orbit=Tle.parse(f"{name}\n" + ISS.partition("\n")[2]),
            ground_location=GroundLocation.at(0, 0, name=station),
            time_window=TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z"),
        )
        return found

    together = Passes.concat(
        [passes("A", "X"), passes("B", "X"), passes("A", "Y"), Passes.from_answer({"passes": [ROW]})]
    )
    events = read(text_of(together))
    assert [event["summary"] for event in events] == [
        "A over X, max 21°", "B over X, max 21°", "A over Y, max 21°", "Pass, max 21°",
    ]  # fmt: skip
    assert len({event["uid"] for event in events}) == 4
    assert [event["uid"] for event in events] == [event["uid"] for event in read(text_of(together))]
    frame = together.to_pandas()
    assert list(frame.columns[:3]) == ["satellite", "station", "start"]
    assert frame["satellite"].fillna("").tolist() == ["A", "B", "A", ""]
    assert len(together.above(10)) == 4


def test_the_summary_and_the_empty_list() -> None:
    (event,) = read(text_of(PassSummary.from_answer({"passes": [ROW]})))
    assert event["summary"] == "Pass, max 21°"
    assert read(text_of(Passes.from_answer({"passes": []}))) == []


@pytest.mark.parametrize("missing", ["start", "end"])
def test_a_pass_without_times_is_not_left_out_silently(missing: str) -> None:
    rows = [ROW, {key: value for key, value in ROW.items() if key != missing}]
    with pytest.raises(ResponseFormatError, match=rf"Passes\[1\] has no {missing}"):
        text_of(Passes.from_answer({"passes": rows}))


@settings(max_examples=200)
@given(
    texts=st.tuples(st.text(), st.text(), st.text()),
    start=st.datetimes(timezones=st.just(UTC)).filter(lambda time: 1958 < time.year < 2099),
    length=st.timedeltas(timedelta(0), timedelta(days=2)),
)
@example((HOSTILE, "a\\n;,\\", "é" * 80), datetime(2018, 8, 7, tzinfo=UTC), timedelta(0))
@example(("BEGIN:VEVENT\r\nATTENDEE:x", ":", "\U0001f6f0" * 40), datetime(2018, 8, 7, tzinfo=UTC), timedelta(0))
def test_any_text_reads_back(texts: tuple[str, str, str], start: datetime, length: timedelta) -> None:
    summary, description, location = texts
    ics = ics_text([Event(start, start + length, summary, description, location)], CREATED)
    lines = ics.split("\r\n")
    assert lines.pop() == ""
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not any(character in line for line in lines for character in "\r\n")
    (event,) = read(ics)
    assert event["summary"] == printable(summary)
    assert str(event.get("location", "")) == printable(location)
    assert str(event.get("description", "")) == "\n".join(map(printable, description.split("\n")))
    assert event.start <= start < event.start + timedelta(seconds=1)
    assert event.end - timedelta(seconds=1) < start + length <= event.end
    assert event.stamp == CREATED
