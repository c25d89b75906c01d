"""What prints is short, on as few lines as promised, escaped and without secrets."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from okapi_sdk import (
    Cdm,
    Conjunction,
    EstimateRisk,
    GroundLocation,
    OkapiClient,
    Pass,
    Passes,
    PredictPasses,
    RiskEstimation,
    Satellite,
    Satellites,
    State,
    TimeWindow,
    Tle,
    catalogue,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.models.base import OkapiModel, Record
from okapi_sdk.results.page import Page

ISS = """ISS (ZARYA)
1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993
2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382"""
HOSTILE = "<script>alert('x')</script>&\"\u202e\x1b[31m[red]\r\n"
SECRET = "hush-hush"

RECORDS = [
    found for found in map(catalogue.load, catalogue.MODULES) if isinstance(found, type) and issubclass(found, Record)
]
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just(HOSTILE)
data = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.add(tag)
        assert not attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def check_html(thing: Any) -> str:
    tags = Tags(thing._repr_html_())
    assert tags.found <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert "\u202e" not in tags.text
    assert "\x1b" not in tags.text
    return tags.text


def filled(model: type[Record], value: Any) -> Record:
    """A record all of whose fields are set, as they would be by a platform that breaks every rule."""
    return model.model_construct(**dict.fromkeys(model.model_fields, value))


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model.__name__)
@settings(max_examples=25)
@given(value=data)
def test_a_record_is_one_line_of_at_most_120_characters(model: type[Record], value: Any) -> None:
    record = filled(model, value)
    for text in (repr(record), str(record)):
        assert len(text) <= 120
        assert text.isprintable()
        assert text.startswith(f"{model.__name__}(")
    check_html(record)


@given(rows=st.lists(st.dictionaries(st.sampled_from(["start", "max_elevation", "x", "a" * 60, HOSTILE]), data)))
def test_a_list_has_at_most_ten_lines_of_100_characters(rows: list[Any]) -> None:
    found = Passes.from_answer({"status": {"type": "WARNING", "text": HOSTILE * 9}, "passes": rows})
    lines = repr(found).split("\n")
    assert len(lines) <= 10
    assert all(len(line) <= 100 and line.isprintable() for line in lines)
    assert lines[0].startswith(f"<Passes: {len(found)}")
    check_html(found)


def test_the_rows_of_a_list_are_shown() -> None:
    rows = [
        {"start": f"2018-08-07T{hour:02}:00:00.000Z", "max_elevation": hour, "min_range": 700.0} for hour in range(9)
    ]
    assert repr(Passes.from_answer({"passes": rows})).split("\n") == [
        "<Passes: 9>",
        "start                 max_elevation  min_range_km",
        *(f"2018-08-07T0{hour}:00:00Z              {hour}           700" for hour in range(7)),
        "... 2 more",
    ]
    assert "min_range_km" in check_html(Passes.from_answer({"passes": rows}))


def test_a_table_has_the_columns_that_fit_on_a_line() -> None:
    html = check_html(Passes.from_answer({"passes": [{f"column_{number}": "x" * 20 for number in range(12)}]}))
    assert [number for number in range(12) if f"column_{number}" in html] == [0, 1, 2, 3]


def test_a_row_that_cannot_be_parsed_is_shown_as_it_is() -> None:
    rows = repr(Passes.from_answer([{"max_elevation": "high"}, 7]))
    assert "max_elevation" in rows
    assert "<Passes: 2>" in rows


def test_the_usual_objects() -> None:
    risk = {"tca": "2020-01-10T09:00:00.593Z", "miss_distance": 0.8, "collision_probability": 1e-4}
    state = {"epoch": "2016-07-21T00:31:50Z", "x": 615.119526, "y": -7095.644839, "z": -678.668352,
             "x_dot": 0.390367, "y_dot": 0.741902, "z_dot": -7.39698}  # fmt: skip
    assert repr(State.model_validate(state)) == (
        "State(epoch=2016-07-21T00:31:50Z, x=615.12, y=-7095.64, z=-678.668, x_dot=0.390367, y_dot=0.741902, "
        "z_dot=-7.39698)"
    )
    assert repr(RiskEstimation.model_validate(risk)) == (
        "RiskEstimation(tca=2020-01-10T09:00:00.593Z, miss_distance=0.8, collision_probability=0.0001)"
    )
    conjunction = Conjunction.model_validate({"conjunction_id": "c", "newest_risk_estimation": risk})
    assert repr(conjunction).startswith(
        "Conjunction(tca=2020-01-10T09:00:00.593Z, miss_distance_km=0.8, collision_probability=0.0001, "
    )
    assert repr(Tle.parse(ISS)).startswith("Tle(name='ISS (ZARYA)', norad_id=25544, epoch=2018-08-06T18:19:43.256640Z")
    passing = Pass.model_validate({"start": "2018-08-07T19:01:13.107Z", "track": [{"azimuth": 1.5}] * 11})
    assert repr(passing) == "Pass(start=2018-08-07T19:01:13.107Z, track=<11 items>)"


def test_what_is_sent_shows_all_digits() -> None:
    assert repr(GroundLocation.at(52.32831234567, 10.645)) == (
        "GroundLocation.at(latitude=52.32831234567, longitude=10.645, height_m=0.0)"
    )


@pytest.mark.parametrize("name", ["slack_webhook", "space_track_login", "discord_webhook", "apiKey"])
@pytest.mark.parametrize("value", [SECRET, [SECRET], {"url": SECRET}, {"deep": [{"token": SECRET}]}])
def test_no_form_shows_a_secret(name: str, value: Any) -> None:
    for given_data in ({"name": "A", "info": {name: value}}, {"name": "A", "extra": {name: value}}):
        record = Satellite.model_construct(**given_data)
        page = Page((record,), 1, None, None)
        rows = Passes.from_answer([{"start": None, name: value, "nested": {name: value}}])
        for thing in (record, page, rows, rows[0]):
            assert SECRET not in f"{thing!r}{thing!s}{thing._repr_html_()}{printed_by_rich(thing)}"


def printed_by_rich(thing: Any, width: int = 200) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(thing)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize(
    "thing",
    [
        Passes.from_answer([{"start": "2018-08-07T19:01:13Z", "note": "[red]x"}]),
        Pass.model_validate({"start": "2018-08-07T19:01:13Z", "note": "[red]x"}),
        Tle.parse(ISS),
        Satellites(limit=3),
        Page((Satellite.model_construct(name="[bold]A"),), 1, False, 1),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_rich_prints_the_same(thing: Any) -> None:
    assert printed_by_rich(thing).rstrip("\n") == repr(thing)
    assert printed_by_rich([thing], 1000).count("\n") == printed_by_rich(thing).count("\n")


def test_requests_messages_and_pages_have_a_table() -> None:
    with Emulator(fleet=True) as emulator, OkapiClient.emulated(emulator) as client:
        window = TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z")
        calculation = PredictPasses(
            orbit=Tle.parse(ISS), ground_location=GroundLocation.at(52.3, 10.6), time_window=window
        )
        request = client.submit(calculation)
        assert str(request.ref) in check_html(request)
        calls = len(emulator.calls)
        assert "Pages of Satellites" in check_html(client.list(Satellites(limit=3)))
        assert len(emulator.calls) == calls  # a repr does no I/O
        assert "Page 1" in check_html(next(client.list(Satellites(limit=3)).pages()))
    cdm = Cdm(tca=datetime(2020, 1, 10, tzinfo=UTC), message_id="<b>")
    things: list[OkapiModel] = [calculation, EstimateRisk(conjunction=cdm), cdm, Tle.parse(ISS), window]
    for thing in things:
        assert type(thing).__name__ in check_html(thing)
        assert len(repr(thing)) <= 120


def test_an_empty_list() -> None:
    assert repr(Passes.from_answer({"passes": []})) == "<Passes: 0>"
    assert "Passes: 0" in check_html(Passes.from_answer({"passes": []}))
    assert repr(Page((), 1, False, 0)) == "<Page 1: 0 of 0>"
