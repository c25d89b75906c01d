"""Two thousand random inputs for each reader of text: typed errors only, none slow. ``nox -s fuzz`` takes a million."""

from __future__ import annotations

import pytest

from tests.faults.outcomes import Record

from .targets import TARGETS, fuzz

INPUTS, SEED = 2_000, 1957


@pytest.mark.fault("U1", "U5", "U8", "U9", "U16", "U24", "U26", "P7", "B7", "B10", "B11", "L5")
@pytest.mark.parametrize("name", TARGETS)
def test_random_input_ends_in_a_value_or_a_typed_error(name: str, record_property: Record) -> None:
    figures = fuzz(TARGETS[name], INPUTS, SEED)
    assert figures.accepted > 0 or name == "error bodies"
    record_property(f"random {name}", str(figures))
