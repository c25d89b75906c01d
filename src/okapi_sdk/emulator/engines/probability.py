"""The probability that two objects touch, by the methods that bear the platform's names.

All of them look at a fast encounter: the relative motion is straight, so that only the plane across it counts. There
the relative position is a plane normal distribution, and the bodies touch if it lies within the disc of both radii.

* FOSTER-1992: J. L. Foster, H. S. Estes, "A Parametric Analysis of Orbital Debris Collision Probability and Maneuver
  Rate for Space Vehicles", NASA JSC-25898. The distribution, integrated over the disc. Foster sums over a polar grid;
  here one of the two integrals is closed (error function) and the other a Gauss-Legendre sum, which is the same number
  to more digits.
* CHAN-1997: F. K. Chan, "Collision Probability Analyses for Earth-Orbiting Satellites", Advances in the Astronautical
  Sciences 96. The disc is replaced by the ellipse of its area and of the covariance's shape: a series, which is the
  distribution function of a noncentral chi square with two degrees of freedom. For radii that are small against the
  deviations.
* ALFANO-2005: S. Alfano, "A Numerical Implementation of Spherical Object Collision Probability", Journal of the
  Astronautical Sciences 53 (1). The disc in strips along the wide axis, summed by Simpson's rule.
* PATERA-2001: R. P. Patera, "General Method for Calculating Satellite Collision Probability", Journal of Guidance,
  Control, and Dynamics 24 (4). The integral over the disc as one around its edge, in coordinates in which the
  distribution is round.
* ALFRIEND-1999: K. T. Alfriend et al., "Probability of Collision Error Analysis", Space Debris 1 (1). The density at
  the centre of the disc times its area. For radii that are small against the deviations.
* MAXIMUM-PROBABILITY: ibid. The largest value that ALFRIEND-1999 takes when the covariance is scaled as a whole.
* MONTE-CARLO: the share of a sample of the distribution that falls into the disc.

What is not here is R. P. Patera, "Satellite Collision Probability for Nonlinear Relative Motion", 2003.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..protocol.envelopes import NoResultError

Array = NDArray[np.float64]

SEED = 1
SAMPLES = 1_000_000
_SMALL_BODIES = frozenset({"alfriend-1999", "chan-1997", "maximum-probability"})
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_LONGEST_SERIES = 1_000_000
_MOST_STRIPS = 10_000
_MOST_POINTS = 2**20
_MOST_PANELS = 2_000
# Standard deviations, behind which nothing is that a float could hold.
_REACH = 40.0


class NoAnswerError(Exception):
    """A method that has no number for this disc. The text says why."""


@dataclass(frozen=True)
class Disc:
    """The disc of both bodies, seen along the axes of the covariance: `x` of the disc's centre, deviation `narrow`
    along the short one, `y` and `wide` along the long one, and the `radius`. All in one unit of length.
    """

    x: float
    y: float
    narrow: float
    wide: float
    radius: float

    @property
    def squared_distance(self) -> float:
        """The squared distance of the centre in units of the deviations (Mahalanobis)."""
        return (self.x / self.narrow) ** 2 + (self.y / self.wide) ** 2


@dataclass(frozen=True)
class Estimate:
    """A probability, or None where a method has none to give; what is to be said about it; whether that is a doubt."""

    probability: float | None
    remark: str = ""
    doubtful: bool = False


def disc(miss: Array, covariance: Array, radius: float) -> Disc:
    """The disc of `radius` at `miss` under a plane covariance. Raises NoResultError if that is no covariance."""
    variances, axes = np.linalg.eigh(covariance)
    # Below this share of the wide variance the narrow one is nothing but rounding.
    if not variances[0] > variances[1] * 1e-14 > 0:
        raise NoResultError(
            "The combined covariance is not positive definite in the encounter plane, so there is no probability. "
            "Send a conjunction whose covariances are.",
            input_problem=True,
        )
    x, y = axes.T @ miss
    return Disc(float(x), float(y), math.sqrt(variances[0]), math.sqrt(variances[1]), radius)


def estimate(method: str, of: Disc) -> Estimate:
    """The probability by one of METHODS, by its name in the platform's paths."""
    try:
        found = METHODS[method](of)
    except NoAnswerError as reason:
        return Estimate(None, str(reason), doubtful=True)
    if method not in _SMALL_BODIES or found.probability is None:
        return found
    if found.probability > 1:
        text = f"its formula for small bodies gives {found.probability:.3g} here, which is no probability"
        return Estimate(None, text, doubtful=True)
    if of.radius > of.narrow:
        text = f"the radius is {of.radius / of.narrow:.3g} standard deviations, and this method is for small ones"
        return Estimate(found.probability, text, doubtful=True)
    return found


