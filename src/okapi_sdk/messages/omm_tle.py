"""Conversion of mean elements to the two lines of a TLE."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ..errors import InputError, InputProblem
from ..text import short
from .omm_blocks import OmmData, OmmMetadata
from .tle import ALPHA5, PIVOT_YEAR, Tle, checksum, exponential

_EPOCH_UNIT = timedelta(microseconds=864)
"""The eighth decimal place of a day."""
_HIGHEST_NUMBER = 339_999
_YEARS = range(1900 + PIVOT_YEAR, 2000 + PIVOT_YEAR)
"""Years that two digits can stand for in a TLE."""
_REQUIRED = (
    "epoch", "norad_cat_id", "mean_motion", "eccentricity", "inclination", "ra_of_asc_node", "arg_of_pericenter",
    "mean_anomaly", "bstar",
)  # fmt: skip
_SEND_AS_OMM = "use the Omm itself, for example as the orbit of a calculation"
_NO_DESIGNATOR = ("", "UNKNOWN", "UNSPECIFIED")


def tle_of(metadata: OmmMetadata, data: OmmData) -> Tle:
    """Return the TLE with exactly the elements of an OMM.

    Raises:
        InputError: if a TLE cannot hold the elements; the problems name each field.
    """
    return _Writer(metadata, data).tle()


def fields_of(tle: Tle) -> dict[str, Any]:
    """Return the fields of an `Omm` with exactly the elements of a TLE."""
    line1, line2 = tle.line1, tle.line2
    metadata = {
        "object_name": tle.name, "object_id": tle.cospar_id, "center_name": "EARTH", "ref_frame": "TEME",
        "time_system": "UTC", "mean_element_theory": "SGP4",
    }  # fmt: skip
    data = {
        "epoch": tle.epoch, "mean_motion": tle.mean_motion, "eccentricity": tle.eccentricity,
        "inclination": tle.inclination, "ra_of_asc_node": tle.raan, "arg_of_pericenter": tle.argument_of_perigee,
        "mean_anomaly": tle.mean_anomaly, "ephemeris_type": int(line1[62].strip() or 0),
        "classification_type": line1[7].strip() or "U", "norad_cat_id": tle.norad_id,
        "element_set_no": int(line1[64:68].strip() or 0), "rev_at_epoch": int(line2[63:68].strip() or 0),
        "bstar": tle.bstar, "mean_motion_dot": float(line1[33:43]), "mean_motion_ddot": exponential(line1[44:52]),
    }  # fmt: skip
    return {"metadata": metadata, "data": data}


class _Writer:
    """Writes fields in the columns of a TLE and collects those that do not fit."""

    def __init__(self, metadata: OmmMetadata, data: OmmData) -> None:
        self.metadata, self.data = metadata, data
        self.problems: list[InputProblem] = []

    def tle(self) -> Tle:
        self.check_model()
        missing = [name for name in _REQUIRED if getattr(self.data, name) is None]
        for name in missing:
            self.refuse(f"data.{name}", None, "required in a TLE", "pass a value")
        if missing:
            raise InputError("Omm", self.problems)
        number = self.number()
        line1 = (
            f"1 {number}{self.classification()} {self.designator()} {self.epoch()} {self.drift()}"
            f" {self.exponential('mean_motion_ddot')} {self.exponential('bstar')}"
            f" {self.count('ephemeris_type', 1)} {self.count('element_set_no', 4)}"
        )
        line2 = (
            f"2 {number} {self.fixed('inclination', 4, 8)} {self.fixed('ra_of_asc_node', 4, 8)}"
            f" {self.eccentricity()} {self.fixed('arg_of_pericenter', 4, 8)}"
            f" {self.fixed('mean_anomaly', 4, 8)} {self.fixed('mean_motion', 8, 11)}{self.count('rev_at_epoch', 5)}"
        )
        if self.problems:
            raise InputError("Omm", self.problems)
        lines = {f"line{index}": f"{line}{checksum(line)}" for index, line in enumerate((line1, line2), 1)}
        return Tle(**lines, name=self.metadata.object_name)

    def refuse(self, field: str, value: object, allowed: str, remedy: str) -> str:
        quoted = "nothing" if value is None else short(value)
        self.problems.append(InputProblem(field, quoted, allowed, remedy))
        return ""

    def check_model(self) -> None:
        for name, allowed in (
            ("mean_element_theory", ("SGP4", "SGP", "SGP4/SDP4", "SGP/SGP4")),
            ("ref_frame", ("TEME",)),
            ("center_name", ("EARTH",)),
        ):
            value = getattr(self.metadata, name)
            if value is not None and str(value).strip().upper() not in allowed:
                self.refuse(f"metadata.{name}", value, f"{allowed[0]} in a TLE", _SEND_AS_OMM)

    def number(self) -> str:
        value = self.data.norad_cat_id or 0
        if not 0 <= value <= _HIGHEST_NUMBER:
            allowed = f"a catalogue number from 0 to {_HIGHEST_NUMBER} in a TLE"
            return self.refuse("data.norad_cat_id", value, allowed, _SEND_AS_OMM)
        high, low = divmod(value, 10_000)
        return f"{value:05d}" if high < 10 else f"{ALPHA5[high - 10]}{low:04d}"

    def classification(self) -> str:
        value = self.data.classification_type or "U"
        if value not in ("U", "C", "S"):
            return self.refuse("data.classification_type", value, "U, C or S in a TLE", "correct or omit it")
        return value

    def designator(self) -> str:
        value = (self.metadata.object_id or "").strip()
        match = re.fullmatch(r"(\d{4})-(\d{3})([A-Z]{0,3})", value, re.ASCII)
        if match is not None and int(match[1]) in _YEARS:
            return f"{match[1][2:]}{match[2]}{match[3]:<3}"
        if value.upper() in _NO_DESIGNATOR:
            return " " * 8
        return self.refuse(
            "metadata.object_id", value, "an international designator like 1998-067A in a TLE", "correct or omit it"
        )

    def epoch(self) -> str:
        moment = self.data.epoch
        if moment is None:
            raise AssertionError("checked by tle()")
        if moment.year not in _YEARS:
            allowed = f"a year from {_YEARS[0]} to {_YEARS[-1]} in a TLE"
            return self.refuse("data.epoch", moment, allowed, _SEND_AS_OMM)
        days, rest = divmod(moment - datetime(moment.year, 1, 1, tzinfo=UTC), timedelta(days=1))
        units, remainder = divmod(rest, _EPOCH_UNIT)
        if remainder:
            allowed = "a multiple of 864 microseconds of its day, the resolution of a TLE"
            return self.refuse("data.epoch", moment, allowed, _SEND_AS_OMM)
        return f"{moment.year % 100:02d}{days + 1:03d}.{units:08d}"

    def fixed(self, name: str, places: int, width: int) -> str:
        value = Decimal(repr(getattr(self.data, name) or 0.0)) + 0  # + 0 turns -0 into 0
        text = f"{value:.{places}f}"
        if Decimal(text) != value or value < 0 or len(text) > width:
            allowed = f"a number from 0 with at most {places} decimal places in a TLE"
            return self.refuse(f"data.{name}", float(value), allowed, _SEND_AS_OMM)
        return text.rjust(width)

    def eccentricity(self) -> str:
        value = self.data.eccentricity or 0.0
        if value >= 1:
            return self.refuse("data.eccentricity", value, "a number from 0 and below 1 in a TLE", "correct it")
        return self.fixed("eccentricity", 7, 9).removeprefix("0.")

    def drift(self) -> str:
        value = Decimal(repr(self.data.mean_motion_dot or 0.0))
        text = f"{abs(value):.8f}"
        if Decimal(text) != abs(value) or abs(value) >= 1:
            allowed = "a number between -1 and 1 with at most 8 decimal places in a TLE"
            return self.refuse("data.mean_motion_dot", float(value), allowed, _SEND_AS_OMM)
        return ("-" if value < 0 else " ") + text[1:]

    def exponential(self, name: str) -> str:
        value = Decimal(repr(getattr(self.data, name) or 0.0)).normalize()
        if not value:
            return " 00000-0"
        exponent = max(value.adjusted() + 1, -9)
        digits = f"{abs(value).scaleb(-exponent):f}".removeprefix("0.").rstrip("0").ljust(5, "0")
        if exponent > 9 or len(digits) > 5 or abs(value).scaleb(-exponent) >= 1:
            allowed = "a number with at most 5 digits and an exponent of one digit in a TLE"
            return self.refuse(f"data.{name}", float(value), allowed, _SEND_AS_OMM)
        return f"{'-' if value < 0 else ' '}{digits}{exponent:+d}"

    def count(self, name: str, width: int) -> str:
        value = getattr(self.data, name) or 0
        if not 0 <= value < 10**width:
            allowed = f"a whole number of at most {width} digits in a TLE"
            return self.refuse(f"data.{name}", value, allowed, "correct or omit it")
        return f"{value:{width}d}"
