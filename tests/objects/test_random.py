"""Whatever can be built, the emulator takes; whatever may be answered, a record reads."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import okapi_sdk
from okapi_sdk import (
    Cdms,
    Conjunctions,
    DragManeuverSettings,
    FieldOfView,
    GnssSensor,
    GroundStationPasses,
    InputError,
    NewGroundStationPasses,
    NewManeuverPlan,
    NewSatellite,
    NewSensorSystem,
    NewTdm,
    Oems,
    OkapiClient,
    Omms,
    Query,
    Range,
    ResidualPlot,
    SatelliteChanges,
    SatelliteNeighborhoods,
    Satellites,
    SensorSystems,
    Tagged,
    Tdms,
    TimeWindow,
    Tles,
    Uncertainties,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.models.base import Record
from okapi_sdk.objects.text_forms import StoredText

numbers = st.floats(-1e6, 1e6)
positive = st.floats(1e-6, 1e6)
shares = st.floats(0, 1)
seconds = st.one_of(positive, st.integers(0, 10**6), st.timedeltas(timedelta(0), timedelta(days=9)))
texts = st.text(st.characters(codec="utf-8", exclude_characters=",*"), min_size=1, max_size=20).filter(str.strip)
names = st.from_regex(r"-?[a-z][a-z_]{0,9}", fullmatch=True)
ids = st.from_regex(r"[A-Za-z0-9_-]{1,20}", fullmatch=True)
counts = st.integers(1, 999_999)
moments = st.datetimes(datetime(1960, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
windows = st.builds(TimeWindow.starting, moments, st.timedeltas(timedelta(seconds=1), timedelta(days=1)))


def some(model: Any, must: dict[str, Any] | None = None, **may: Any) -> st.SearchStrategy[Any]:
    """Models with any choice of the optional fields."""
    return st.fixed_dictionaries(must or {}, optional=may).map(lambda fields: model(**fields))


def ranges(values: Any, *operators: str) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda name, value: Range(**{name: value}), st.sampled_from(operators or ("gt", "lt", "eq")), values
    )


def lists(items: Any) -> st.SearchStrategy[Any]:
    return st.lists(items, min_size=1, max_size=3)


FIELDS: dict[str, Any] = {
    **dict.fromkeys(("area", "mass"), positive),
    **dict.fromkeys(("drag_area", "thrust_output"), st.floats(0, 1e4)),
    **dict.fromkeys(("thrust_uncertainty", "accepted_collision_probability"), shares),
    "thrust_pointing_uncertainty": st.floats(0, 648_000),
    **dict.fromkeys(
        ("max_thrust_duration", "min_thrust_duration", "min_time_in_sun", "offset_cdm_and_earliest_maneuver",
         "min_time_till_pass"), seconds,
    ),
    **dict.fromkeys(
        ("in_sun_constraint", "symmetric_manoeuvres", "use_ground_station_passes", "use_min_time_till_pass",
         "send_mail_notifications", "use_ai_risk_prediction"), st.booleans(),
    ),
    **dict.fromkeys(
        ("info", "slack_webhook", "teams_webhook", "space_track_login", "propulsion_type", "notification_verbosity"),
        texts,
    ),
    "maneuver_strategy": lists(st.sampled_from(["short_term", "long_term", "new_one"])),
    "gnss_sensor": some(GnssSensor, x_std=positive, enable_rms_quality_check=st.booleans()),
    "drag_maneuver_settings": some(DragManeuverSettings, high_drag_area=positive),
}  # fmt: skip
ORBIT = {
    **dict.fromkeys(("inclination", "period", "eccentricity", "periapsis", "apoapsis"), ranges(numbers)),
    "orbit_type": st.sampled_from(["LEO", "geo"]),
}
CATALOGUE = {**ORBIT, "originator": st.just("EON"), "latest": st.booleans(), "start": moments, "norad_id": counts}
PAGE = {"page": counts, "limit": st.integers(1, 10_000)}
VIEW = some(FieldOfView, {"sensor_id": texts}, start_epoch=moments, radius=numbers, angle_type=st.just("AZEL"))
BOTH = ("gte", "lte")

QUERIES = st.one_of(
    some(Satellites, **PAGE),
    some(SensorSystems, **PAGE),
    some(
        Conjunctions, **PAGE, tca=ranges(moments, *BOTH), collision_probability=shares | ranges(shares, *BOTH), q=texts,
        miss_distance=ranges(numbers, *BOTH), criticality=lists(st.sampled_from(["critical", "observe"])),
        sort=lists(names),        exclude=lists(st.just("newest_risk_estimation")),
    ),
    some(
        Cdms, **PAGE, sat1_object_designator=counts, inserted=ranges(moments), relative_position_n=ranges(numbers),
        time_to_tca=ranges(counts), sort=names, include=lists(names.map(lambda name: name.strip("-"))),
    ),
    some(Oems, **PAGE, **ORBIT, fov=VIEW, epoch=ranges(moments), is_predicted=st.booleans(), norad_id=counts),
    some(Omms, **PAGE, **CATALOGUE, fov=VIEW, semimajoraxis=ranges(numbers)),
    some(Tles, **PAGE, **CATALOGUE, cospar_id=texts),
    some(Uncertainties, **PAGE, epoch=moments, norad_id=lists(counts), sort=lists(st.sampled_from(["-sum", "rtn.r"]))),
    some(Tdms, **PAGE, insert_epoch=ranges(moments), epoch=ranges(moments), norad_id=counts),
    some(GroundStationPasses, **PAGE, start=moments, object_id=ids, name=texts),
    some(
        SatelliteNeighborhoods, {"satellite_id": st.just("s")}, tca=moments | ranges(moments), miss_distance=numbers,
        miss_distance_r=ranges(numbers),
    ),
)  # fmt: skip
NEWS = st.one_of(
    some(
        NewSatellite,
        {"name": texts, "norad_ids": lists(counts), "space_track_status": st.sampled_from(["other", "new"])},
        **FIELDS,
    ),
    some(NewSensorSystem, {"fields": st.dictionaries(ids, numbers | texts, min_size=1, max_size=3)}),
    some(NewManeuverPlan, {"plan": st.just(Tagged(type="opm.json", content={}))}, force=st.booleans()),
    some(NewTdm, {"tdm": texts.map(lambda text: f"CCSDS_TDM_VERS = 1.0\nCOMMENT {text}\n")}),
    some(NewGroundStationPasses, {"passes": st.dictionaries(texts, lists(windows), min_size=1, max_size=3)}),
)


@pytest.fixture(scope="module")
def kept() -> Iterator[OkapiClient]:
    with Emulator() as emulator, OkapiClient.emulated(emulator) as client:
        emulator.put("satellites", [{"satellite_id": "s", "norad_ids": [1], "name": "A"}])
        yield client


@settings(max_examples=150)
@given(QUERIES)
def test_every_query_is_taken(kept: OkapiClient, query: Any) -> None:
    assert list(kept.list(query)) == [] or isinstance(query, Satellites)


@settings(max_examples=100)
@given(NEWS)
def test_every_new_object_is_taken(kept: OkapiClient, new: Any) -> None:
    added = kept.add(new)
    if isinstance(new, NewSatellite):
        assert (added.name, added.norad_ids) == (new.name, tuple(new.norad_ids))
        kept.delete(type(added), added.id)


@settings(max_examples=100)
@given(some(SatelliteChanges, {"name": texts}, norad_ids=lists(counts), **FIELDS))
def test_every_change_is_taken(kept: OkapiClient, changes: SatelliteChanges) -> None:
    changed = kept.update("s", changes)
    for name in changes.model_fields_set - {"gnss_sensor", "drag_maneuver_settings"}:
        sent, stored = getattr(changes, name), getattr(changed, name)
        assert stored == (sent.total_seconds() if isinstance(sent, timedelta) else sent)


CHANGES = some(SatelliteChanges, {"name": texts}, norad_ids=lists(counts), **FIELDS)
SECRETS = {"slack_webhook", "teams_webhook", "space_track_login"}


def sent(model: Any) -> Any:
    if isinstance(model, SatelliteChanges):
        return model._body("s")
    return (model._path(), model._params()) if isinstance(model, Query) else (model._body(), model._params())


@settings(max_examples=200)
@given(QUERIES | NEWS | CHANGES)
def test_json_reads_back_and_sends_the_same_but_for_secrets(model: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = model.model_dump_json()
    if secrets := {name for name in SECRETS & model.model_fields_set if getattr(model, name) is not None}:
        with pytest.raises(InputError, match="not the asterisks") as caught:
            type(model).model_validate_json(text)
        assert {problem.field for problem in caught.value.problems} == secrets
        return
    for read in (type(model).model_validate_json(text), type(model).model_validate(model.model_dump())):
        assert read == model
        assert sent(read) == sent(model)


@settings(max_examples=200)
@given(QUERIES | NEWS | CHANGES)
def test_a_copy_with_the_same_values_is_equal_and_sends_the_same(model: Any) -> None:
    copied = model.model_copy(update={name: getattr(model, name) for name in model.model_fields_set} or {"page": 1})
    assert copied == model
    assert sent(copied) == sent(model)


def test_texts_read_back() -> None:
    query = Oems(norad_id=25544, epoch=Range(gte="2024-04-09T00:00Z")).texts("kvn")
    read = type(query).model_validate_json(query.model_dump_json())
    assert (read, sent(read)) == (query, sent(query))
    with pytest.raises(InputError, match="of: a query"):
        type(query).model_validate({"of": {"Satellite": {}}, "format": "kvn"})


RECORDS = [
    found
    for name in okapi_sdk.__all__
    if isinstance(found := getattr(okapi_sdk, name), type)
    and issubclass(found, Record)
    and not issubclass(found, StoredText | ResidualPlot)  # the answer is their text, whatever it is
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
@settings(max_examples=30)
@given(data=st.data())
def test_nulls_unknown_fields_and_new_values_are_read(record: type[Record], data: st.DataObject) -> None:
    texts_of = {name for name, field in record.model_fields.items() if _takes_text(field.annotation)}
    answer = {
        **dict.fromkeys(data.draw(st.sets(st.sampled_from([*record.model_fields, "more"]))), None),
        **data.draw(st.dictionaries(st.sampled_from(sorted(texts_of | {"new_key"})), texts)),
        "unknown": {"of": [1, None]},
    }
    assert record.model_validate(answer) == record.model_validate(answer)
    assert record.model_validate({}).model_extra == {}


def _takes_text(annotation: Any) -> bool:
    if get_origin(annotation) in (tuple, dict):
        return False
    return annotation is str or any(map(_takes_text, get_args(annotation)))
