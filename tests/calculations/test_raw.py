"""The calculation that passes everything through."""

from __future__ import annotations

import copy
import pickle

import pytest

from okapi_sdk import PropagateOrbit, RawCalculation
from okapi_sdk.errors import InputError


def test_arguments_by_position_and_by_name() -> None:
    raw = RawCalculation("add-ephemerides", {"orbit": 1}, "oem")
    assert raw == RawCalculation(path="add-ephemerides", body={"orbit": 1}, format="oem")
    assert raw == RawCalculation.model_validate({"path": "add-ephemerides", "body": {"orbit": 1}, "format": "oem"})
    assert raw._format_name() == "oem"
    assert RawCalculation("cdms", {})._format_name() == "simple"
    assert repr(raw) == "RawCalculation(path='add-ephemerides', body={'orbit': 1}, format='oem')"
    assert raw == pickle.loads(pickle.dumps(raw)) == copy.deepcopy(raw)


def test_the_body_is_a_copy() -> None:
    given = {"a": {"b": [1, 2]}}
    raw = RawCalculation("cdms", given)
    given["a"]["b"].append(3)
    raw.body()["a"]["b"].append(4)
    assert raw.body() == {"a": {"b": [1, 2]}}


def test_tuples_become_arrays() -> None:
    assert RawCalculation("cdms", {"a": (1, (2.5, None))}).body() == {"a": [1, [2.5, None]]}


def test_any_path_fits() -> None:
    assert RawCalculation._serves("anything/else")
    assert not PropagateOrbit._serves("propagate-orbits/sgp4")


def test_unknown_fields_are_named() -> None:
    with pytest.raises(InputError, match="did you mean body") as caught:
        RawCalculation.model_validate({"path": "cdms", "boddy": {}})
    assert [problem.field for problem in caught.value.problems] == ["body", "boddy"]
