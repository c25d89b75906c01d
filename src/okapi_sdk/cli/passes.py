"""``okapi passes``: any number of satellites over any number of places."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from okapi_sdk.text import printable

from . import options, output, waiting
from .commands import Command
from .failures import BAD_INPUT, fail, reported
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import GroundLocation, OkapiClient, Passes, PredictPasses, Tle


@click.command(
    cls=Command,
    short_help="Predict passes of satellites over places.",
    epilog="""\b
Examples:
  okapi passes --tle iss.tle --lat 52.33 --lon 10.65 --next 24h
  okapi passes --tle fleet.tle --stations stations.csv --next 3d --output ics > passes.ics
  okapi passes --tle - --lat -33.92 --lon 18.42 --height 110 \\
      --from 2018-08-07T18:00Z --to 2018-08-08T00:00Z --emulator < iss.tle""",
)
@options.tle
@click.option("--lat", type=float, metavar="DEGREES", help="Latitude of the place, north positive.")
@click.option("--lon", type=float, metavar="DEGREES", help="Longitude of the place, east positive.")
@click.option(
    "--height", type=float, default=0.0, metavar="METRES", help="Height of the place above the ellipsoid.  [default: 0]"
)
@click.option("--name", metavar="TEXT", help="Name of the place.")
@click.option(
    "--stations",
    type=click.File("r", encoding="utf-8"),
    callback=options.text_of,
    metavar="FILE",
    help="Places instead of one: CSV with the columns name, latitude, longitude and height_m.",
)
@click.option(
    "--from",
    "start",
    default="now",
    metavar="TIME",
    help="Start of the window, such as 2018-08-07T18:00Z.  [default: now]",
)
@click.option("--to", "end", metavar="TIME", help="End of the window: a time, or a duration such as +6h, +90m or +2d.")
@click.option("--next", "length", metavar="DURATION", help="Length of the window instead of --to: 12h, 3d.")
@options.min_elevation
@click.option(
    "--mask",
    type=click.File("r", encoding="utf-8"),
    callback=options.text_of,
    metavar="FILE",
    help="Elevation mask: CSV with the columns azimuth and elevation. Only the parts of passes above it are kept.",
)
@options.step
@options.no_wait
@options.output("table", "json", "csv", "ics")
@options.of_server(waits=True, fleet=False)
def passes(
    tle_text: str,
    lat: float | None,
    lon: float | None,
    height: float,
    name: str | None,
    stations: str | None,
    start: str,
    end: str | None,
    length: str | None,
    min_elevation: float | None,
    mask: str | None,
    step: int | None,
    no_wait: bool,
    output_form: str | None,
    target: Target,
) -> None:
    """Predict the passes of each satellite in a file over each place. All times are UTC.

    --min-elevation and --mask are applied here, not by the platform.
    """
    if (end is None) == (length is None):
        raise click.UsageError("give either --to or --next")
    with reported(target, default_option="--tle"):
        from okapi_sdk import Tle

        sets = Tle.parse_many(tle_text)
    places = _places(target, lat, lon, height, name, stations)
    with reported(target, default_option="--mask"):
        from okapi_sdk import ElevationMask, Passes, PredictPasses

        profile = None if mask is None else ElevationMask.parse(mask)
    with reported(target, default_option="--tle"):
        window = options.time_window(start, end or f"+{(length or '').removeprefix('+')}")
        settings = options.propagation_settings(step)
        calculations = [
            PredictPasses(orbit=one, ground_location=place, time_window=window, settings=settings)
            for one in sets
            for place in places
        ]
        with target.client() as client:
            if no_wait:
                for calculation in calculations:
                    waiting.show_reference(waiting.submit(client, calculation))
                return
            results = list(_results(client, calculations, target))
    with reported(target, default_option="--mask"):
        if profile is not None:
            results = [result.visible_over(profile) for result in results]
        if min_elevation is not None:
            results = [result.above(min_elevation) for result in results]
        found = results[0] if len(results) == 1 else Passes.concat(results)
        form = output.form_or_default(output_form, "table")
        if form == "ics":
            text = io.StringIO(newline="")
            found.to_ics(text)
            click.echo(text.getvalue(), nl=False)
            return
        if form == "table":
            output.show_note(_heading(sets, places))
        output.show(found, form, target)


def _results(client: OkapiClient, calculations: Sequence[PredictPasses], target: Target) -> Iterator[Passes]:
    """Yield the result of each calculation, in this order."""
    if len(calculations) == 1:
        yield waiting.result(waiting.submit(client, calculations[0]), target)
        return
    outcomes = client.map(calculations, timeout=target.wait)
    by_calculation = {id(outcome.calculation): outcome for outcome in outcomes}
    for calculation in calculations:
        yield by_calculation[id(calculation)].result()


def _places(
    target: Target, lat: float | None, lon: float | None, height: float, name: str | None, stations: str | None
) -> tuple[GroundLocation, ...]:
    if (stations is None) == (lat is None and lon is None):
        fail("give either --stations FILE, or --lat and --lon", BAD_INPUT)
    with reported(target, default_option="--stations"):
        from okapi_sdk import GroundLocation

        if stations is not None:
            return GroundLocation.parse_many(stations)
        if lat is None or lon is None:
            fail(f"Missing option '{'--lat' if lat is None else '--lon'}'", BAD_INPUT)
        return (GroundLocation.at(lat, lon, height_m=height, name=name),)


def _heading(sets: Sequence[Tle], places: Sequence[GroundLocation]) -> str:
    """Return what was asked for, so that swapped coordinates show."""
    satellites = sets[0].name or f"object {sets[0].norad_id}" if len(sets) == 1 else f"{len(sets)} satellites"
    where = ", ".join(map(_place, places[:3])) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    return f"{printable(satellites)} over {where}"


def _place(place: GroundLocation) -> str:
    north, east = ("N" if place.latitude >= 0 else "S"), ("E" if place.longitude >= 0 else "W")
    position = f"{abs(place.latitude):.2f} {north} {abs(place.longitude):.2f} {east}"
    return f"{printable(place.name)} ({position})" if place.name else position
