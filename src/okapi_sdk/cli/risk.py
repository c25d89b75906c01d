"""``okapi risk``: the collision probability of a CDM or of a stored conjunction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from okapi_sdk.text import printable

from . import options, output, waiting
from .failures import BAD_INPUT, FAILED, fail, reported
from .output import Column
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import Cdm, OkapiClient


@click.command(
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
@options.of_server
@options.timeout
@options.output("table", "json")
def risk(
    text: str | None,
    conjunction: str | None,
    method: str,
    radius1: float | None,
    radius2: float | None,
    target: Target,
    timeout: float,
    output_form: str | None,
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
            result = waiting.result(waiting.submit(client, calculation), target, timeout)
    if output.form_or_default(output_form, "table") == "json":
        output.show_json(result.to_dicts())
        return
    names = (one.object_name or "unnamed" for one in (cdm.object1, cdm.object2))
    output.show_text(f"{' and '.join(names)} at {cdm.tca:%Y-%m-%d %H:%M} UTC")
    output.show_table(
        (
            Column("method", lambda one: printable((one.collision_probability_method or "").lower()), "left"),
            Column("probability",
                   lambda one: "none" if one.collision_probability is None else f"{one.collision_probability:.3e}"),
            Column("miss km", lambda one: "" if one.miss_distance is None else f"{one.miss_distance:.3f}"),
            Column("criticality", lambda one: printable(one.criticality or "unknown"), "left"),
        ),
        list(result),
        "computed by the emulator" if target.is_emulated else "",
    )  # fmt: skip


def _newest(client: OkapiClient, id: str) -> Cdm:
    from okapi_sdk import ConjunctionCdms

    messages = list(client.list(ConjunctionCdms(conjunction_id=id)))
    if not messages:
        fail(f"conjunction {id} has no CDM", FAILED)
    return max(messages, key=lambda one: one.creation_date.timestamp() if one.creation_date else 0.0)
