"""Units of the values in CCSDS messages, and exact conversion between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow
from fractions import Fraction

_AXES = ("x", "y", "z", "x_dot", "y_dot", "z_dot")
_PRODUCTS = ("km**2", "km**2/s", "km**2/s**2")
ORBIT_UNITS: Mapping[str, str] = {
    **dict.fromkeys(("x", "y", "z", "semi_major_axis"), "km"),
    **dict.fromkeys(("x_dot", "y_dot", "z_dot", "man_dv_1", "man_dv_2", "man_dv_3"), "km/s"),
    **dict.fromkeys(("x_ddot", "y_ddot", "z_ddot", *(f"user_defined_man_a_{axis}" for axis in (1, 2, 3))), "km/s**2"),
    **dict.fromkeys(
        ("inclination", "ra_of_asc_node", "arg_of_pericenter", "mean_anomaly", "true_anomaly"), "deg"
    ),
    **dict.fromkeys(("mass", "man_delta_mass"), "kg"),
    **dict.fromkeys(("solar_rad_area", "drag_area"), "m**2"),
    **dict.fromkeys(("bterm", "agom"), "m**2/kg"),
    **{
        f"c{row}_{column}": _PRODUCTS[row.endswith("dot") + column.endswith("dot")] for row in _AXES for column in _AXES
    },
    "gm": "km**3/s**2", "man_duration": "s", "mean_motion": "rev/day", "bstar": "1/ER",
    "mean_motion_dot": "rev/day**2", "mean_motion_ddot": "rev/day**3",
}  # fmt: skip
"""Units of the keywords of OPM, OMM and OEM, by field name."""

_BASES: Mapping[str, tuple[str, str]] = {
    "m": ("length", "1"), "km": ("length", "1000"), "cm": ("length", "0.01"), "mm": ("length", "0.001"),
    "ft": ("length", "0.3048"), "nmi": ("length", "1852"), "s": ("time", "1"), "ms": ("time", "0.001"),
    "min": ("time", "60"), "h": ("time", "3600"), "d": ("time", "86400"), "kg": ("mass", "1"), "g": ("mass", "0.001"),
    "n": ("force", "1"), "w": ("power", "1"), "hz": ("frequency", "1"), "khz": ("frequency", "1000"),
    "mhz": ("frequency", "1000000"), "deg": ("angle", "1"), "rad": ("radians", "1"), "rev": ("turns", "1"),
    "er": ("earth radii", "1"), "%": ("percent", "1"),
}  # fmt: skip
"""Quantity and size of each unit. Radians and turns are quantities of their own: no factor to degrees is exact."""
_ALIASES: Mapping[str, str] = {
    "metre": "m", "meter": "m", "kilometre": "km", "kilometer": "km", "centimetre": "cm", "centimeter": "cm",
    "foot": "ft", "feet": "ft", "sec": "s", "second": "s", "minute": "min", "hr": "h", "hour": "h", "day": "d",
    "degree": "deg", "°": "deg", "radian": "rad", "revolution": "rev", "percent": "%",
}  # fmt: skip
_SIGNS = str.maketrans({
    "\N{MULTIPLICATION SIGN}": "*", "·": "*", ".": "*", "⁻": "-", "\\": "",
    **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)),
})  # fmt: skip
"""Typographic signs of products and powers, and the backslash of a slash that was escaped for JSON twice."""
_NONE = ("", "-", "n/a", "none", "1")
"""Spellings of a value without a unit."""
_FACTOR = re.compile(r"([a-z°%]+)(?:\^?(-?\d{1,2}))?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,5})?", re.ASCII)
_EXACT = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact, InvalidOperation, Overflow])


class UnitError(ValueError):
    """Raised if a value is in another unit and cannot be converted exactly.

    ``remedy`` says how to correct the value.
    """

    def __init__(self, unit: str, expected: str, *, convertible: bool) -> None:
        super().__init__(
            f"a value in {expected}; this one is in {unit}" if expected else f"a value without a unit, not in {unit}"
        )
        wrong_label = f"correct the unit, which is {expected}" if expected else "remove the unit"
        self.remedy: str = f"convert it to {expected}" if convertible else wrong_label


def in_unit(value: str, unit: str | None, expected: str) -> str:
    """Return the text of a number in the expected unit. Conversions by a decimal factor are exact.

    Raises:
        UnitError: if the number is in a unit of another quantity, in an unknown unit, or has no exact conversion.
    """
    if unit is None or not unit.strip() or unit.strip().lower() == expected.lower():
        return value
    given, wanted = _parsed(unit), _parsed(expected)
    if given is None or wanted is None or given[1] != wanted[1]:
        related = given is None or (wanted is not None and _without_angles(given[1]) == _without_angles(wanted[1]))
        raise UnitError(unit, expected, convertible=related and bool(expected))
    ratio = given[0] / wanted[0]
    if ratio == 1 or not _DECIMAL.fullmatch(value.strip()):
        return value
    try:
        product = _EXACT.multiply(Decimal(value.strip()), Decimal(ratio.numerator))
        return str(_EXACT.divide(product, Decimal(ratio.denominator)))
    except DecimalException:
        pass
    raise UnitError(unit, expected, convertible=True)


def _parsed(unit: str) -> tuple[Fraction, Counter[str]] | None:
    """Return the size and the quantities of a unit, or None if the unit is unknown."""
    text = re.sub(r"\s", "", unit.lower()).replace("**", "^").translate(_SIGNS)
    size, quantities = Fraction(1), Counter[str]()
    if text in _NONE:
        return size, quantities
    for index, part in enumerate(text.split("/")):
        for factor in part.removeprefix("(").removesuffix(")").split("*"):
            match = _FACTOR.fullmatch(factor)
            if factor == "1" and index == 0:
                continue
            name = "" if match is None else match[1]
            singular = name if name in _BASES else name.removesuffix("s")
            base = _BASES.get(_ALIASES.get(name, _ALIASES.get(singular, singular)))
            if match is None or base is None:
                return None
            power = int(match[2] or 1) * (-1 if index else 1)
            size *= Fraction(base[1]) ** power
            quantities[base[0]] += power
    return size, Counter({name: power for name, power in quantities.items() if power})


def _without_angles(quantities: Counter[str]) -> Counter[str]:
    turned = Counter[str]()
    for name, power in quantities.items():
        turned["angle" if name in ("radians", "turns") else name] += power
    return turned
