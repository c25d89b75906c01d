"""The probability of a collision as later messages will state it, for straight relative motion.

No paper is the platform's. The model here is that of an estimate that gets better:

* Now, the relative position in the encounter plane is a normal distribution with mean m and covariance C.
* Messages will state a covariance s C, whose deviations shrink with a power of the time to the closest approach.
* A later mean is then drawn from a normal distribution with mean m and covariance (1 - s) C. Nothing else is consistent
  with what is known now. The mean of the later probabilities is the present probability, at any time.

The later probabilities are computed for a fixed set of evenly spread means.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from .arrays import Array
from .probability import Disc

_MEANS = 200
# The share of the present time to the closest approach at each predicted message.
_SHARES = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
USUAL_EXPONENT = 1.0
"""An error of the mean motion grows in proportion to time."""
_LARGEST_EXPONENT = 3.0


@dataclass(frozen=True)
class Later:
    """The probabilities that a message may state, some seconds before the closest approach, in ascending order."""

    seconds: float
    probabilities: Array

    def quantile(self, share: float) -> float:
        """Return the probability that a share of all messages stays below."""
        return float(np.quantile(self.probabilities, share))


def shrinking_exponent(seconds: Sequence[float], deviations: Sequence[float]) -> float | None:
    """Return the power of the time to the closest approach with which deviations shrink, fitted to past messages.

    None if the messages are not at different times.
    """
    known = [(s, d) for s, d in zip(seconds, deviations, strict=True) if s > 0 and d > 0]
    if len({second for second, _ in known}) < 2:
        return None
    times, sizes = np.log(np.array(known)).T
    slope = float(np.polyfit(times, sizes, 1)[0])
    return min(max(slope, 0.0), _LARGEST_EXPONENT)


def later_probabilities(
    disc: Disc, seconds: float, exponent: float, probability: Callable[[Disc], float | None]
) -> list[Later]:
    """Return what messages may state before the closest approach, which is `seconds` away.

    `probability` gives that of a disc, or None if it has none.
    """
    spread = _evenly_spread()
    found = []
    for share in _SHARES:
        scale = share**exponent
        rest = math.sqrt(max(1 - scale**2, 0.0))
        discs = (
            replace(
                disc,
                x=disc.x + rest * disc.narrow * u,
                y=disc.y + rest * disc.wide * v,
                narrow=disc.narrow * scale,
                wide=disc.wide * scale,
            )
            for u, v in spread.tolist()
        )
        values = [value for one in discs if (value := probability(one)) is not None]
        found.append(Later(seconds * share, np.sort(np.array(values))))
    return found


def _evenly_spread() -> Array:
    """Return points of a normal distribution in the plane: those of the R2 sequence of M. Roberts, 2018."""
    plastic = 1.32471795724474602596
    steps = np.arange(1, _MEANS + 1)[:, np.newaxis] / np.array((plastic, plastic**2))
    normal = NormalDist()
    return np.array([[normal.inv_cdf(value) for value in row] for row in ((0.5 + steps) % 1.0).tolist()])
