"""Columns: what they are called, what they hold, and that raw rows and models give the same."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okapi_sdk import (
    Conjunction,
    Ephemeris,
    Pass,
    Passes,
    RiskEstimation,
    RiskEstimations,
    RiskPredictions,
    Satellite,
    State,
)
from okapi_sdk.errors import ResponseFormatError
from okapi_sdk.models.base import Record
from okapi_sdk.results.columns import columns_of, columns_of_rows

SINCE = datetime(1970, 1, 1, tzinfo=UTC)
times = st.integers(0, 4 * 10**15).map(lambda microseconds: (SINCE + timedelta(microseconds=microseconds)).isoformat())
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6)
passes = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "start": times | st.none(),
            "max_elevation": numbers | st.none() | numbers.map(str),
            "min_range": numbers,
            "note": st.text() | st.none() | st.integers() | st.booleans(),
            "orbit": st.integers(-(2**70), 2**70),
            "seen_at": times,
            "nested": st.lists(st.integers()),
        },
    ),
    max_size=6,
)


@given(rows=passes)
def test_raw_rows_and_models_have_the_same_columns(rows: list[Any]) -> None:
    direct = columns_of_rows(rows, Pass, lambda: pytest.fail("needs no models"))
    assert direct == columns_of([Pass.model_validate(row) for row in rows], Pass)
    for column in direct.values():
        assert len(column.values) == len(rows)


@given(rows=passes)
def test_a_column_has_one_kind(rows: list[Any]) -> None:
    kinds = {"time": datetime, "number": float, "count": int, "flag": bool, "text": str}
    for column in columns_of_rows(rows, Pass, list).values():
        assert {type(value) for value in column.values} <= {kinds[column.kind], type(None)}
        if column.kind == "count":
            assert all(value is None or abs(value) <= 2**63 for value in column.values)


def test_names_and_kinds() -> None:
    def described(model: type[Record]) -> dict[str, str]:
        return {name: column.kind for name, column in columns_of([], model).items()}

    assert described(Pass) == {
        "start": "time", "end": "time", "aos": "time", "los": "time", "culmination": "time", "max_elevation": "number",
        "aos_azimuth": "number", "los_azimuth": "number", "min_range_km": "number",
    }  # fmt: skip
    assert described(State) == {
        "epoch": "time", "x_km": "number", "y_km": "number", "z_km": "number",
        "x_dot": "number", "y_dot": "number", "z_dot": "number",
    }  # fmt: skip
    risk = described(RiskEstimation)
    assert risk["miss_distance_km"] == risk["sat1_hard_body_radius_m"] == "number"
    assert (risk["criticality"], risk["suggested"], risk["tca"]) == ("text", "flag", "time")
    assert not any("state" in name for name in risk)
    assert list(described(Conjunction)) == [
        "tca", "miss_distance_km", "collision_probability", "conjunction_id", "sat1_norad_id", "sat2_norad_id",
        "sat1_name", "sat2_name", "criticality", "criticality_source",
    ]  # fmt: skip


def test_every_length_in_a_record_names_its_unit() -> None:
    # A field documented in km or m must have a unit in its column.
    for model in (RiskEstimation, Pass, State):
        for name in model._units:
            assert name in model.model_fields


def test_undocumented_names_become_columns() -> None:
    rows = [{"rise": "2018-08-07T19:01:13Z", "note": "a", "count": 1}, {"rise": None, "note": 7, "count": 2.5}]
    found = Passes.from_answer(rows)._columns()
    assert found["rise"].kind == "time"
    assert found["rise"].values == [datetime(2018, 8, 7, 19, 1, 13, tzinfo=UTC), None]
    assert (found["note"].kind, found["note"].values) == ("text", ["a", "7"])
    assert (found["count"].kind, found["count"].values) == ("number", [1.0, 2.5])


@pytest.mark.parametrize("text", ["2018-13-07T19:01:13Z", "2018-08-07", "2018-08-07T19:01:60Z", "x"])
def test_a_text_that_is_no_time_stays_text(text: str) -> None:
    found = Passes.from_answer([{"rise": "2018-08-07T19:01:13Z"}, {"rise": text}])._columns()
    assert found["rise"].values == ["2018-08-07T19:01:13Z", text]


def test_a_time_or_text_is_what_all_are() -> None:
    as_time = RiskPredictions.from_answer([{"creation_date": "2018-08-07T19:01:13Z"}, {}])._columns()
    as_text = RiskPredictions.from_answer(
        [{"creation_date": "2018-08-07T19:01:13Z"}, {"creation_date": "?"}]
    )._columns()
    assert as_time["creation_date"].kind == "time"
    assert as_text["creation_date"].values == ["2018-08-07T19:01:13Z", "?"]


def test_lists_of_numbers_are_text_and_secrets_are_masked() -> None:
    satellite = Satellite.model_validate(
        {"norad_ids": [25544, 49044], "slack_webhook": "hush", "api_key": "hush", "name": "A"}
    )
    found = columns_of([satellite], Satellite)
    assert found["norad_ids"].values == ["25544 49044"]
    assert found["slack_webhook"].values == found["api_key"].values == ["**********"]
    assert "hush" not in str(found)


@pytest.mark.parametrize("row", [{"max_elevation": "high"}, 7, {"start": "yesterday"}])
def test_a_row_that_cannot_be_parsed_is_named(row: Any) -> None:
    with pytest.raises(ResponseFormatError, match=r"Passes\[1\]"):
        Passes.from_answer({"passes": [{}, row, {}]})._columns()


def test_a_users_own_model_is_read_as_its_validators_say() -> None:
    class Loud(RiskEstimation):
        _first_shown: ClassVar[tuple[str, ...]] = ("doubled",)

        @property
        def doubled(self) -> float | None:
            return None if self.miss_distance is None else 2 * self.miss_distance

    class Louds(RiskEstimations):
        __slots__ = ()
        _element: ClassVar[type[Record]] = Loud

    assert Louds.from_answer([{"miss_distance": 2}])._columns()["doubled"].values == [4.0]


def test_no_model_is_built_for_a_long_ephemeris(monkeypatch: pytest.MonkeyPatch) -> None:
    start = datetime(2018, 8, 7, tzinfo=UTC)
    rows = [
        {"epoch": (start + timedelta(seconds=index)).isoformat(), "x": index, "y": 0.5, "z": None}
        for index in range(20_000)
    ]
    found = Ephemeris.from_answer({"states": rows})
    monkeypatch.setattr(State, "__init__", lambda *_, **__: pytest.fail("a model per row"))
    monkeypatch.setattr(State, "model_validate", lambda *_, **__: pytest.fail("a model per row"))
    columns = found._columns()
    assert columns["epoch"].values[-1] == start + timedelta(seconds=19_999)
    assert math.fsum(columns["x_km"].values) == 19_999 * 10_000
    assert columns["z_km"].values[:2] == [None, None]


@settings(max_examples=20)
@given(rows=passes)
def test_slices_and_concatenation(rows: list[Any]) -> None:
    found = Passes.from_answer({"passes": rows})
    first = found[:2]._columns()
    for name, column in first.items():
        assert len(column.values) == min(2, len(rows)) == len(found[:2]), name
