"""``okapi risk``: the collision probability of a CDM or of a stored conjunction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import options, output, waiting
from .commands import Command
from .failures import BAD_INPUT, FAILED, fail, reported
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import Cdm, OkapiClient


@click.command(
    cls=Command,
    short_help="Estimate the risk of a conjunction.",
    epilog="""\b
Examples:
  okapi risk message.kvn --radius1 3 --radius2 1 --emulator
  okapi risk --conjunction ID --method all-methods""",
)
@click.argument("text", type=click.File("r", encoding="utf-8"), callback=options.text_of, metavar="[FILE]",
                required=False)  # fmt: skip
@click.option("--conjunction", metavar="ID", help="Use the newest CDM of a stored conjunction instead of a file.")
@click.option("--method", default="foster-1992", show_default=True, help="Method, or all-methods.")
@click.option("--radius1", type=float, metavar="METRES", help="Hard-body radius of the first object.")
@click.option("--radius2", type=float, metavar="METRES", help="Hard-body radius of the second object.")
@options.no_wait
@options.output("table", "json", "csv")
@options.of_server(waits=True)
def risk(
    text: str | None,
    conjunction: str | None,
    method: str,
    radius1: float | None,
    radius2: float | None,
    no_wait: bool,
    output_form: str | None,
    target: Target,
) -> None:
    """Estimate the collision probability from a CDM (FILE, or - for standard input) or of a stored conjunction."""
    if (text is None) == (conjunction is None):
        fail("give either a FILE or --conjunction ID", BAD_INPUT)
    with reported(target, default_option="FILE"):
        from okapi_sdk import Cdm, EstimateRisk, RiskOverrides

        message = None if text is None else Cdm.parse(text)
        radii = {"sat1_hard_body_radius": radius1, "sat2_hard_body_radius": radius2}
        given = {name: radius for name, radius in radii.items() if radius is not None}
        overrides = RiskOverrides.model_validate(given) if given else None
        with target.client() as client:
            cdm = message or _newest(client, conjunction or "")
            calculation = EstimateRisk(conjunction=cdm, method=method, overrides=overrides)
            request = waiting.submit(client, calculation)
            if no_wait:
                waiting.show_reference(request)
                return
            result = waiting.result(request, target)
    if output.form_or_default(output_form, "table") == "table":
        names = (one.object_name or "unnamed" for one in (cdm.object1, cdm.object2))
        output.show_note(f"{' and '.join(names)} at {cdm.tca:%Y-%m-%d %H:%M} UTC")
    output.show(result, output_form, target)


def _newest(client: OkapiClient, id: str) -> Cdm:
    from okapi_sdk import ConjunctionCdms

    messages = list(client.list(ConjunctionCdms(conjunction_id=id)))
    if not messages:
        fail(f"conjunction {id} has no CDM", FAILED)
    return max(messages, key=lambda one: one.creation_date.timestamp() if one.creation_date else 0.0)