def foster(of: Disc) -> float:
    """The distribution integrated over the disc."""
    # Along the wide axis the density is smooth; where it is nothing, or outside the disc, is not looked at.
    low, high = max(-of.radius, of.y - _REACH * of.wide), min(of.radius, of.y + _REACH * of.wide)
    if low >= high:
        return 0.0
    # In equal steps of the angle at the centre, for the chord has a vertical tangent at both ends.
    first, last = math.asin(low / of.radius), math.asin(high / of.radius)
    panels = _panels(of)
    edges = np.linspace(first, last, panels + 1)
    half = np.diff(edges)[:, None] / 2
    angles = (edges[:-1, None] + half * (1 + _NODES)).ravel()
    chords = of.radius * np.cos(angles)
    weights = (half * _WEIGHTS).ravel() * chords
    density = np.exp(-(((of.radius * np.sin(angles) - of.y) / of.wide) ** 2) / 2) / (of.wide * math.sqrt(2 * math.pi))
    scale = of.narrow * math.sqrt(2)
    inside = np.array([_between((-chord - of.x) / scale, (chord - of.x) / scale) for chord in chords.tolist()])
    return min(1.0, float(weights @ (density * inside)))


def chan(of: Disc) -> float:
    """The chance that one Poisson number, of mean u/2, exceeds another, of mean v/2: Chan's double series."""
    u, v = of.radius**2 / (of.narrow * of.wide), of.squared_distance
    most = max(u, v) / 2
    if most > _LONGEST_SERIES:
        raise NoAnswerError(
            f"its series needs more than {_LONGEST_SERIES:,} terms, for the objects are far apart or large in standard "
            "deviations; ask foster-1992"
        )
    terms = np.arange(int(most + 40 * math.sqrt(most) + 100), dtype=float)
    factorials = np.concatenate(([0.0], np.cumsum(np.log(terms[1:]))))
    # In logarithms, for far out both are products of the very small and the very large.
    larger = _log_poisson(u / 2, terms, factorials)
    exceeding = np.logaddexp.accumulate(larger[::-1])[::-1]
    total = np.logaddexp.reduce(_log_poisson(v / 2, terms, factorials)[:-1] + exceeding[1:])
    return min(1.0, math.exp(float(total)))


def alfano(of: Disc) -> float:
    """Simpson's rule over strips across the narrow axis, both halves of the disc at once."""
    least = min(of.narrow, of.wide, math.hypot(of.x, of.y))
    strips = min(max(int(5 * of.radius / least) if least else _MOST_STRIPS, 10), _MOST_STRIPS)
    step = of.radius / (2 * strips)
    places = np.arange(2 * strips + 1) * step - of.radius
    # At the very edge a strip has no height. The paper takes one just inside, twice.
    places[0] = 0.015 * step - of.radius
    factors = np.tile((2.0, 4.0), strips + 1)[: places.size]
    factors[[0, -1]] = 2.0, 1.0
    heights = np.sqrt(np.maximum(of.radius**2 - places**2, 0))
    scale = of.wide * math.sqrt(2)
    inside = np.array([2 * _between((of.y - h) / scale, (of.y + h) / scale) for h in heights.tolist()])
    density = np.exp(-(((of.x + places) / of.narrow) ** 2) / 2) + np.exp(-(((of.x - places) / of.narrow) ** 2) / 2)
    return min(1.0, float(factors @ (inside * density)) * step / (3 * math.sqrt(8 * math.pi) * of.narrow))


