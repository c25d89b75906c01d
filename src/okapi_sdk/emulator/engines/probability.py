"""The probability that two objects touch, computed by the methods of the encounter plane that the platform names.

All assume a fast encounter: the relative motion is straight, so only the plane perpendicular to it matters. In
that plane the relative position is normally distributed, and the objects touch if it lies within a disc whose radius is
the sum of both radii.

* FOSTER-1992: J. L. Foster, H. S. Estes, "A Parametric Analysis of Orbital Debris Collision Probability and Maneuver
  Rate for Space Vehicles", NASA JSC-25898. The distribution, integrated over the disc. Foster sums over a polar grid.
  Here one of the two integrals has a closed form (the error function) and the other is a Gauss-Legendre sum, which
  gives the same number to more digits.
* CHAN-1997: F. K. Chan, "Collision Probability Analyses for Earth-Orbiting Satellites", Advances in the Astronautical
  Sciences 96. The disc is replaced by an ellipse that has the same area and the shape of the covariance. The result is
  a series, the distribution function of a noncentral chi-squared variable with two degrees of freedom. For radii that
  are small compared with the standard deviations.
* ALFANO-2005: S. Alfano, "A Numerical Implementation of Spherical Object Collision Probability", Journal of the
  Astronautical Sciences 53 (1). The disc is cut into strips along the wide axis, which are summed by Simpson's rule.
* PATERA-2001: R. P. Patera, "General Method for Calculating Satellite Collision Probability", Journal of Guidance,
  Control, and Dynamics 24 (4). The integral over the disc is written as an integral around its edge, in coordinates in
  which the distribution is circular.
* ALFRIEND-1999: K. T. Alfriend et al., "Probability of Collision Error Analysis", Space Debris 1 (1). The density at
  the centre of the disc, times its area. For radii that are small compared with the standard deviations.
* MAXIMUM-PROBABILITY: ibid. The largest value of ALFRIEND-1999 over all scale factors of the whole covariance.
* MONTE-CARLO: the fraction of a random sample that falls into the disc.

`curved_probability` has the methods for other encounters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .arrays import Array
from .errors import EngineError, UnusableInputError

SEED = 1
SAMPLES = 1_000_000
_SMALL_RADIUS_METHODS = frozenset({"alfriend-1999", "chan-1997", "maximum-probability"})
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_LONGEST_SERIES = 1_000_000
_MOST_STRIPS = 10_000
_MOST_POINTS = 2**20
_MOST_PANELS = 2_000
# Standard deviations. Beyond this distance the density is too small for a float.
_REACH = 40.0


class NoProbabilityError(EngineError):
    """Raised when a method cannot give a probability for a disc."""


@dataclass(frozen=True)
class Disc:
    """The combined disc of both objects, along the axes of the covariance. All values use the same unit of length.

    `x` and `narrow`: centre of the disc and standard deviation along the short axis; `y` and `wide`: the same along the
    long axis; `radius`: sum of both radii.
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
    """A probability, or None if the method has none.

    `remark` says what a user should know about the number; `doubtful` is true if the remark casts doubt on it.
    """

    probability: float | None
    remark: str = ""
    doubtful: bool = False


def disc_in_plane(miss: Array, covariance: Array, radius: float) -> Disc:
    """Return the disc with `radius` at `miss`, rotated to the axes of a plane covariance.

    Raises:
        UnusableInputError: if the covariance is not positive definite.
    """
    variances, axes = np.linalg.eigh(covariance)
    # Below this fraction of the wide variance, the narrow one is only a rounding error.
    if not variances[0] > variances[1] * 1e-14 > 0:
        raise UnusableInputError(
            "The combined covariance is not positive definite in the encounter plane, so there is no probability. "
            "Send a conjunction with positive definite covariances."
        )
    x, y = axes.T @ miss
    return Disc(float(x), float(y), math.sqrt(variances[0]), math.sqrt(variances[1]), radius)


