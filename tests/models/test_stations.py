"""Lists of ground locations in files."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import GroundLocation, InputError
from tests.models.strategies import locations

BRUNSWICK = GroundLocation.at(52.3283, 10.645, height_m=48)
CAPE_TOWN = GroundLocation.at(-33.92, 18.42)


def places(text: str) -> list[tuple[float, float, float]]:
    return [(place.latitude, place.longitude, place.altitude) for place in GroundLocation.parse_many(text)]


EXPECTED = [(one.latitude, one.longitude, one.altitude) for one in (BRUNSWICK, CAPE_TOWN)]


@pytest.mark.parametrize(
    "text",
    [
        "name,latitude,longitude,height_m\nBrunswick,52.3283,10.645,48\nCape Town,-33.92,18.42,0\n",
        "Longitude, LATITUDE ,height_m\r\n10.645,52.3283,48\r\n18.42,-33.92,\r\n",
        '\ufeff"latitude","longitude","altitude"\n52.3283,10.645,0.048\n# south\n\n-33.92,18.42,0\n',
        '# stations\nname,latitude,longitude,height_m\n"B, north",52.3283,10.645,48,,\n,-33.92,+18.42,0e0\n',
        '[{"name": "B", "latitude": 52.3283, "longitude": "10.645", "height_m": 48},\n'
        '{"latitude": -33.92, "longitude": 18.42, "altitude": 0, "name": null}]',
    ],
)
def test_a_list_is_read_in_any_order_of_columns(text: str, tmp_path: Path) -> None:
    assert places(text) == EXPECTED
    file = tmp_path / "stations"
    file.write_text(text, encoding="utf-8")
    assert GroundLocation.load_many(file) == GroundLocation.parse_many(text)


def test_names_are_kept() -> None:
    read = GroundLocation.parse_many('[{"name": "Brunswick", "latitude": 52.3, "longitude": 10.6, "altitude": 0.1}]')
    assert (read[0].name, read[0].wire()) == ("Brunswick", {"latitude": 52.3, "longitude": 10.6, "altitude": 0.1})
    read = GroundLocation.parse_many("name,latitude,longitude\nBrunswick,52.3,10.6\n,1,2\n")
    assert [place.name for place in read] == ["Brunswick", None]
    with pytest.raises(InputError, match=r"0\.name: line 2: 1 to 100 printable"):
        GroundLocation.parse_many(f"name,latitude,longitude\n{'n' * 101},52.3,10.6\n")


@given(st.lists(locations, max_size=5))
def test_dumps_are_read_back(places: list[GroundLocation]) -> None:
    assert list(GroundLocation.parse_many(json.dumps([place.model_dump() for place in places]))) == places
    rows = "".join(f"{place.altitude!r},{place.latitude!r},{place.longitude!r}\n" for place in places)
    assert list(GroundLocation.parse_many(f"altitude,latitude,longitude\n{rows}")) == places


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "latitude,longitude,height_m\n95,10,48\n1,2\nx,2,1\n10,20,48000\n1,2,3\n",
            [
                ("0.latitude", "line 2: between -90 and 90"), ("1", "line 3: 3 cells, as in the header; .* has 2"),
                ("2.latitude", "line 4: a number"), ("3.height_m", "line 5: a number of metres between"),
            ],
        ),
        ('latitude,longitude\n"52,3",1\n1,"1\n2"\n4,x', [("0.latitude", "line 2"), ("1.longitude", "line 3"),
            ("2.longitude", "line 5: a number")]),
        ("name,lat,country\nA,1,DE", [("lat", "line 1: unknown column"), ("country", "line 1: unknown column"),
            ("latitude", "line 1: required column"), ("longitude", "line 1: required column")]),
        ("name;latitude;longitude\nA;1;2", [("", "line 1: columns separated by commas, not semicolons")]),
        ("name\tlatitude\tlongitude\nA\t1\t2", [("", "line 1: columns separated by commas, not tabs")]),
        ("latitude,longitude,Latitude\n1,2,3", [("", "line 1: a header that names each column once")]),
        ("latitude,longitude,height_m,altitude\n1,2,3,4", [("0.altitude", "line 2: either height_m")]),
        ("latitude,longitude\n1,nan\n1,1_0", [("0.longitude", "line 2: a number"), ("1.longitude", "line 3: a num")]),
        ("", [("", "line 1: a header")]),
        ('latitude,longitude\n1,"2', [("", "line 2: comma-separated values; unexpected end of data")]),
        ('[{"latitude": true, "longitude": 2}, 3, {"longitude": 2, "alt": 1}]', [("0.latitude", "a number"),
            ("1", "an object with name"), ("2.alt", "unknown column"), ("2.latitude", "required")]),
        ('{"latitude": 1}', [("", "a list of objects")]),
        ("[1", [("", "valid JSON; EOF")]),
        ('[{"latitude": NaN, "longitude": 2}]', [("", "valid JSON")]),
        (b"latitude", [("", "text")]),
    ],
)  # fmt: skip
def test_every_bad_line_is_listed(text: Any, problems: list[tuple[str, str]]) -> None:
    with pytest.raises(InputError) as caught:
        GroundLocation.parse_many(text)
    found = caught.value.problems
    assert [problem.field for problem in found] == [field for field, _ in problems]
    for problem, (_, allowed) in zip(found, problems, strict=True):
        assert allowed.split(" .* ")[0] in problem.rule, problem


@given(st.text(max_size=200) | st.text('latitudeong,\n"[{}]:1.-# ;', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(GroundLocation.parse_many(text), tuple)


def test_a_column_is_suggested() -> None:
    with pytest.raises(InputError, match=r"did you mean latitude\?.*\n.*did you mean height_m\?"):
        GroundLocation.parse_many("lat,longitude,heigth_m\n1,2,3")
