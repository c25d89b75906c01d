"""``okapi propagate``."""

from __future__ import annotations

import click

from . import options, output, waiting
from .commands import Command
from .failures import reported
from .target import Target


@click.command(
    cls=Command,
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
@options.no_wait
@options.output("table", "json", "csv", "oem")
@options.of_server(waits=True, fleet=False)
def propagate(
    tle_text: str,
    end: str,
    step: int | None,
    no_wait: bool,
    output_form: str | None,
    target: Target,
) -> None:
    """Propagate an orbit from the epoch of its TLE.

    Positions are in km and velocities in km/s, both in GCRF. All times are UTC. --output oem prints a CCSDS orbit
    ephemeris message (KVN), with the name and the catalogue number of the TLE.
    """
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
            request = waiting.submit(client, calculation)
            if no_wait:
                waiting.show_reference(request)
                return
            result = waiting.result(request, target)
        output.show(result, output_form, target)
