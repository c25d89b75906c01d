"""``okapi passes`` and ``okapi propagate``."""

from __future__ import annotations

from typing import TextIO

import click

from . import options, output, waiting
from .failures import reported
from .target import Target


@click.command(
    short_help="Passes of a satellite over a place.",
    epilog="""\b
Examples:
  okapi passes --tle iss.tle --lat 52.33 --lon 10.65 --from now --to +24h
  okapi passes --tle - --lat -33.92 --lon 18.42 --height 110 \\
      --from 2018-08-07T18:00Z --to 2018-08-08T00:00Z --emulator < iss.tle""",
)
@options.tle
@click.option("--lat", type=float, required=True, metavar="DEGREES", help="Latitude of the place, north positive.")
@click.option("--lon", type=float, required=True, metavar="DEGREES", help="Longitude of the place, east positive.")
@click.option(
    "--height", type=float, default=0.0, metavar="METRES", help="Its height above the ellipsoid.  [default: 0]"
)
@click.option(
    "--from", "start", required=True, metavar="TIME", help="When to begin: such as 2018-08-07T18:00Z, or now."
)
@click.option("--to", "end", required=True, metavar="TIME", help="When to end: such a time, or +6h, +90m, +2d.")
@click.option(
    "--min-elevation", type=float, metavar="DEGREES", help="Leave out passes that do not reach this elevation."
)
@options.step
@options.emulator
@options.emulator_port
@options.environment
@options.timeout
@options.output("table", "json", "csv")
def passes(
    tle_file: TextIO,
    lat: float,
    lon: float,
    height: float,
    start: str,
    end: str,
    min_elevation: float | None,
    step: int | None,
    emulator: bool,
    emulator_port: int | None,
    environment: str | None,
    timeout: float,
    output_form: str | None,
) -> None:
    """Predict the passes of a satellite over a place on the ground. All times are UTC."""
    target = Target(emulator, emulator_port, environment)
    with reported(target, unnamed="--tle"):
        from okapi_sdk import GroundLocation, PredictPasses, Tle

        calculation = PredictPasses(
            orbit=Tle.parse(tle_file.read()),
            ground_location=GroundLocation.at(lat, lon, height_m=height),
            time_window=options.window(start, end),
            settings=options.settings(step),
        )
        with target.client() as client:
            found = waiting.result(waiting.submit(client, calculation), target, timeout)
        output.show(found if min_elevation is None else found.above(min_elevation), output_form, target)


@click.command(
    short_help="States of an object along its orbit.",
    epilog="""\b
Example:
  okapi propagate --tle iss.tle --to +2h --step 300 --emulator""",
)
@options.tle
@click.option(
    "--to", "end", required=True, metavar="TIME",
    help="When to end: such as 2018-08-07T18:00Z, or +6h, +90m, +2d after the epoch of the TLE.",
)  # fmt: skip
@options.step
@options.emulator
@options.emulator_port
@options.environment
@options.timeout
@options.output("table", "json", "csv")
def propagate(
    tle_file: TextIO,
    end: str,
    step: int | None,
    emulator: bool,
    emulator_port: int | None,
    environment: str | None,
    timeout: float,
    output_form: str | None,
) -> None:
    """Propagate an orbit from the epoch of its TLE on: positions in km and velocities in km/s, GCRF, times in UTC."""
    target = Target(emulator, emulator_port, environment)
    with reported(target, unnamed="--tle"):
        from okapi_sdk import PropagateOrbit, Tle

        tle = Tle.parse(tle_file.read())
        length = options.offset(end)
        calculation = PropagateOrbit.model_validate(
            {"orbit": tle, "end": end if length is None else tle.epoch + length, "settings": options.settings(step)}
        )
        with target.client() as client:
            found = waiting.result(waiting.submit(client, calculation), target, timeout)
        output.show(found, output_form, target)
