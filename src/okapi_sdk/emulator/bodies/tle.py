"""Two-line element sets, with checks that the `sgp4` library does not make.

That library silently accepts a line with a wrong checksum, or two lines of different satellites. The columns are those
of Space-Track's "Basic Description of the Two Line Element (TLE) Format". Alpha-5 catalogue numbers are accepted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_FIRST = re.compile(
    r"1 (?P<number>[ \dA-HJ-NP-Z][ \d]{3}\d)(?P<classification>[A-Z ]) (?P<designator>.{8})"
    r" (?P<year>\d\d)(?P<day>[ \d]{2}\d)\.(?P<fraction>\d{8}) (?P<mean_motion_dot>[ 0+-]\.\d{8}|[ +-]0\.\d{7})"
    r" (?P<mean_motion_ddot>[ 0+-][ \d]{5}[+-]\d) (?P<bstar>[ 0+-][ \d]{5}[+-]\d)"
    r" (?P<ephemeris_type>[ \d]) (?P<element_set>[ \d]{4})\d"
)
_SECOND = re.compile(
    r"2 (?P<number>[ \dA-HJ-NP-Z][ \d]{3}\d) (?P<inclination>[ \d]{3}\.\d{4}) (?P<node>[ \d]{3}\.\d{4})"
    r" (?P<eccentricity>[ \d]{6}\d) (?P<perigee>[ \d]{3}\.\d{4}) (?P<anomaly>[ \d]{3}\.\d{4})"
    r" (?P<mean_motion>[ \d]{2}\.\d{8})(?P<revolution>[ \d]{5})\d"
)


@dataclass(frozen=True)
class Tle:
    """SGP4 mean elements, as stated in the two lines.

    Angles are in degrees, `mean_motion` in revolutions per day, `bstar` per Earth radius. `mean_motion_dot` and
    `mean_motion_ddot` are the numbers in the lines: half the first and a sixth of the second derivative, as in OMM
    files. `epoch` is exact: one unit of the eighth decimal place of a day is 864 microseconds.
    """

    line1: str
    line2: str
    name: str | None
    catalogue_number: int
    classification: str
    cospar_id: str
    epoch: datetime
    mean_motion_dot: float
    mean_motion_ddot: float
    bstar: float
    ephemeris_type: int
    element_set: int
    inclination: float
    right_ascension_of_node: float
    eccentricity: float
    argument_of_perigee: float
    mean_anomaly: float
    mean_motion: float
    revolution: int


def read_tle(text: str) -> Tle:
    """Read two lines, or three with the name first. Raises a ValueError that names the line and the error."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if len(lines) not in (2, 3):
        raise ValueError(f"a TLE has two lines, or three with the name first; this text has {len(lines)}")
    line1, line2 = lines[-2:]
    first, second = _match(_FIRST, line1, 1), _match(_SECOND, line2, 2)
    if _catalogue_number(first["number"]) != _catalogue_number(second["number"]):
        raise ValueError(f"the lines belong to different satellites: {first['number']} and {second['number']}")
    return Tle(
        line1=line1,
        line2=line2,
        name=lines[0].removeprefix("0 ").strip() if len(lines) == 3 else None,
        catalogue_number=_catalogue_number(first["number"]),
        classification=first["classification"].strip() or "U",
        cospar_id=_cospar_id(first["designator"]),
        epoch=_epoch(first["year"], first["day"], first["fraction"]),
        mean_motion_dot=float(first["mean_motion_dot"].replace(" ", "")),
        mean_motion_ddot=_implied_decimal(first["mean_motion_ddot"]),
        bstar=_implied_decimal(first["bstar"]),
        ephemeris_type=int(first["ephemeris_type"].strip() or 0),
        element_set=int(first["element_set"].strip() or 0),
        inclination=float(second["inclination"]),
        right_ascension_of_node=float(second["node"]),
        eccentricity=float("0." + second["eccentricity"].replace(" ", "0")),
        argument_of_perigee=float(second["perigee"]),
        mean_anomaly=float(second["anomaly"]),
        mean_motion=float(second["mean_motion"]),
        revolution=int(second["revolution"].strip() or 0),
    )


def checksum(line: str) -> int:
    """Return the sum of the digits in the first 68 columns modulo ten; a minus sign counts as one."""
    return sum(int(c) if c.isdecimal() else c == "-" for c in line[:68]) % 10


def _match(pattern: re.Pattern[str], line: str, number: int) -> re.Match[str]:
    if not line.isascii() or not line.startswith(f"{number} "):
        raise ValueError(f"line {number} must begin with '{number} ' and contain only ASCII characters")
    if len(line) != 69:
        raise ValueError(f"line {number} has {len(line)} characters, expected 69")
    match = pattern.fullmatch(line)
    if match is None:
        raise ValueError(f"line {number} does not match the columns of a TLE")
    if int(line[68]) != checksum(line):
        raise ValueError(f"line {number}, column 69: checksum is {line[68]}, expected {checksum(line)}")
    return match


def _catalogue_number(text: str) -> int:
    """Read an Alpha-5 number: its first character may be a letter, A = 10 to Z = 33, without I and O."""
    if not text[0].isalpha():
        return int(text)
    return ("ABCDEFGHJKLMNPQRSTUVWXYZ".index(text[0]) + 10) * 10_000 + int(text[1:])


def _cospar_id(designator: str) -> str:
    """Expand `98067A` to 1998-067A. Debris from an unknown launch has no designator, or one without a piece."""
    match = re.fullmatch(r"(\d\d)([ \d]{2}\d)([A-Z ]{3})", designator, re.ASCII)
    if match is None:
        return designator.strip()
    return f"{_full_year(match[1])}-{int(match[2].replace(' ', '0')):03d}{match[3].strip()}"


def _full_year(two_digits: str) -> int:
    return int(two_digits) + (2000 if int(two_digits) < 57 else 1900)


def _epoch(year: str, day: str, fraction: str) -> datetime:
    if not 1 <= int(day) <= 366:
        raise ValueError(f"line 1: the epoch is day {int(day)} of the year, expected 1 to 366")
    return datetime(_full_year(year), 1, 1, tzinfo=UTC) + timedelta(days=int(day) - 1, microseconds=int(fraction) * 864)


def _implied_decimal(text: str) -> float:
    """Read ` 29472-4` as 0.29472e-4."""
    sign, digits, exponent = text[0].strip(), text[1:6].replace(" ", "0"), text[6:].replace(" ", "+")
    return float(f"{sign}0.{digits}e{exponent}")
