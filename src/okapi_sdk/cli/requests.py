"""``okapi requests``: calculations that were submitted earlier, by this or another program."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from okapi_sdk.text import printable

from . import options, output, waiting
from .commands import Group
from .failures import reported
from .output import Column
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import JournalEntry, Request


@click.group(cls=Group, short_help="Resume calculations by their reference.")
def requests() -> None:
    """Calculations submitted earlier, by this or another program.

    REFERENCE identifies a calculation: predict-passes/sgp4/<request ID>, as printed by error messages, log lines and
    str(request.ref). It is valid only on the server that issued it; select that server with --environment or
    --emulator-port.
    """


@requests.command("list", short_help="List the calculations of a journal.")
@click.option(
    "--journal", required=True, metavar="FILE", help="Journal of a program that calls client.map(journal=FILE)."
)
@options.output("table", "json")
def list_(journal: str, output_form: str | None) -> None:
    """List the calculations that a journal records, also while the program is running. Calls no server."""
    with reported(Target(), default_option="--journal"):
        from okapi_sdk import read_journal

        entries = read_journal(journal)
    if output.form_or_default(output_form, "table") == "json":
        output.show_json([{**vars(entry), **_times(entry)} for entry in entries])
        return
    columns = (
        Column("#", lambda one: str(one.position)),
        Column("state", lambda one: printable(one.state), "left"),
        Column("reference", lambda one: printable(one.reference or one.endpoint), "left"),
        Column(
            "submitted, UTC", lambda one: f"{one.submitted_at:%Y-%m-%d %H:%M:%S}" if one.submitted_at else "", "left"
        ),
        Column("error", lambda one: printable(one.error or ""), "left"),
    )
    counts = Counter(entry.state for entry in entries)
    output.show_table(columns, entries, ", ".join(f"{count} {state}" for state, count in counts.items()))


def _submitted(entry: JournalEntry) -> str:
    return "" if entry.submitted_at is None else f"{entry.submitted_at:%Y-%m-%d %H:%M:%S}"


def _times(entry: JournalEntry) -> dict[str, str | None]:
    times = {"submitted_at": entry.submitted_at, "ended_at": entry.ended_at}
    return {name: None if time is None else time.isoformat() for name, time in times.items()}


reference: options.Decorator = click.argument("reference")


def earlier(*, waits: bool = False) -> options.Decorator:
    """Return the decorator of a command for a calculation that was submitted earlier."""
    return options.of_server(waits=waits, lasting="a new emulator has no earlier calculations")


@requests.command(short_help="Show whether a calculation is running, finished or failed.")
@reference
@earlier()
@options.output("text", "json")
def status(reference: str, target: Target, output_form: str | None) -> None:
    """Poll a calculation once and show its state: running, finished or failed. The exit code is 0 for all three."""
    with reported(target, default_option="REFERENCE"), target.client() as client:
        request = client.resume(reference)
        request.done()
        _show_status(request, output_form)


@requests.command(short_help="Wait until a calculation has ended.")
@reference
@earlier(waits=True)
@options.output("text", "json")
def wait(reference: str, target: Target, output_form: str | None) -> None:
    """Wait until a calculation has ended. If it failed, the exit code is 1."""
    with reported(target, default_option="REFERENCE"), target.client() as client:
        request = client.resume(reference)
        waiting.wait(request, target)
        waiting.show_platform_warning(request)
        _show_status(request, output_form)


@requests.command(short_help="Print the result; wait if necessary.")
@reference
@earlier(waits=True)
@options.output("table", "json", "csv", "oem")
def result(reference: str, target: Target, output_form: str | None) -> None:
    """Print the result of a calculation. If it is still running, wait for it."""
    with reported(target, default_option="REFERENCE"):
        with target.client() as client:
            value = waiting.result(client.resume(reference), target)
        output.show(value, output_form, target)


def _show_status(request: Request[Any], form: str | None) -> None:
    latest = request.status
    state = "failed" if latest.failed else "finished" if request.done() else "running"
    if output.form_or_default(form, "text") == "json":
        fields = {"type": latest.type, "text": latest.text, "input_problem": latest.input_problem}
        output.show_json({"request": str(request.ref), "state": state, "status": fields})
    else:
        text = "" if latest.type == "NONE" else f" ({latest.type}: {latest.text})"
        output.show_text(f"{request.ref} {state}{text}")
