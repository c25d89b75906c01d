"""What is written reads back as what it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import Calculation, RawCalculation
from okapi_sdk.settings.policies import Dialect
from tests.models.strategies import json_values, oems, opms, passes_of, propagations_of, states, tagged, tles

with_typed_form = tles | states | opms
calculations = passes_of(with_typed_form) | propagations_of(with_typed_form)
generic_only = (
    passes_of(oems) | passes_of(tagged, method=st.just("oems")) | propagations_of(tagged, method=st.just("x"))
)


@pytest.mark.parametrize("dialect", ["generic", "typed"])
@given(calculation=calculations)
def test_bodies_read_back(dialect: Dialect, calculation: Calculation[Any]) -> None:
    assert type(calculation).model_validate(calculation.body(dialect)) == calculation


@given(generic_only)
def test_bodies_of_the_generic_dialect_read_back(calculation: Calculation[Any]) -> None:
    method = {"method": calculation.endpoint().split("/")[1]}
    assert type(calculation).model_validate(calculation.body() | method) == calculation


@given(calculations | generic_only)
def test_fields_and_json_read_back(calculation: Calculation[Any]) -> None:
    assert type(calculation).model_validate(calculation.model_dump()) == calculation
    assert type(calculation).model_validate_json(calculation.model_dump_json()) == calculation


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), json_values, max_size=3))
def test_raw_bodies_pass_through(body: dict[str, Any]) -> None:
    raw = RawCalculation("estimate-covariance", body)
    assert raw.body("generic") == raw.body("typed") == body
    assert RawCalculation.model_validate(raw.model_dump()) == raw
