"""Bad inputs are refused by name, rule and remedy, and pydantic's errors stay inside."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest
from pydantic import BaseModel, ValidationError

from okapi_sdk import GroundLocation, PropagationSettings, RawCalculation, Satellite, Tle
from okapi_sdk.errors import InputError
from tests.models.bad_input import PLACE, ROWS, Bad
from tests.models.samples import LINES, brunswick, evening, oem, opm, passes, propagation, state, tle


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name.replace(" ", "-"))
def test_bad_input_is_refused(row: Bad) -> None:
    with pytest.raises(InputError) as caught:
        row.make()
    error = caught.value
    assert error.field == row.field
    assert row.rule in error.rule
    assert error.remedy
    assert all(len(problem.value) <= 80 for problem in error.problems)
    assert len(str(error)) < 2000
    assert error.__cause__ is None
    assert error.__context__ is None
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("lines by position", "Tle(line1=..., line2=...)"),
        ("part of a name", "did you mean output_step_size?"),
        ("one number", "put it in a list"),
        ("method in capitals", "use 'foster-1992'"),
        ("stored conjunction", "client.list(ConjunctionCdms(conjunction_id='c1'))"),
    ],
)
def test_the_remedy_is_the_one_that_is_meant(name: str, remedy: str) -> None:
    (row,) = (row for row in ROWS if row.name == name)
    with pytest.raises(InputError) as caught:
        row.make()
    assert remedy in str(caught.value)


@pytest.mark.parametrize("name", ["", "a", "_", "step_"])
def test_a_name_that_is_in_many_is_not_guessed_at(name: str) -> None:
    with pytest.raises(InputError, match="remove it"):
        PropagationSettings(**{name: 1})


def test_signatures_show_the_fields() -> None:
    assert list(inspect.signature(Tle).parameters) == ["line1", "line2", "name"]
    assert list(inspect.signature(Satellite).parameters)[-1] == "extra_data"
    assert list(inspect.signature(RawCalculation).parameters) == ["path", "body", "format"]


def test_no_value_by_position_is_told() -> None:
    with pytest.raises(InputError) as caught:
        Satellite("hush-hush")  # type: ignore[call-arg]
    assert "hush" not in str(caught.value)


def test_the_names_are_distinct() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS) >= 120


def test_every_problem_is_named() -> None:
    with pytest.raises(InputError) as caught:
        passes(orbit=LINES[:-1], ground_location={"latitude": 91, "longitude": 190, "altitude": 48}, time_window=None)
    assert [problem.field for problem in caught.value.problems] == [
        "orbit.line2",
        "ground_location.latitude",
        "ground_location.longitude",
        "ground_location.altitude",
        "time_window",
    ]
    assert "use -170" in str(caught.value)
    assert "height_m=48)" in str(caught.value)


@pytest.mark.parametrize("make", [tle, brunswick, evening, state, opm, oem, passes, propagation])
def test_models_are_frozen_and_copy(make: object) -> None:
    model = make()  # type: ignore[operator]
    field = next(iter(type(model).model_fields))
    with pytest.raises(InputError, match="frozen"):
        setattr(model, field, None)
    with pytest.raises(InputError, match="frozen"):
        delattr(model, field)
    assert pickle.loads(pickle.dumps(model)) == copy.deepcopy(model) == copy.copy(model) == model
    assert hash(model) == hash(copy.deepcopy(model))
    assert type(model).model_validate(model.model_dump()) == model
    assert type(model).model_validate_json(model.model_dump_json()) == model


class Station(BaseModel):
    """A user's own model."""

    location: GroundLocation
    tle: Tle


def test_inside_a_users_model_the_error_is_pydantics() -> None:
    assert Station.model_validate({"location": PLACE, "tle": LINES}).tle == tle()
    with pytest.raises(ValidationError) as caught:
        Station.model_validate({"location": {**PLACE, "latitude": 91}, "tle": LINES[:-1]})
    assert [line["loc"] for line in caught.value.errors()] == [("location", "latitude"), ("tle", "line2")]
