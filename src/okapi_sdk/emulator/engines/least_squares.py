"""Weighted least squares by the method of Gauss and Newton, damped after Levenberg and Marquardt.

D. W. Marquardt, "An Algorithm for Least-Squares Estimation of Nonlinear Parameters", J. SIAM 11, 1963. The normal
equations are solved by a singular value decomposition of the weighted derivatives, with columns scaled to length 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from .arrays import Array, Mask
from .errors import EngineError, UnusableInputError

_SMALLEST_SINGULAR = 1e-11
_FIRST_DAMPING, _DAMPING_STEP, _MOST_DAMPING = 1e-9, 100.0, 1e7
# A fit whose weighted residuals are this small needs no further iteration.
_NEGLIGIBLE = 1e-7
_MOST_ROUNDS = 10
_NORMAL_MAD = 1.4826
# Undamped, the sum of squares may grow this much in one step.
_LARGEST_GROWTH = 1e4


class Linearised(NamedTuple):
    """Weighted residuals (n,), observed minus predicted, and the derivatives of what is predicted (n, parameters)."""

    residuals: Array
    slopes: Array


Model = Callable[[Array], Linearised]
"""A function of the parameters. It raises EngineError if they describe no orbit."""


@dataclass(frozen=True)
class Rules:
    """When to stop, and what to leave out.

    `tolerance`: the relative change of the root mean square at which a fit has converged. `damped`: Levenberg-Marquardt
    instead of Gauss-Newton. `limit`: observations whose residual is larger than this many standard deviations are left
    out; None keeps all. `relative`: in units of the scatter of the residuals, even if they scatter less than their
    standard deviations say.
    """

    tolerance: float = 1e-6
    most_iterations: int = 20
    damped: bool = True
    limit: float | None = None
    relative: bool = False


@dataclass(frozen=True)
class Solution:
    """Estimated parameters, their covariance for unit weights, and the quality of the fit.

    `kept`: the observations that were used. `residuals`: of all observations, weighted. `rms`: of the kept ones.
    """

    parameters: Array
    covariance: Array
    residuals: Array
    kept: Mask
    rms: float
    iterations: int
    converged: bool


def estimate(model: Model, start: Array, rules: Rules) -> Solution:
    """Return the parameters that minimise the sum of the squared residuals.

    Observations are left out and taken back until their set no longer changes. The limit is in units of their standard
    deviation or, if the residuals scatter more, of their median absolute deviation.

    Raises:
        UnusableInputError: if the observations are too few or do not determine the parameters, or the fit diverges.
    """
    solution = _fit(model, start, rules, None)
    seen = {solution.kept.tobytes()}
    iterations = solution.iterations
    while rules.limit is not None and len(seen) <= _MOST_ROUNDS:
        sizes = np.abs(solution.residuals)
        scatter = _NORMAL_MAD * float(np.median(sizes))
        scale = scatter if rules.relative else max(1.0, scatter)
        kept = sizes <= rules.limit * scale
        if kept.tobytes() in seen:
            break
        seen.add(kept.tobytes())
        solution = _fit(model, solution.parameters, rules, kept)
        iterations += solution.iterations
    return replace(solution, iterations=iterations)


def _fit(model: Model, start: Array, rules: Rules, chosen: Mask | None) -> Solution:
    parameters, here = start, model(start)
    kept = np.ones(here.residuals.size, dtype=bool) if chosen is None else chosen
    if kept.sum() <= start.size:
        raise UnusableInputError(
            f"{int(kept.sum())} usable observations are too few for {start.size} unknowns: there must be more "
            "observations than unknowns."
        )
    cost, damping = _cost(here, kept), _FIRST_DAMPING if rules.damped else 0.0
    iterations = 0
    while not (converged := _has_converged(here, kept, cost, rules.tolerance)) and iterations < rules.most_iterations:
        iterations += 1
        parameters, here, damping, cost = _step(model, parameters, here, kept, damping, cost)
    covariance = _covariance(here.slopes[kept])
    rms = float(np.sqrt(cost / kept.sum()))
    return Solution(parameters, covariance, here.residuals, kept, rms, iterations, converged)


def _has_converged(here: Linearised, kept: Mask, cost: float, tolerance: float) -> bool:
    """Return True if the next step would not change the root mean square by more than the tolerance."""
    left, *_ = _decomposed(here.slopes[kept])
    gain = float(np.sum((left.T @ here.residuals[kept]) ** 2))
    return gain <= 2 * tolerance * cost or cost <= kept.sum() * _NEGLIGIBLE**2


def _cost(point: Linearised, kept: Mask) -> float:
    return float(point.residuals[kept] @ point.residuals[kept])


def _step(
    model: Model, parameters: Array, here: Linearised, kept: Mask, damping: float, cost: float
) -> tuple[Array, Linearised, float, float]:
    """Return the next parameters, the model there, the next damping, and the sum of squares there."""
    left, singular, right, lengths = _decomposed(here.slopes[kept])
    projected = left.T @ here.residuals[kept]
    while True:
        change = right.T @ (singular / (singular**2 + damping) * projected) / lengths
        try:
            there = model(parameters + change)
        except EngineError:
            there = None
        new = np.inf if there is None else _cost(there, kept)
        if there is not None and new <= (cost if damping else _LARGEST_GROWTH * cost):
            return parameters + change, there, damping / _DAMPING_STEP, new
        if not damping or damping >= _MOST_DAMPING:
            raise UnusableInputError(
                "The fit diverges: its next orbit fits worse or cannot be propagated. Send a better first orbit, or "
                "more observations."
            )
        damping *= _DAMPING_STEP


def _decomposed(slopes: Array) -> tuple[Array, Array, Array, Array]:
    lengths = np.linalg.norm(slopes, axis=0)
    if not np.all(np.isfinite(lengths)) or not np.all(lengths > 0):
        raise UnusableInputError("The observations do not depend on one of the unknowns, so they do not determine it.")
    left, singular, right = np.linalg.svd(slopes / lengths, full_matrices=False)
    if singular[-1] < _SMALLEST_SINGULAR * singular[0]:
        raise UnusableInputError(
            "The observations do not determine the orbit: the normal matrix is singular. Send observations over a "
            "longer arc, from more places, or of more kinds."
        )
    return left, singular, right, lengths


def _covariance(slopes: Array) -> Array:
    _, singular, right, lengths = _decomposed(slopes)
    half = right.T / singular / lengths[:, np.newaxis]
    covariance: Array = half @ half.T
    return covariance