def patera(of: Disc) -> float:
    """The integral of exp(-r²/2) over the polar angle, around the edge of the disc, in units of the deviations."""
    outside = math.hypot(of.x, of.y) > of.radius
    before = math.nan
    points = 256
    while points <= _MOST_POINTS:
        angle = np.arange(points) * (2 * math.pi / points)
        x, y = of.x + of.radius * np.cos(angle), of.y + of.radius * np.sin(angle)
        scaled = (x / of.narrow) ** 2 + (y / of.wide) ** 2
        turning = of.radius * (x * np.cos(angle) + y * np.sin(angle)) / (of.narrow * of.wide)
        # The polar angle turns once around if the origin is inside, not at all if it is outside.
        if outside:
            found = -float(np.mean(np.exp(-scaled / 2) / scaled * turning))
        else:
            small = np.maximum(scaled, np.finfo(float).tiny)
            found = float(np.mean(-np.expm1(-small / 2) / small * turning))
        if abs(found - before) <= 1e-9 * abs(found):
            return min(1.0, max(0.0, found))
        before, points = found, points * 2
    raise NoAnswerError(
        "its integral around the edge does not settle, for the radius is large in standard deviations or the edge is "
        "close to the centre of the distribution; ask foster-1992"
    )


def alfriend(of: Disc) -> float:
    """The density at the centre of the disc times its area."""
    return of.radius**2 / (2 * of.narrow * of.wide) * math.exp(-of.squared_distance / 2)


def maximum(of: Disc) -> float:
    """The largest value of `alfriend` over all scales of the covariance: reached where the distance is sqrt(2)."""
    if not of.squared_distance:
        return math.inf
    return of.radius**2 / (math.e * of.narrow * of.wide * of.squared_distance)


def monte_carlo(of: Disc, samples: int = SAMPLES, seed: int = SEED) -> Estimate:
    """The share of a sample that falls into the disc, and its standard error."""
    random = np.random.default_rng(seed)
    hits, left = 0, samples
    while left:
        count = min(left, 100_000)
        x, y = random.standard_normal((2, count))
        hits += int(np.count_nonzero(np.hypot(of.x + of.narrow * x, of.y + of.wide * y) <= of.radius))
        left -= count
    sample = f"{samples:,} samples in the encounter plane, seed {seed}"
    if not hits:
        return Estimate(
            None, f"none of {sample}, is a hit: with 95 % confidence it is below {3 / samples:.1e}", doubtful=True
        )
    share = hits / samples
    error = math.sqrt(share * (1 - share) / samples)
    return Estimate(share, f"{share:.4g} with a standard error of {error:.2g} ({hits:,} hits of {sample})")


def _exact(method: Callable[[Disc], float]) -> Callable[[Disc], Estimate]:
    return lambda of: Estimate(method(of))


METHODS: Mapping[str, Callable[[Disc], Estimate]] = {
    "alfano-2005": _exact(alfano),
    "alfriend-1999": _exact(alfriend),
    "chan-1997": _exact(chan),
    "foster-1992": _exact(foster),
    "maximum-probability": _exact(maximum),
    "monte-carlo": monte_carlo,
    "patera-2001": _exact(patera),
}


def _panels(of: Disc) -> int:
    """Enough panels to follow the narrow deviation around the disc."""
    return min(_MOST_PANELS, 96 + int(of.radius / of.narrow))


def _log_poisson(mean: float, terms: Array, factorials: Array) -> Array:
    found: Array = -mean + terms * math.log(mean) - factorials if mean else np.where(terms == 0, 0.0, -np.inf)
    return found


def _between(low: float, high: float) -> float:
    """Half the error function's difference, also far out, where both of its values are nearly one."""
    if low > 0:
        return (math.erfc(low) - math.erfc(high)) / 2
    if high < 0:
        return (math.erfc(-high) - math.erfc(-low)) / 2
    return (math.erf(high) - math.erf(low)) / 2
