"""Predicates that tell from a request if its calculation takes longer than about a quarter of a second.

Long calculations are computed in another process, which takes a millisecond to reach and half a second to start.
Calculations with brahe always are: its native code would take the emulator with it if it crashed.
"""

from __future__ import annotations

import math
from datetime import timedelta

from ..bodies.estimate_risk import RiskRequest
from ..bodies.predict_passes import PassesRequest
from ..bodies.propagate_orbit import PropagationRequest

# Measured on one core: 8 ms per day of passes, 10 ms per 1,000 states, 20 ms per risk record of the slower methods.
_LONG_WINDOW = timedelta(days=30)
_MANY_ROWS = 20_000
_MANY_RISKS = 10


def always(_: object) -> bool:
    """Return True."""
    return True


def never(_: object) -> bool:
    """Return False."""
    return False


def long_window(request: PassesRequest) -> bool:
    """Return True if the search for passes or their tracks take long."""
    window = request.window.end - request.window.start
    return window > _LONG_WINDOW or window.total_seconds() / request.step > _MANY_ROWS


def many_states(request: PropagationRequest) -> bool:
    """Return True if there are many states."""
    return (request.end - request.tle.epoch).total_seconds() / request.step > _MANY_ROWS


def many_risks(request: RiskRequest) -> bool:
    """Return True if there are many combinations of scaling factors."""
    return math.prod(len(values) for values in request.overrides.scales.values()) > _MANY_RISKS