def estimate(method: str, disc: Disc) -> Estimate:
    """Return the probability by the method of `METHODS` that has this name in the platform's paths."""
    try:
        result = METHODS[method](disc)
    except NoProbabilityError as reason:
        return Estimate(None, str(reason), doubtful=True)
    if method not in _SMALL_RADIUS_METHODS or result.probability is None:
        return result
    if result.probability > 1:
        text = f"its formula for small radii gives {result.probability:.3g} here, which is not a probability"
        return Estimate(None, text, doubtful=True)
    if disc.radius > disc.narrow:
        text = f"the radius is {disc.radius / disc.narrow:.3g} standard deviations, and this method is for small radii"
        return Estimate(result.probability, text, doubtful=True)
    return result


def foster(disc: Disc) -> float:
    """Return the distribution integrated over the disc."""
    # Along the wide axis the density is smooth. Skip the parts where it vanishes and those outside the disc.
    low, high = max(-disc.radius, disc.y - _REACH * disc.wide), min(disc.radius, disc.y + _REACH * disc.wide)
    if low >= high:
        return 0.0
    # Use equal steps of the angle at the centre, because the chord length has a vertical tangent at both ends.
    first, last = math.asin(low / disc.radius), math.asin(high / disc.radius)
    panels = _panels(disc)
    edges = np.linspace(first, last, panels + 1)
    half = np.diff(edges)[:, None] / 2
    angles = (edges[:-1, None] + half * (1 + _NODES)).ravel()
    chords = disc.radius * np.cos(angles)
    weights = (half * _WEIGHTS).ravel() * chords
    density = np.exp(-(((disc.radius * np.sin(angles) - disc.y) / disc.wide) ** 2) / 2) / (
        disc.wide * math.sqrt(2 * math.pi)
    )
    scale = disc.narrow * math.sqrt(2)
    inside = np.array([_between((-chord - disc.x) / scale, (chord - disc.x) / scale) for chord in chords.tolist()])
    return min(1.0, float(weights @ (density * inside)))


def chan(disc: Disc) -> float:
    """Return Chan's double series: the chance that a Poisson variable of mean u/2 exceeds another of mean v/2."""
    u, v = disc.radius**2 / (disc.narrow * disc.wide), disc.squared_distance
    most = max(u, v) / 2
    if most > _LONGEST_SERIES:
        raise NoProbabilityError(
            f"its series needs more than {_LONGEST_SERIES:,} terms, as the objects are far apart or large in standard "
            "deviations; use foster-1992"
        )
    terms = np.arange(int(most + 40 * math.sqrt(most) + 100), dtype=float)
    factorials = np.concatenate(([0.0], np.cumsum(np.log(terms[1:]))))
    # Use logarithms: far out, both are products of a very small and a very large number.
    larger = _log_poisson(u / 2, terms, factorials)
    exceeding = np.logaddexp.accumulate(larger[::-1])[::-1]
    total = np.logaddexp.reduce(_log_poisson(v / 2, terms, factorials)[:-1] + exceeding[1:])
    return min(1.0, math.exp(float(total)))


def alfano(disc: Disc) -> float:
    """Return the sum by Simpson's rule over strips across the narrow axis, for both halves of the disc together."""
    least = min(disc.narrow, disc.wide, math.hypot(disc.x, disc.y))
    strips = min(max(int(5 * disc.radius / least) if least else _MOST_STRIPS, 10), _MOST_STRIPS)
    step = disc.radius / (2 * strips)
    places = np.arange(2 * strips + 1) * step - disc.radius
    # A strip at the very edge has no height. The paper uses one just inside the edge instead, twice.
    places[0] = 0.015 * step - disc.radius
    factors = np.tile((2.0, 4.0), strips + 1)[: places.size]
    factors[[0, -1]] = 2.0, 1.0
    heights = np.sqrt(np.maximum(disc.radius**2 - places**2, 0))
    scale = disc.wide * math.sqrt(2)
    inside = np.array([2 * _between((disc.y - h) / scale, (disc.y + h) / scale) for h in heights.tolist()])
    density = np.exp(-(((disc.x + places) / disc.narrow) ** 2) / 2) + np.exp(
        -(((disc.x - places) / disc.narrow) ** 2) / 2
    )
    return min(1.0, float(factors @ (inside * density)) * step / (3 * math.sqrt(8 * math.pi) * disc.narrow))


