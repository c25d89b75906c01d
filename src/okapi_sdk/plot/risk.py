"""Plots of collision risk: the trend of the probability, and the encounter plane."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..errors import InputError, InputProblem
from ..results.risk import RiskEstimation, RiskPrediction
from ..settings.policies import positive
from ..text import short
from .axes import axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def risk_trend(
    risks: RiskPrediction | Iterable[RiskEstimation], ax: Axes | None = None, *, threshold: float = 1e-4
) -> Axes:
    """Draw the collision probability against the time to the closest approach (TCA), in hours.

    Args:
        risks: a `RiskPrediction`, for its trend; or the `RiskEstimation` objects of one conjunction, by the time of
            their CDMs. Those without a probability are omitted.
        ax: axes to draw on.
        threshold: probability at which to draw a line; 1e-4 is a usual limit for manoeuvres.

    Raises:
        InputError: if an argument is invalid.
        ConfigurationError: if matplotlib is missing.
    """
    positive("risk_trend", "threshold", threshold)
    points = sorted(_trend(risks), reverse=True)
    ax = axes(ax, 7.0, 4.0)
    if points:
        ax.plot([hours for hours, _ in points], [probability for _, probability in points], "o-", label="probability")
        ax.set_yscale("log")
    ax.axhline(threshold, linestyle="--", color="C3", label=f"threshold, {threshold:g}")
    ax.set_xlabel("time to closest approach, hours")
    ax.set_ylabel("collision probability")
    ax.invert_xaxis()
    ax.grid(visible=True, alpha=0.3)
    ax.legend()
    return ax


def encounter(estimation: RiskEstimation, ax: Axes | None = None) -> Axes:
    """Draw the encounter plane (B-plane) at the closest approach, in km.

    The first object is in the centre, with a circle of both hard-body radii together. The second has the ellipses of
    one, two and three standard deviations of the combined position covariance.

    Raises:
        InputError: if the estimation has no position, covariance or radii in the encounter plane.
        ConfigurationError: if matplotlib is missing.
    """
    if not isinstance(estimation, RiskEstimation):
        raise InputError("encounter", (InputProblem("estimation", short(estimation), "a RiskEstimation", ""),))
    names = (
        "b_plane_x", "b_plane_y", "b_plane_xx", "b_plane_xy", "b_plane_yy", "sat1_hard_body_radius",
        "sat2_hard_body_radius",
    )  # fmt: skip
    values = {name: getattr(estimation, name) for name in names}
    if missing := [name for name, value in values.items() if value is None]:
        remedy = "choose another estimation of the conjunction"
        raise InputError("encounter", (InputProblem(missing[0], "None", "a number", remedy),))
    x, y, xx, xy, yy, *radii = values.values()
    ax = axes(ax, 5.5, 5.0)
    from matplotlib.patches import Circle, Ellipse

    half_sum, half_difference = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    longest, shortest = (math.sqrt(max(0.0, half_sum + sign * half_difference)) for sign in (1, -1))
    tilt = math.degrees(0.5 * math.atan2(2 * xy, xx - yy))
    ax.add_patch(Circle((0, 0), sum(radii) / 1000, color="C3", label=f"hard bodies, {sum(radii):g} m"))
    ax.plot(0, 0, "s", color="C3", markersize=4, label="first object")
    ax.plot(x, y, "o", color="C0", label="second object")
    labels = ("1 standard deviation", "2 standard deviations", "3 standard deviations")
    for deviations, (label, style) in enumerate(zip(labels, ("-", "--", ":"), strict=True), start=1):
        sizes = (2 * deviations * longest, 2 * deviations * shortest)
        ax.add_patch(Ellipse((x, y), *sizes, angle=tilt, fill=False, linestyle=style, edgecolor="C0", label=label))
    ax.autoscale_view()
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xlabel("x in the encounter plane, km")
    ax.set_ylabel("y in the encounter plane, km")
    ax.grid(visible=True, alpha=0.3)
    ax.legend(loc="best", fontsize="small")
    return ax


def _trend(risks: RiskPrediction | Iterable[Any]) -> list[tuple[float, float]]:
    if isinstance(risks, RiskPrediction):
        points = [(point.hours, point.collision_probability) for point in risks.risk_trend]
    else:
        estimations = list(risks) if isinstance(risks, Iterable) else [risks]
        if not all(isinstance(item, RiskEstimation) for item in estimations):
            rule = "a RiskPrediction, or the RiskEstimation objects of one conjunction"
            raise InputError("risk_trend", (InputProblem("risks", short(risks), rule, ""),))
        points = [
            ((item.tca - item.creation_date).total_seconds() / 3600, item.collision_probability)
            for item in estimations
            if item.tca is not None and item.creation_date is not None
        ]
    # A logarithmic axis has no place for zero.
    return [(hours, probability) for hours, probability in points if hours is not None and probability]
