"""``okapi cdm`` and ``okapi tle``: files checked and shown without the platform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from okapi_sdk.text import printable

from . import options, output
from .commands import Group
from .failures import FAILED, reported
from .output import Column
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import Cdm, Tle

file: options.Decorator = click.argument(
    "text", type=click.File("r", encoding="utf-8"), callback=options.text_of, metavar="FILE"
)
_OFFLINE = Target()


@click.group(cls=Group, short_help="Check, convert and show conjunction data messages.")
def cdm() -> None:
    """Conjunction data messages in KVN, XML or JSON. Nothing is sent. FILE can be - for standard input."""


@cdm.command()
@file
def validate(text: str) -> None:
    """Check a message. The exit code is 2 if it is invalid; the error names the line or field."""
    message = _cdm(text)
    output.show_note(f"valid: {_title(message)}")


@cdm.command()
@file
@click.option("--to", "form", type=click.Choice(["kvn", "space-track", "ccsds"]), default="kvn", show_default=True,
              help="KVN, or JSON with the keys of Space-Track or of CCSDS.")  # fmt: skip
def convert(text: str, form: str) -> None:
    """Print a message in another form."""
    message = _cdm(text)
    with reported(_OFFLINE, default_option="FILE"):
        if form == "kvn":
            click.echo(message.to_kvn(), nl=False)
        else:
            output.show_json(message.to_space_track() if form == "space-track" else message.to_ccsds())


@cdm.command()
@file
def show(text: str) -> None:
    """Show the main values of a message."""
    message = _cdm(text)
    probability, distance, speed = message.collision_probability, message.miss_distance, message.relative_speed
    output.show_text(_title(message))
    for label, value in (
        ("closest approach", f"{message.tca:%Y-%m-%d %H:%M:%S} UTC" if message.tca else None),
        ("created", f"{message.creation_date:%Y-%m-%d %H:%M:%S} UTC" if message.creation_date else None),
        ("originator", message.originator),
        ("miss distance", None if distance is None else f"{distance:,.1f} m"),
        ("relative speed", None if speed is None else f"{speed / 1000:.3f} km/s"),
        ("probability", None if probability is None else f"{probability:.2e}"),
    ):
        output.show_text(value or "not given", f"  {label:<18}")


def _cdm(text: str) -> Cdm:
    with reported(_OFFLINE, default_option="FILE"):
        from okapi_sdk import Cdm

        return Cdm.parse(text)


def _title(message: Cdm) -> str:
    names = (one.object_name or one.object_designator or "unnamed" for one in (message.object1, message.object2))
    return printable(" and ".join(str(name) for name in names))


@click.group(cls=Group, short_help="Check two-line element sets.")
def tle() -> None:
    """Two-line element sets. Nothing is sent."""


@tle.command()
@file
@click.option("--output", "output_form", type=click.Choice(["table", "json"]), help="Output format.")
def check(text: str, output_form: str | None) -> None:
    """Check the columns and checksums of any number of element sets, and show their age and what is odd.

    The exit code is 2 if a set is invalid, and 1 if something is odd.
    """
    with reported(_OFFLINE, default_option="FILE"):
        from okapi_sdk import Tle

        sets = Tle.parse_many(text)
    now = datetime.now(UTC)
    rows = [{"name": one.name, "norad_id": one.norad_id, "epoch": f"{one.epoch:%Y-%m-%dT%H:%M:%SZ}",
             "age_days": round((now - one.epoch).total_seconds() / 86_400, 2), "odd": list(_oddities(one, sets, now))}
            for one in sets]  # fmt: skip
    if output.form_or_default(output_form, "table") == "json":
        output.show_json(rows)
    else:
        columns = (
            Column("number", lambda row: str(row["norad_id"])),
            Column("name", lambda row: printable(row["name"] or ""), "left"),
            Column("epoch UTC", lambda row: row["epoch"][:16].replace("T", " ")),
            Column("age d", lambda row: f"{row['age_days']:.1f}"),
            Column("odd", lambda row: "; ".join(row["odd"]), "left"),
        )
        odd = sum(bool(row["odd"]) for row in rows)
        output.show_table(columns, rows, f"{len(rows)} valid element set{'' if len(rows) == 1 else 's'}, {odd} odd")
    if any(row["odd"] for row in rows):
        raise click.exceptions.Exit(FAILED)


def _oddities(one: Tle, sets: Sequence[Tle], now: datetime) -> Iterator[str]:
    days = (now - one.epoch).total_seconds() / 86_400
    if days > _OLD_DAYS:
        yield f"older than {_OLD_DAYS} days"
    if days < -1:
        yield "epoch in the future"
    if sum(other.norad_id == one.norad_id for other in sets) > 1:
        yield "number occurs more than once"
    if one.mean_motion > _FASTEST:
        yield "mean motion of an orbit inside the atmosphere"


_OLD_DAYS = 14
_FASTEST = 16.6
"""Revolutions per day of a circular orbit about 110 km high."""
