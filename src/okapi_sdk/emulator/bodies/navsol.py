"""Positions of a GNSS receiver as CSV text, `navsol.txt`.

Sources show the beginning of the header, ``SpacecraftTime,GNSS_S_ITOW,GNSS_S_FTOW,GNSS_S_WEEK,GNSS_S_GPSFIX``, and the
column ``GNSS_S_ECEFX``. These are the names of the message NAV-SOL of u-blox receivers, so its units are assumed:
milliseconds and nanoseconds of the GPS week, and centimetres in an Earth-fixed frame. The columns are found by the ends
of their names.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .fields import InputProblemError
from .values import read_number

_GPS_BEGIN = datetime(1980, 1, 6, tzinfo=UTC)
_WEEKS = (0, 4000)
_FIXES = (3.0, 4.0)
_KM_PER_CENTIMETRE = 1e-5
_NEAREST, _FARTHEST = 6356.0, 1e6
_MOST_ROWS = 100_000
_AXES = ("ECEFX", "ECEFY", "ECEFZ")
_OPTIONAL = ("FTOW", "GPSFIX")


@dataclass(frozen=True)
class GnssPosition:
    """A position (km) in the Earth-fixed frame. `gps_time` is ahead of UTC: GPS has no leap seconds."""

    gps_time: datetime
    position: tuple[float, float, float]


@dataclass(frozen=True)
class NavSol:
    """Positions in order of time, and the number of rows that are no three-dimensional fix."""

    positions: tuple[GnssPosition, ...]
    without_fix: int


def read_navsol(content: object, path: str) -> NavSol:
    """Read the text. Raises an InputProblemError that names the line and the column."""
    if not isinstance(content, str):
        raise InputProblemError(f"{path} must be the text of a NavSol file (CSV)")
    lines = [line for line in content.removeprefix("\ufeff").splitlines() if line.strip()]
    if len(lines) > _MOST_ROWS:
        raise InputProblemError(f"{path} has more than {_MOST_ROWS:,} lines")
    try:
        rows = list(csv.reader(lines))
    except csv.Error as error:
        raise InputProblemError(f"{path} is not CSV text: {error}") from None
    columns = _columns(rows[0] if rows else [], path)
    positions, without_fix = [], 0
    for number, row in enumerate(rows[1:], 2):
        here = f"{path}, row {number}"
        values = {name: _number(row, index, f"{here}: {name}") for name, index in columns.items()}
        if values.get("GPSFIX", _FIXES[0]) not in _FIXES:
            without_fix += 1
        else:
            positions.append(_position(values, here))
    if not positions:
        raise InputProblemError(f"{path} has no row with a three-dimensional fix")
    return NavSol(tuple(sorted(positions, key=lambda one: one.gps_time)), without_fix)


def _columns(header: list[str], path: str) -> dict[str, int]:
    found = {}
    for name in ("ITOW", "FTOW", "WEEK", "GPSFIX", *_AXES):
        places = [index for index, title in enumerate(header) if title.strip().upper().rpartition("_")[2] == name]
        if len(places) > 1 or (not places and name not in _OPTIONAL):
            raise InputProblemError(f"{path} must have one column that ends with {name}, such as GNSS_S_{name}")
        if places:
            found[name] = places[0]
    return found


def _number(row: list[str], index: int, here: str) -> float:
    value = read_number(row[index]) if index < len(row) else None
    if value is None:
        raise InputProblemError(f"{here} must be a number")
    return value


def _position(values: dict[str, float], here: str) -> GnssPosition:
    week, milliseconds, nanoseconds = values["WEEK"], values["ITOW"], values.get("FTOW", 0.0)
    if not (_WEEKS[0] <= week <= _WEEKS[1] and week == int(week)):
        raise InputProblemError(f"{here}: WEEK must be a whole number from {_WEEKS[0]} to {_WEEKS[1]}, not {week:g}")
    if not (0 <= milliseconds <= 604_800_000 and abs(nanoseconds) <= 1e6):
        raise InputProblemError(f"{here}: ITOW and FTOW must be milliseconds of the week and their rest in nanoseconds")
    x, y, z = (values[name] * _KM_PER_CENTIMETRE for name in _AXES)
    distance = (x * x + y * y + z * z) ** 0.5
    if not _NEAREST < distance < _FARTHEST:
        raise InputProblemError(
            f"{here}: ECEFX, ECEFY and ECEFZ are read as centimetres, but then the position is {distance:,.6g} km from "
            "the centre of the Earth"
        )
    since = timedelta(weeks=int(week), microseconds=round(milliseconds * 1e3 + nanoseconds * 1e-3))
    return GnssPosition(_GPS_BEGIN + since, (x, y, z))
