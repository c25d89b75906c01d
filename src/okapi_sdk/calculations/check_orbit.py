"""Screening of an orbit for close approaches to other objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from ..models.base import Record
from ..models.types import Epoch
from ..results.answer import Answer
from .base import Calculation
from .orbits import Orbit, tagged_orbit


class OrbitViolation(Record):
    """A close approach to another object: radial, transverse and normal components in **km** and km/s."""

    _units: ClassVar[Mapping[str, str]] = dict.fromkeys(("r", "t", "n"), "km")

    norad_id: int | None = None
    """NORAD catalogue number of the other object."""
    tca: Epoch | None = None
    """Time of closest approach, UTC."""
    r: float | None = None
    """Radial component of the relative position in km."""
    t: float | None = None
    """Transverse component of the relative position in km."""
    n: float | None = None
    """Normal component of the relative position in km."""
    r_dot: float | None = None
    """Radial component of the relative velocity in km/s."""
    t_dot: float | None = None
    """Transverse component of the relative velocity in km/s."""
    n_dot: float | None = None
    """Normal component of the relative velocity in km/s."""

    @property
    def miss_distance(self) -> float | None:
        """Distance at `tca` in km; None if a component is missing."""
        if self.r is None or self.t is None or self.n is None:
            return None
        return float((self.r**2 + self.t**2 + self.n**2) ** 0.5)


class OrbitCheck(Answer):
    """Result of `CheckOrbit`, with the detected close approaches, in the platform's ``simple`` format."""

    violations: Annotated[tuple[OrbitViolation, ...], BeforeValidator(lambda violations: violations or ())] = ()
    """Approaches below the permitted distance; empty if there are none."""
    candidates_checked: int | None = None
    """Number of other objects against which the orbit was checked."""


class CheckOrbit(Calculation[OrbitCheck]):
    """Check of a planned orbit for close approaches to other objects.

    The ``OBJECT_ID`` of an `Opm` should be the NORAD catalogue number, the only identifier that the platform accepts
    here. The body is undocumented; the SDK infers a tagged ``orbit``, as other services expect. To send a different
    body, use `RawCalculation`.

    >>> from okapi_sdk import Tle
    >>> tle = Tle.parse(
    ...     "1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993\\n"
    ...     "2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382"
    ... )
    >>> CheckOrbit(orbit=tle).body()["orbit"]["type"]
    'tle.txt'
    """

    service: ClassVar[str] = "check-orbit"

    orbit: Orbit
    """The orbit, most likely an `Opm` or an `Oem`; a `Tle`, `Omm`, `StateVector` or `Tagged` value is sent as well."""

    def _generic_body(self) -> dict[str, Any]:
        return {"orbit": tagged_orbit(self.orbit)}

    @classmethod
    def formats(cls, endpoint: str) -> Mapping[type[Any], str]:
        """Return `OrbitCheck` for the platform's ``simple`` format."""
        return {OrbitCheck: "simple"}
