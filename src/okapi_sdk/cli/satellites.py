"""``okapi satellites``: the satellites of the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from okapi_sdk.text import printable

from . import options, output
from .commands import Group
from .failures import reported
from .output import Column
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import Satellite


@click.group(cls=Group, short_help="List, show, add, change and delete satellites.")
def satellites() -> None:
    """The satellites of the account.

    Changes are FIELD=VALUE, such as mass=4.0 or norad_ids=[25544]: the value is JSON, or else text.
    """


identifier: options.Decorator = click.argument("id")
fields: options.Decorator = click.argument("fields", nargs=-1, metavar="FIELD=VALUE...", callback=options.fields_of)


@satellites.command(name="list")
@options.of_server()
@options.output("table", "json")
def list_(target: Target, output_form: str | None) -> None:
    """List all satellites."""
    with reported(target, default_option="satellites"):
        from okapi_sdk import Satellites

        with target.client() as client:
            found = list(client.list(Satellites(limit=100)))
    if output.form_or_default(output_form, "table") == "json":
        output.show_json([_data(one) for one in found])
        return
    columns = (
        Column("name", lambda one: printable(one.name or ""), "left"),
        Column("numbers", lambda one: " ".join(map(str, one.norad_ids or ()))),
        Column("active", lambda one: {True: "yes", False: "no"}.get(one.active, "")),
        Column("ID", lambda one: printable(one.satellite_id or ""), "left"),
    )
    output.show_table(columns, found, f"{len(found)} satellite{'' if len(found) == 1 else 's'}")


@satellites.command()
@identifier
@options.of_server()
def show(id: str, target: Target) -> None:
    """Print a satellite as JSON, without secrets."""
    with reported(target, default_option="ID"):
        from okapi_sdk import Satellite

        with target.client() as client:
            found = client.get(Satellite, id)
    output.show_json(_data(found))


@satellites.command()
@fields
@options.of_server()
def add(fields: dict[str, Any], target: Target) -> None:
    """Add a satellite and print it as JSON. Required: name, norad_ids and space_track_status."""
    with reported(target, default_option="FIELD"):
        from okapi_sdk import NewSatellite

        new = NewSatellite.model_validate(fields)
        with target.client() as client:
            found = client.add(new)
    output.show_json(_data(found))


@satellites.command()
@identifier
@fields
@options.of_server()
def update(id: str, fields: dict[str, Any], target: Target) -> None:
    """Change the given fields of a satellite and print it as JSON. null clears a field."""
    with reported(target, default_option="FIELD"):
        from okapi_sdk import SatelliteChanges

        changes = SatelliteChanges.model_validate(fields)
        with target.client() as client:
            found = client.update(id, changes)
    output.show_json(_data(found))


@satellites.command()
@identifier
@options.of_server()
def delete(id: str, target: Target) -> None:
    """Delete a satellite and print its last state as JSON."""
    with reported(target, default_option="ID"):
        from okapi_sdk import Satellite

        with target.client() as client:
            found = client.delete(Satellite, id)
    output.show_json(_data(found))


def _data(satellite: Satellite) -> Any:
    return satellite.model_dump(mode="json", exclude_unset=True)
