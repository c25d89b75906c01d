"""Queries for collections without a class."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from okapi_sdk import InputError, OkapiClient, Range, RawQuery, Satellites
from okapi_sdk.emulator import Emulator


def test_the_filters_are_sent_as_they_are() -> None:
    query = RawQuery("conjunctions", criticality=["critical", "warning"], active=True, norad_id=25544, missing=None)
    assert query._path() == "conjunctions"
    assert query._params() == {"criticality": "critical,warning", "active": "true", "norad_id": "25544"}
    since = Range(gte=datetime(2026, 1, 2, tzinfo=UTC))
    assert RawQuery("tles", epoch=since)._params() == {"epoch[$gte]": "2026-01-02T00:00:00.000Z"}


def test_any_collection_is_listed_as_dictionaries() -> None:
    with Emulator(fleet=True) as emulator, OkapiClient.emulated(emulator) as client:
        paged = list(client.list(RawQuery("satellites", page=1, limit=2)))
        records = list(client.list(Satellites()))
        assert [row["name"] for row in paged] == [record.name for record in records]
        assert sum(call.path.startswith("/satellites") for call in emulator.calls) >= 2


def test_it_survives_json_and_copies() -> None:
    query = RawQuery("tles", page=2, limit=5, norad_id=25544)
    assert RawQuery.model_validate_json(query.model_dump_json()) == query
    assert (query.page, query.limit, query._paged) == (2, 5, True)
    assert repr(query) == "RawQuery(path='tles', page=2, limit=5, norad_id=25544)"


@pytest.mark.parametrize("path", ["/tles", "tles/", "a//b", "a/../b", "http://host/x", "tles?page=2", "", 5])
def test_a_path_that_leaves_the_api_is_refused(path: Any) -> None:
    with pytest.raises(InputError) as caught:
        RawQuery(path)
    assert caught.value.field == "path"


def test_a_filter_without_a_text_form_is_refused() -> None:
    with pytest.raises(InputError, match="change the filter 'area'"):
        RawQuery("tles", area=object())
