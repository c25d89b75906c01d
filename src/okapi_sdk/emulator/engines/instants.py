"""Instants: many moments at once, on skyfield's time scales, and how times are printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skyfield.api import load

Vector = NDArray[np.float64]

SECONDS_PER_DAY = 86_400.0
_CHUNK = 4096


@dataclass(frozen=True)
class Instants:
    """Instants as seconds after a UTC origin, in days of 86,400 s as TLEs and ISO 8601 times count them."""

    origin: datetime
    seconds: Vector

    @property
    def day_and_second(self) -> tuple[Vector, Vector]:
        """Days after the origin's midnight, and seconds of that day: together they keep a microsecond over a year."""
        midnight = self.origin.replace(hour=0, minute=0, second=0, microsecond=0)
        total = self.seconds + (self.origin - midnight).total_seconds()
        days = np.floor(total / SECONDS_PER_DAY)
        return days, total - days * SECONDS_PER_DAY

    def skyfield(self) -> Any:
        """The same instants as a skyfield `Time`."""
        days, seconds = self.day_and_second
        return timescale().utc(self.origin.year, self.origin.month, self.origin.day + days, 0, 0, seconds)


@cache
def timescale() -> Any:
    """skyfield's time scales from the tables inside the package."""
    return load.timescale(builtin=True)


def chunks(seconds: Vector) -> list[Vector]:
    """Instants in portions of a few milliseconds of work, so that the server's thread can answer in between."""
    return np.array_split(seconds, max(1, -(-seconds.size // _CHUNK)))


def in_chunks(function: Callable[[Vector], Vector], seconds: Vector) -> Vector:
    """The values of a function of time, computed in such portions."""
    return np.concatenate([function(chunk) for chunk in chunks(seconds)])


def steps(start: float, end: float, step: float) -> Vector:
    """Every `step` seconds from `start`, and `end` itself; to the millisecond, as the times are printed."""
    seconds: Vector = np.append(np.arange(start, end, step), end)
    return np.unique(np.round(seconds, 3))


def whole_milliseconds(moment: datetime) -> datetime:
    """The nearest whole millisecond."""
    rounded = moment + timedelta(microseconds=500)
    return rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)


def iso(moment: datetime) -> str:
    """UTC in ISO 8601 to the nearest millisecond, as the platform prints times."""
    return whole_milliseconds(moment).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
