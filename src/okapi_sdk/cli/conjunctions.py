"""``okapi conjunctions``: list, show and watch."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from okapi_sdk.text import printable

from . import options, output
from .commands import Group
from .failures import CHANGED, reported
from .output import Column
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import Conjunction, ConjunctionChange, ConjunctionReport, ConjunctionSighting


@click.group(cls=Group, short_help="List, show and watch conjunctions.")
def conjunctions() -> None:
    """Close approaches of the account's satellites."""


critical: options.Decorator = click.option("--critical", is_flag=True, help="Only critical conjunctions.")


@conjunctions.command(name="list", short_help="List conjunctions in order of time.")
@options.window_start
@options.window_length
@critical
@options.of_server()
@options.output("table", "json", "csv")
def list_(start: str, length: str, critical: bool, target: Target, output_form: str | None) -> None:
    """List the conjunctions whose closest approach lies in the window, in order of time."""
    begin, duration = options.instant("--from", start), options.length_of("--next", length)
    with reported(target, default_option="--next"):
        from okapi_sdk import Conjunctions, Range

        query = Conjunctions(
            tca=Range(gte=begin, lte=begin + duration), criticality=["critical"] if critical else None, sort="tca"
        )
        with target.client() as client:
            found = list(client.list(query))
    form = output.form_or_default(output_form, "table")
    if form == "json":
        output.show_json([one.model_dump(mode="json", exclude_unset=True) for one in found])
    elif form == "csv":
        output.show_rows([_sighting(one).model_dump(mode="json") for one in found])
    else:
        source = ", from the emulator" if target.is_emulated else ""
        summary = (
            f"{len(found)} conjunction{'s' if len(found) != 1 else ''} from {begin:%Y-%m-%d %H:%M} UTC for {length}"
        )
        output.show_table(_columns(begin), [_sighting(one) for one in found], summary + source)


@conjunctions.command(short_help="Show one conjunction with its risk over time.")
@click.argument("id")
@options.of_server()
@options.output("table", "json")
def show(id: str, target: Target, output_form: str | None) -> None:
    """Show one conjunction with the risk estimate of each of its CDMs, the oldest first."""
    with reported(target, default_option="ID"):
        from okapi_sdk import Conjunction, ConjunctionRiskEstimations

        with target.client() as client:
            found = client.get(Conjunction, id)
            risks = list(client.list(ConjunctionRiskEstimations(conjunction_id=id)))
    if output.form_or_default(output_form, "table") == "json":
        risk_data = [risk.model_dump(mode="json", exclude_unset=True) for risk in risks]
        output.show_json({**found.model_dump(mode="json", exclude_unset=True), "risk_estimations": risk_data})
        return
    one = _sighting(found)
    output.show_text(f"{_object(one.sat1_name, one.sat1_norad_id)} and {_object(one.sat2_name, one.sat2_norad_id)}")
    output.show_text(f"closest approach {_time(one.tca)} UTC, {one.criticality or 'criticality unknown'}")
    output.show_table(
        (
            Column("CDM of\nUTC", lambda risk: _time(risk.creation_date)),
            Column("probability\n", lambda risk: output.probability(risk.collision_probability)),
            Column("miss\nkm", lambda risk: _distance(risk.miss_distance)),
            Column("speed\nkm/s", lambda risk: "" if risk.relative_speed is None else f"{risk.relative_speed:.2f}"),
            Column("criticality\n", lambda risk: printable(risk.criticality or "unknown"), "left"),
        ),
        risks,
        f"{len(risks)} risk estimate{'s' if len(risks) != 1 else ''}",
    )


