"""``okapi plot``: pictures of passes, a ground track or a risk, in a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from . import options, waiting
from .commands import Group
from .failures import BAD_INPUT, fail, reported
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import Passes

Command = Callable[..., Any]
_FORMATS = (".png", ".svg", ".pdf")


def _file_of(context: click.Context, parameter: click.Parameter, path: str) -> str:
    if not path.lower().endswith(_FORMATS):
        fail(f"FILE: a name that ends with {', '.join(_FORMATS)}, not {path!r}", BAD_INPUT)
    return path


_file = click.argument("file", metavar="FILE", callback=_file_of)


@click.group(cls=Group, short_help="Draw passes, ground tracks and risks.")
def plot() -> None:
    """Draw into a FILE, whose name decides the format: .png, .svg or .pdf. Requires the plot extra."""


def _of_passes(command: Command) -> Command:
    """Add the options of a prediction of passes."""
    for option in (
        options.step, click.option("--next", "length", default="24h", metavar="DURATION",
        help="Length of the window.  [default: 24h]"),
        click.option("--from", "start", default="now", metavar="TIME", help="Start of the window.  [default: now]"),
        click.option("--height", type=float, default=0.0, metavar="METRES", help="Height of the place.  [default: 0]"),
        click.option("--lon", type=float, required=True, metavar="DEGREES", help="Longitude, east positive."),
        click.option("--lat", type=float, required=True, metavar="DEGREES", help="Latitude, north positive."),
        options.tle, _file,
    ):  # fmt: skip
        command = option(command)
    return options.of_server(waits=True, fleet=False)(command)


@plot.command(short_help="The paths of passes over the sky.")
@_of_passes
def sky(file: str, **chosen: Any) -> None:
    """Draw the paths of passes over the sky: zenith in the centre, north up, east right."""
    from okapi_sdk import plot as plots

    _draw_passes(file, plots.sky, **chosen)


@plot.command(short_help="The elevation of passes over time.")
@_of_passes
def passes(file: str, **chosen: Any) -> None:
    """Draw the elevation of passes over time."""
    from okapi_sdk import plot as plots

    _draw_passes(file, plots.elevation, **chosen)


@plot.command(short_help="The ground track of an orbit.")
@_file
@options.tle
@click.option("--next", "length", default="3h", metavar="DURATION", help="Length of the track.  [default: 3h]")
@options.step
@options.of_server(waits=True, fleet=False)
def track(file: str, tle_text: str, length: str, step: int | None, target: Target) -> None:
    """Draw the points below a satellite, from the epoch of its TLE."""
    duration = options.length_of("--next", length)
    with reported(target, default_option="--tle"):
        from okapi_sdk import PropagateOrbit, Tle
        from okapi_sdk import plot as plots

        tle = Tle.parse(tle_text)
        settings = options.propagation_settings(step)
        calculation = PropagateOrbit(orbit=tle, end=tle.epoch + duration, settings=settings)
        with target.client() as client:
            ephemeris = waiting.result(waiting.submit(client, calculation), target)
        _save(plots.ground_track(ephemeris), file)


@plot.command(short_help="The risk of a stored conjunction.")
@_file
@click.option("--conjunction", required=True, metavar="ID", help="ID of the conjunction.")
@click.option("--trend", is_flag=True, help="Draw the probability by the time to TCA instead of the encounter plane.")
@options.of_server()
def risk(file: str, conjunction: str, trend: bool, target: Target) -> None:
    """Draw the encounter plane of a conjunction's newest risk estimate, or the trend of its estimates."""
    with reported(target, default_option="--conjunction"):
        from okapi_sdk import ConjunctionRiskEstimations
        from okapi_sdk import plot as plots

        with target.client() as client:
            estimations = list(client.list(ConjunctionRiskEstimations(conjunction_id=conjunction)))
        dated = {one.creation_date: one for one in estimations if one.creation_date is not None}
        if not dated:
            fail("--conjunction: it has no risk estimates with a date", BAD_INPUT)
        _save(plots.risk_trend(dated.values()) if trend else plots.encounter(dated[max(dated)]), file)


def _draw_passes(
    file: str, draw: Callable[[Passes], Any], *, tle_text: str, lat: float, lon: float, height: float, start: str,
    length: str, step: int | None, target: Target,
) -> None:  # fmt: skip
    duration: timedelta = options.length_of("--next", length)
    with reported(target, default_option="--tle"):
        from okapi_sdk import GroundLocation, PredictPasses, TimeWindow, Tle

        calculation = PredictPasses(
            orbit=Tle.parse(tle_text),
            ground_location=GroundLocation.at(lat, lon, height_m=height),
            time_window=TimeWindow.starting(options.instant("--from", start), duration),
            settings=options.propagation_settings(step),
        )
        with target.client() as client:
            result = waiting.result(waiting.submit(client, calculation), target)
        _save(draw(result), file)


def _save(ax: Any, file: str) -> None:
    ax.figure.savefig(file, dpi=150)
