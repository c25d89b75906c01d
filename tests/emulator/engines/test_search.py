"""The search for the times at which a function is positive, on functions whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okapi_sdk.emulator.engines.arrays import Array
from okapi_sdk.emulator.engines.search import positive_spans


def test_a_sine() -> None:
    spans = positive_spans(lambda t: np.sin(t / 100), 50.0, 2000.0, 30.0, margin=2.0)
    turn = 100 * math.pi
    assert [span.start for span in spans] == pytest.approx([50, 2 * turn, 4 * turn, 6 * turn], abs=1e-5)
    assert [span.end for span in spans] == pytest.approx([turn, 3 * turn, 5 * turn, 2000], abs=1e-5)
    assert [span.peak for span in spans] == pytest.approx([turn / 2, 2.5 * turn, 4.5 * turn, 2000], abs=1e-3)
    assert [(span.starts_inside, span.ends_inside) for span in spans] == [
        (False, True),
        (True, True),
        (True, True),
        (True, False),
    ]


@given(middle=st.floats(0.5, 999.5), half=st.floats(0.001, 0.4))
@settings(max_examples=200)
def test_a_hump_much_shorter_than_a_step_is_found(middle: float, half: float) -> None:
    def hump(t: Array) -> Array:
        return half**2 - (t - middle) ** 2

    (span,) = positive_spans(hump, 0.0, 1000.0, 60.0, margin=1e9)
    assert (span.start, span.end) == pytest.approx((middle - half, middle + half), abs=2e-5)
    assert span.starts_inside
    assert span.ends_inside


@given(middle=st.floats(0.5, 999.5), half=st.floats(0.001, 0.4))
@settings(max_examples=200)
def test_a_dip_much_shorter_than_a_step_is_found(middle: float, half: float) -> None:
    first, second = positive_spans(lambda t: (t - middle) ** 2 - half**2, 0.0, 1000.0, 60.0, margin=1e9)
    assert (first.end, second.start) == pytest.approx((middle - half, middle + half), abs=2e-5)


def test_always_and_never() -> None:
    (span,) = positive_spans(lambda t: np.ones_like(t), 0.0, 100.0, 7.0, margin=1.0)
    assert (span.start, span.end, span.starts_inside, span.ends_inside) == (0.0, 100.0, False, False)
    assert positive_spans(lambda t: -np.ones_like(t), 0.0, 100.0, 7.0, margin=1.0) == []


def test_a_window_shorter_than_a_step() -> None:
    (span,) = positive_spans(lambda t: t - 0.25, 0.0, 1.0, 60.0, margin=10.0)
    assert (span.start, span.end, span.peak) == pytest.approx((0.25, 1.0, 1.0), abs=1e-4)
