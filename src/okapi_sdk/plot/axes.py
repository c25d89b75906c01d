"""Figures and axes without global state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError, InputError, InputProblem
from ..packages import culprit, unusable
from ..text import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.projections.polar import PolarAxes

DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D")


def axes(ax: Any, width: float, height: float, **options: Any) -> Axes:
    """Return the given axes, or those of a new figure of this size in inches."""
    matplotlib = _matplotlib()
    if ax is None:
        from .figure import NotebookFigure

        created: Axes = NotebookFigure((width, height), layout="constrained").add_subplot(**options)
        return created
    if not isinstance(ax, matplotlib.axes.Axes):
        raise InputError("plot", (InputProblem("ax", short(ax), "matplotlib axes", "omit it to get new ones"),))
    found: Axes = ax
    return found


def polar_axes(ax: Any, size: float) -> PolarAxes:
    """Return polar axes, the given ones or new ones."""
    found: Any = axes(ax, size, size, projection="polar")
    if not hasattr(found, "set_theta_zero_location"):
        remedy = 'create them with subplot_kw={"projection": "polar"}'
        raise InputError("plot", (InputProblem("ax", short(ax), "polar axes", remedy),))
    polar: PolarAxes = found
    return polar


def dashes(index: int) -> str:
    """Return the dashes of a line, which tell it from others in grey too."""
    return DASHES[index % len(DASHES)]


def time_axis(ax: Axes) -> None:
    """Write the times of the horizontal axis as dates and hours in UTC."""
    import matplotlib.dates

    dates: Any = matplotlib.dates  # without types
    locator = dates.AutoDateLocator(tz="UTC")
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz="UTC"))
    ax.set_xlabel("UTC")


def _matplotlib() -> Any:
    try:
        import matplotlib.axes
    except Exception as error:  # noqa: BLE001 - whatever a broken package raises
        reason = unusable(culprit(error) or "matplotlib", error, "plot")
    else:
        return matplotlib
    raise ConfigurationError(f"Plots need {reason}")
