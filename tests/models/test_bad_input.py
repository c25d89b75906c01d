"""Bad inputs are refused by name, rule and remedy, and pydantic's errors stay inside."""

from __future__ import annotations

import copy
import pickle

import pytest
from pydantic import BaseModel, ValidationError

from okapi_sdk.errors import InputError
from okapi_sdk.models import GroundLocation, Tle
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
