"""Units that sources disagree about, and the converters beside them."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any, get_args

import pytest
from pydantic import BaseModel

import okapi_sdk
from okapi_sdk import DragManeuverSettings, NewSatellite, RiskEstimation, Satellite, SatelliteChanges


def test_traps_of_a_satellite() -> None:
    read = Satellite.model_validate(
        {
            "thrust_pointing_uncertainty": 7200,
            "thrust_uncertainty": 0.05,
            "offset_cdm_and_earliest_maneuver": 25200,
            "accepted_minimum_distance": 0.1,
        }
    )
    assert read.thrust_pointing_uncertainty_deg == 2.0
    assert read.thrust_uncertainty_percent == pytest.approx(5.0)
    assert read.offset_cdm_and_earliest_maneuver_hours == 7.0
    assert read.accepted_minimum_distance_m == 100.0
    nothing = Satellite()
    assert [getattr(nothing, name) for name in dir(Satellite) if name.endswith(("_deg", "_percent", "_hours", "_m"))]\
        == [None] * 4  # fmt: skip


def test_durations_travel_in_seconds() -> None:
    changes = SatelliteChanges(
        offset_cdm_and_earliest_maneuver=timedelta(hours=7),
        max_thrust_duration=timedelta(minutes=2),
        min_time_till_pass=3600,
        drag_maneuver_settings=DragManeuverSettings(offset_cdm_earliest_drag_maneuver=7.5),
    )
    assert changes._body("s") == {
        "satellite_id": "s",
        "offset_cdm_and_earliest_maneuver": 25200.0,
        "max_thrust_duration": 120.0,
        "min_time_till_pass": 3600,
        "drag_maneuver_settings": {"offset_cdm_earliest_drag_maneuver": 7.5},
    }


@pytest.mark.parametrize("given", ["short_term_and_long_term", ["short_term", "long_term"]])
def test_both_forms_of_the_strategies(given: Any) -> None:
    assert Satellite.model_validate({"maneuver_strategy": given}).maneuver_strategy == ("short_term", "long_term")
    sent = SatelliteChanges.model_validate({"maneuver_strategy": given})._body("s")
    assert sent["maneuver_strategy"] == ["short_term", "long_term"]


def test_numbers_may_be_text() -> None:
    read = Satellite.model_validate({"norad_ids": ["25544"], "mass": "4.5", "active": "true", "satellite_id": 7})
    assert (read.norad_ids, read.mass, read.active, read.satellite_id) == ((25544,), 4.5, True, "7")
    assert RiskEstimation.model_validate({"miss_distance": "0.25"}).miss_distance == 0.25


def described(model: type) -> Iterator[tuple[str, str]]:
    """Fields and their docstrings, as editors and the reference read them."""
    (found,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(found, ast.ClassDef)
    for field, text in pairwise(found.body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            yield ast.unparse(field.target), str(text.value.value)


def has_number(annotation: Any) -> bool:
    return annotation in (int, float) or any(map(has_number, get_args(annotation)))


UNIT = re.compile(
    r"\b(?:km|m|s|kg|N|Hz|seconds?|hours?|minutes?|days?|degrees?|(?:kilo)?metres?|percent|radians?|rad|revolutions|Earth"
    r" radii|magnitudes|standard deviations)\b|\bk?m[²³⁴]|`range_units`|m\*\*2|°|%|\bunits?\b|as `\w+`|see `\w+`",
)
NONE = re.compile(
    # What has no unit, and says so by what it is: shares, counts, and numbers that name something.
    r"probabilit|ratio\b|share|relative|factor|eccentricity|version|number|iterations|ephemerides|observations|tracks|"
    r"objects|elements per page|page to request|dimensionless|degree and order|ephemeris type|designator|"
    r"degree of the interpolation",
    re.IGNORECASE,
)


def numbers_without_unit() -> Iterator[str]:
    for name in okapi_sdk.__all__:
        model = getattr(okapi_sdk, name)
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        texts: dict[str, str] = {}
        for base in reversed(model.__mro__):
            if base.__module__.startswith("okapi_sdk.") and "[" not in base.__name__:
                texts |= dict(described(base))
        for field, info in model.model_fields.items():
            if has_number(info.annotation) and not (UNIT.search(texts[field]) or NONE.search(texts[field])):
                yield f"{name}.{field}: {texts[field]}"


def test_every_number_has_a_unit_or_says_that_none_is_known() -> None:
    assert list(numbers_without_unit()) == []


def test_new_satellites_refuse_what_looks_like_another_unit() -> None:
    for field, value, words in (
        ("thrust_uncertainty", 5, "divide percentages by 100"),
        ("thrust_pointing_uncertainty", 1e6, "arcseconds"),
        ("accepted_minimum_distance", 1001.0, "divide metres by 1000"),
        ("min_time_in_sun", "1 h", "timedelta"),
        ("accepted_collision_probability", 1.5, "0 to 1"),
    ):
        with pytest.raises(ValueError, match=words):
            NewSatellite.model_validate({"name": "A", "norad_ids": [1], "space_track_status": "other", field: value})
