"""``okapi passes`` and ``okapi propagate``."""

from __future__ import annotations

import click

from . import options, output, waiting
from .failures import reported
from .target import Target


@click.command(
    short_help="Predict passes of a satellite over a place.",
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
    "--height", type=float, default=0.0, metavar="METRES", help="Height of the place above the ellipsoid.  [default: 0]"
)
@click.option(
    "--from", "start", required=True, metavar="TIME", help="Start of the window, such as 2018-08-07T18:00Z, or now."
)
@click.option(
    "--to",
    "end",
    required=True,
    metavar="TIME",
    help="End of the window: a time, or a duration such as +6h, +90m or +2d.",
)
@options.min_elevation
@options.step
@options.emulator
@options.emulator_port
@options.environment
@options.timeout
@options.output("table", "json", "csv")
def passes(
    tle_text: str,
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
    with reported(target, default_option="--tle"):
        from okapi_sdk import GroundLocation, PredictPasses, Tle

        calculation = PredictPasses(
            orbit=Tle.parse(tle_text),
            ground_location=GroundLocation.at(lat, lon, height_m=height),
            time_window=options.time_window(start, end),
            settings=options.propagation_settings(step),
        )
        with target.client() as client:
            result = waiting.result(waiting.submit(client, calculation), target, timeout)
        output.show(result if min_elevation is None else result.above(min_elevation), output_form, target)


@click.command(
    short_help="Compute states of an object along its orbit.",
    epilog="""\b
Example:
  okapi propagate --tle iss.tle --to +2h --step 300 --emulator""",
)
@options.tle
@click.option(
    "--to", "end", required=True, metavar="TIME",
    help="End: a time such as 2018-08-07T18:00Z, or a duration after the TLE's epoch, such as +6h, +90m or +2d.",
)  # fmt: skip
@options.step
@options.emulator
@options.emulator_port
@options.environment
@options.timeout
@options.output("table", "json", "csv")
def propagate(
    tle_text: str,
    end: str,
    step: int | None,
    emulator: bool,
    emulator_port: int | None,
    environment: str | None,
    timeout: float,
    output_form: str | None,
) -> None:
    """Propagate an orbit from the epoch of its TLE.

    Positions are in km and velocities in km/s, both in GCRF. All times are UTC.
    """
    target = Target(emulator, emulator_port, environment)
    with reported(target, default_option="--tle"):
        from okapi_sdk import PropagateOrbit, Tle

        tle = Tle.parse(tle_text)
        duration = options.duration_in(end)
        calculation = PropagateOrbit.model_validate(
            {
                "orbit": tle,
                "end": end if duration is None else tle.epoch + duration,
                "settings": options.propagation_settings(step),
            }
        )
        with target.client() as client:
            result = waiting.result(waiting.submit(client, calculation), target, timeout)
        output.show(result, output_form, target)
