"""The conjunctions of the fleet: a timetable of encounters, each with a series of CDMs and risk estimates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from ..bodies.cdm import read_cdm
from ..bodies.tle import Tle
from ..engines.instants import Instants, iso
from ..services.cdm_conjunction import conjunction_of
from ..services.message_estimation import METHOD
from ..services.motions import motion_of
from ..services.risk_record import risk_records
from .cdms import Message, debris_name, encounter, write_message
from .satellites import ORIGINATOR, id_of

Stored = tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]
"""A conjunction, its CDMs and its risk estimates, the oldest first."""

_AHEAD = timedelta(days=3)
_SATELLITES_PER_DAILY_ENCOUNTER = 5
_HOURS_OF_MESSAGES = (80, 68, 56, 44, 32, 20, 12, 6, 3)
"""Hours before closest approach at which CDMs are created."""
_GOLDEN_RATIO = 0.618034
_DEBRIS = range(99_401, 100_000)
_GEOSTATIONARY = 2.0
"""Fewer revolutions per day than this: encounters are those of low orbits."""


@dataclass(frozen=True)
class _Course:
    """An invented encounter over time.

    `miss`: metres in the encounter plane in the end; `drift`: metres that a CDM is off for each day that it is early;
    `spread`: factor on the uncertainty of the debris; `angle`: degrees between both velocities; `radius`: metres.
    """

    angle: float
    miss: tuple[float, float]
    drift: tuple[float, float]
    spread: float = 1.0
    radius: float = 0.5


_COURSES = (
    _Course(165.0, (70.0, 45.0), (150.0, -110.0), 1.0, 2.0),
    _Course(75.0, (220.0, -310.0), (-40.0, 30.0), 1.2),
    _Course(130.0, (-390.0, 650.0), (60.0, 90.0), 2.0, 0.3),
    _Course(100.0, (330.0, 160.0), (-110.0, -50.0), 1.2, 4.0),
    _Course(150.0, (130.0, -80.0), (25.0, 15.0), 0.8),
    _Course(110.0, (-1150.0, 880.0), (90.0, 40.0), 3.4, 0.3),
    _Course(60.0, (110.0, 90.0), (120.0, 90.0), 1.0, 1.0),
)


def upcoming(tles: Sequence[Tle], hour: datetime) -> list[Stored]:
    """Return the conjunctions of the three days from ``hour``, in order of time."""
    candidates = [tle for tle in tles if tle.mean_motion > _GEOSTATIONARY]
    return [
        _conjunction(candidates[number % len(candidates)], number, tca, hour)
        for number, tca in _timetable(len(tles), hour)
    ]


def _timetable(count: int, hour: datetime) -> Iterator[tuple[int, datetime]]:
    """Return number and time of each encounter. The timetable of a day is always the same."""
    daily = -(-count // _SATELLITES_PER_DAILY_ENCOUNTER)
    midnight = hour.replace(hour=0)
    planned = [
        (number, midnight + timedelta(days=day, minutes=int(number * _GOLDEN_RATIO % 1 * 1440)))
        for day in range(_AHEAD.days + 1)
        for number in range((midnight.toordinal() + day) * daily, (midnight.toordinal() + day + 1) * daily)
    ]
    return ((number, tca) for number, tca in sorted(planned, key=lambda item: item[1])
            if timedelta(0) < tca - hour <= _AHEAD)  # fmt: skip


def _conjunction(tle: Tle, number: int, tca: datetime, hour: datetime) -> Stored:
    course, debris = _COURSES[number % len(_COURSES)], _DEBRIS[number % len(_DEBRIS)]
    positions, velocities = motion_of(tle).gcrf(Instants(tca, np.zeros(1)))
    position, velocity = positions[:, 0].round(6), velocities[:, 0].round(9)
    cdms, risks = [], []
    for hours in _HOURS_OF_MESSAGES:
        created = tca - timedelta(hours=hours)
        if created > hour:
            break
        days = hours / 24
        miss = (course.miss[0] + course.drift[0] * days, course.miss[1] + course.drift[1] * days)
        uncertain = course.spread * (0.8 + days)
        message = Message(
            tle=tle,
            debris=debris,
            tca=tca,
            created=created,
            encounter=encounter(position, velocity, course.angle, miss),
            deviations=(
                (8 + 4 * days, 30 + 60 * days, 7 + 3 * days),
                (60 * uncertain, 240 * uncertain, 50 * uncertain),
            ),
            radii=(3.0, course.radius),
        )
        cdm = write_message(message)
        (record,) = risk_records(conjunction_of(read_cdm("cdm.json", cdm, "cdm")), (METHOD,))
        risk = {**record.content, "risk_estimation_id": id_of(f"risk {debris} {iso(tca)} {iso(created)}")}
        risk["comment"] = f"A conjunction invented by the {ORIGINATOR}; its values are computed from the states."
        cdm["COLLISION_PROBABILITY"] = f"{risk['collision_probability']:.9E}"
        cdms.append(cdm)
        risks.append(risk)
    newest = risks[-1]
    head = {
        "conjunction_id": id_of(f"conjunction {debris} {iso(tca)}"),
        "sat1_norad_id": tle.catalogue_number,
        "sat2_norad_id": debris,
        "sat1_name": tle.name,
        "sat2_name": debris_name(debris),
        "criticality": newest["criticality"],
        "criticality_source": "risk_estimation",
        "newest_risk_estimation": newest,
    }
    return head, cdms, risks