def patera(disc: Disc) -> float:
    """Return the integral of exp(-r²/2) over the polar angle around the edge of the disc, in standard deviations."""
    outside = math.hypot(disc.x, disc.y) > disc.radius
    before = math.nan
    points = 256
    while points <= _MOST_POINTS:
        angle = np.arange(points) * (2 * math.pi / points)
        x, y = disc.x + disc.radius * np.cos(angle), disc.y + disc.radius * np.sin(angle)
        scaled = (x / disc.narrow) ** 2 + (y / disc.wide) ** 2
        turning = disc.radius * (x * np.cos(angle) + y * np.sin(angle)) / (disc.narrow * disc.wide)
        # The polar angle makes a full turn if the origin is inside the disc, and returns to its start if it is outside.
        if outside:
            integral = -float(np.mean(np.exp(-scaled / 2) / scaled * turning))
        else:
            small = np.maximum(scaled, np.finfo(float).tiny)
            integral = float(np.mean(-np.expm1(-small / 2) / small * turning))
        if abs(integral - before) <= 1e-9 * abs(integral):
            return min(1.0, max(0.0, integral))
        before, points = integral, points * 2
    raise NoProbabilityError(
        "its integral around the edge does not converge, as the radius is large in standard deviations or the edge is "
        "close to the centre of the distribution; use foster-1992"
    )


def alfriend(disc: Disc) -> float:
    """Return the density at the centre of the disc, times its area."""
    return disc.radius**2 / (2 * disc.narrow * disc.wide) * math.exp(-disc.squared_distance / 2)


def maximum_probability(disc: Disc) -> float:
    """Return the largest value of `alfriend` over all scales of the covariance, reached at a distance of sqrt(2)."""
    if not disc.squared_distance:
        return math.inf
    return disc.radius**2 / (math.e * disc.narrow * disc.wide * disc.squared_distance)


def monte_carlo(disc: Disc, samples: int = SAMPLES, seed: int = SEED) -> Estimate:
    """Return the fraction of a random sample that falls into the disc, with its standard error."""
    random = np.random.default_rng(seed)
    hits, remaining = 0, samples
    while remaining:
        count = min(remaining, 100_000)
        x, y = random.standard_normal((2, count))
        hits += int(np.count_nonzero(np.hypot(disc.x + disc.narrow * x, disc.y + disc.wide * y) <= disc.radius))
        remaining -= count
    sample = f"{samples:,} samples in the encounter plane, seed {seed}"
    if not hits:
        return Estimate(None, f"no hit in {sample}: with 95 % confidence it is below {3 / samples:.1e}", doubtful=True)
    share = hits / samples
    error = math.sqrt(share * (1 - share) / samples)
    return Estimate(share, f"{share:.4g} with a standard error of {error:.2g} ({hits:,} hits of {sample})")


def _without_remark(method: Callable[[Disc], float]) -> Callable[[Disc], Estimate]:
    return lambda disc: Estimate(method(disc))


METHODS: Mapping[str, Callable[[Disc], Estimate]] = {
    "alfano-2005": _without_remark(alfano),
    "alfriend-1999": _without_remark(alfriend),
    "chan-1997": _without_remark(chan),
    "foster-1992": _without_remark(foster),
    "maximum-probability": _without_remark(maximum_probability),
    "monte-carlo": monte_carlo,
    "patera-2001": _without_remark(patera),
}


def _panels(disc: Disc) -> int:
    """Return the number of panels that resolve the density in a small disc, or the narrow deviation in a large one."""
    ratio = disc.radius / disc.narrow
    change = ratio * (ratio + math.sqrt(disc.squared_distance))  # of the exponent, from edge to edge
    return min(_MOST_PANELS, 4 + int(min(change, 96 + ratio)))


def _log_poisson(mean: float, terms: Array, factorials: Array) -> Array:
    logarithms: Array = -mean + terms * math.log(mean) - factorials if mean else np.where(terms == 0, 0.0, -np.inf)
    return logarithms


def _between(low: float, high: float) -> float:
    """Return half the difference of the error function, accurate even far out, where both values are nearly one."""
    if low > 0:
        return (math.erfc(low) - math.erfc(high)) / 2
    if high < 0:
        return (math.erfc(-high) - math.erfc(-low)) / 2
    return (math.erf(high) - math.erf(low)) / 2