@conjunctions.command(
    short_help="Report what is new, worse, better or cleared.",
    epilog="""\b
Example for cron:
  okapi conjunctions watch --state ~/conjunctions.json --min-probability 1e-5""",
)
@click.option(
    "--state", required=True, type=click.Path(), metavar="FILE", help="File with the values last reported; created."
)
@options.window_start
@options.window_length
@critical
@click.option("--min-probability", type=float, metavar="P", help="Watch conjunctions with at least this probability.")
@click.option("--max-miss-distance", type=float, metavar="KM", help="Watch conjunctions with at most this distance.")
@options.of_server()
@options.output("table", "json")
def watch(
    state: str,
    start: str,
    length: str,
    critical: bool,
    min_probability: float | None,
    max_miss_distance: float | None,
    target: Target,
    output_form: str | None,
) -> None:
    """Report which conjunctions are new, worse, better, cleared or passed since the last run.

    Worse: the criticality has risen, the probability has doubled or can no longer be computed, or the miss distance has
    shrunk by a third. Better: the other way round. Passed: the time of closest approach is over. Cleared: gone or below
    the thresholds before that. Changes are relative to the values last reported. With both thresholds, a conjunction
    has to reach one of them; an unknown value counts as reaching it.

    The exit code is 0 if nothing is new or worse, and 10 if something is. JSON output has one line for each change. If
    the command fails, the state file is unchanged, and the next run reports the changes.
    """
    begin, duration = options.instant("--from", start), options.length_of("--next", length)
    with reported(target, default_option="--state"):
        from okapi_sdk import ConjunctionWatch

        # The report is printed before the state is written: a report that nobody could read is made again.
        watch = ConjunctionWatch(
            state=state,
            within=duration,
            critical=critical,
            min_probability=min_probability,
            max_miss_distance_km=max_miss_distance,
            on_change=lambda report: _show_changes(report, output_form),
        )
        with target.client() as client:
            report = watch.check(client, now=begin)
        if not report.changes and output.form_or_default(output_form, "table") == "table":
            output.show_note(f"no change; {_count(len(report.conjunctions), 'conjunction')} watched")
    if report.alarming:
        raise click.exceptions.Exit(CHANGED)


def _show_changes(report: ConjunctionReport, form: str | None) -> None:
    if output.form_or_default(form, "table") == "json":
        for one in report.changes:
            click.echo(json.dumps({"checked_at": f"{report.checked_at:%Y-%m-%dT%H:%M:%SZ}", **one.to_dict()}))
        return
    columns = (
        Column("change\n", lambda change: change.change, "left"),
        Column("closest approach\nUTC", lambda change: _time(change.sighting.tca), "left"),
        Column("objects\n", lambda change: _objects(change.sighting), "left"),
        Column("probability\n", lambda change: output.probability(change.sighting.collision_probability)),
        Column("miss\nkm", lambda change: _distance(change.sighting.miss_distance_km)),
        Column("why\n", _why, "left"),
    )
    counts = [(kind, sum(one.change == kind for one in report.changes)) for kind in _KINDS]
    summary = ", ".join(f"{number} {kind}" for kind, number in counts if number)
    output.show_table(columns, report.changes, f"{summary}; {_count(len(report.conjunctions), 'conjunction')} in all")


_KINDS = ("new", "worse", "better", "cleared", "passed")


def _why(change: ConjunctionChange) -> str:
    if change.change == "new":
        return printable(change.sighting.criticality or "criticality unknown")
    return "\n".join(map(printable, change.reasons))


def _columns(begin: datetime) -> tuple[Column, ...]:
    return (
        Column("closest approach\nUTC", lambda one: f"{_time(one.tca)}\n{_ahead(one.tca, begin)}", "left"),
        Column("objects and ID\n", lambda one: f"{_objects(one)}\n{printable(one.conjunction_id)}", "left"),
        Column("probability\ncriticality", _risk),
        Column("miss\nkm", lambda one: _distance(one.miss_distance_km)),
    )


def _ahead(moment: datetime | None, begin: datetime) -> str:
    return "" if moment is None else f"in {(moment - begin).total_seconds() / 3600:.1f} h"


def _risk(one: ConjunctionSighting) -> str:
    return f"{output.probability(one.collision_probability)}\n{printable(one.criticality or 'unknown')}"


def _sighting(conjunction: Conjunction) -> ConjunctionSighting:
    from okapi_sdk import ConjunctionSighting

    return ConjunctionSighting.of(conjunction)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _objects(one: ConjunctionSighting) -> str:
    return f"{_object(one.sat1_name, None)}\n{_object(one.sat2_name, None)}"


def _object(name: str | None, number: int | None) -> str:
    return printable(f"{name or 'unnamed'}{f' ({number})' if number is not None else ''}")


def _time(moment: Any) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else ""


def _distance(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
