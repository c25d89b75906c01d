"""TLEs with their motions and mean elements, each prepared once for all requests of a process that use it.

Up to `_MOST` are kept; then those that were not used for longest give way. Each takes a few kilobytes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from ..bodies.tle import Tle
from ..engines.arrays import Array
from ..engines.errors import PropagationError
from ..engines.instants import Instants
from ..engines.sgp4_motion import Sgp4Motion
from .motions import sgp4_motion_of

_MOST = 30_000
_MOST_SPANS = 8
_MARK = timedelta(hours=6)
_ZERO = datetime(2000, 1, 1, tzinfo=UTC)


class KnownElements:
    """A TLE and its motion, which is None if SGP4 does not take these elements."""

    def __init__(self, tle: Tle) -> None:
        self.tle = tle
        self._means: dict[tuple[datetime, datetime], Array | None] = {}
        try:
            self.motion: Sgp4Motion | None = sgp4_motion_of(tle)
        except PropagationError:
            self.motion = None

    def means(self, first: datetime, last: datetime) -> Array | None:
        """Return the mean elements at the marks from `first` to `last`, one row each, or None if SGP4 fails at one."""
        key = first, last
        if key not in self._means:
            if len(self._means) >= _MOST_SPANS:
                self._means.clear()
            self._means[key] = self._mean_elements(first, last)
        return self._means[key]

    def _mean_elements(self, first: datetime, last: datetime) -> Array | None:
        if self.motion is None:
            return None
        try:
            return np.array(self.motion.mean_states(Instants(first, mark_seconds(first, last))))
        except PropagationError:
            return None


def marks_around(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Return the last mark before a span and the first after it. Marks are every six hours, the same for all spans."""
    first, last = (start - _ZERO) // _MARK, -((_ZERO - end) // _MARK)
    return _ZERO + first * _MARK, _ZERO + last * _MARK


def mark_seconds(first: datetime, last: datetime) -> Array:
    """Return the marks from `first` to `last` in seconds after the first."""
    seconds: Array = np.arange((last - first) // _MARK + 1, dtype=np.float64) * _MARK.total_seconds()
    return seconds


@lru_cache(maxsize=_MOST)
def known_elements(tle: Tle) -> KnownElements:
    """Return a TLE with its motion, from memory if there is one."""
    return KnownElements(tle)
