"""Options that several commands have, and the times and files that they take."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from .target import PORT

if TYPE_CHECKING:
    from okapi_sdk import PropagationSettings, TimeWindow

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]
_LATEST = datetime(2099, 12, 31, tzinfo=UTC)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

tle: Decorator = click.option(
    "--tle", "tle_file", type=click.File("r", encoding="utf-8"), required=True,
    help="File with a two-line element set, with or without a name line; - is standard input.",
)  # fmt: skip
step: Decorator = click.option(
    "--step", type=int, metavar="SECONDS", help="Time between two output points.  [default: 60]"
)
timeout: Decorator = click.option(
    "--timeout", type=float, default=900.0, metavar="SECONDS", help="How long to wait.  [default: 900]"
)
emulator: Decorator = click.option(
    "--emulator", is_flag=True, help="Compute offline: an emulator for this command only."
)
emulator_port: Decorator = click.option(
    "--emulator-port", type=click.IntRange(1, 65535), metavar="PORT",
    help=f"Talk to a running emulator; that of `okapi emulator` has {PORT}.",
)  # fmt: skip
environment: Decorator = click.option(
    "--environment", metavar="NAME",
    help="Environment of the platform: production, staging, test, demo, sandbox or legacy.  [default: production]",
)  # fmt: skip


def output(*forms: str) -> Decorator:
    """The option ``--output`` with these forms; the first is that of a terminal."""
    return click.option(
        "--output", "output_form", type=click.Choice(forms),
        help=f"Form of the result.  [default: {forms[0]} on a terminal, else json]",
    )  # fmt: skip


def settings(seconds: int | None) -> PropagationSettings | None:
    """What ``--step`` stands for."""
    from okapi_sdk import PropagationSettings

    return None if seconds is None else PropagationSettings(output_step_size=seconds)


def window(start: str, end: str) -> TimeWindow:
    """What ``--from`` and ``--to`` stand for."""
    from okapi_sdk import TimeWindow

    begin = datetime.now(UTC) if start == "now" else start
    length = offset(end)
    if length is None:
        return TimeWindow.model_validate({"start": begin, "end": end})
    return TimeWindow.starting(TimeWindow.model_validate({"start": begin, "end": _LATEST}).start, length)


def offset(text: str) -> timedelta | None:
    """The time in ``+6h``; None for text that does not begin with a plus and is no such time without it."""
    found = re.fullmatch(r"\+(\d{1,6}(?:\.\d{1,6})?)([smhd])", text)
    if found is None and not text.startswith("+") and not re.fullmatch(r"[\d.]+ *[a-z]+", text):
        return None
    if found is None:
        raise click.BadParameter(f"{text!r} is no span of time; for example +90m, +6h or +2d", param_hint="'--to'")
    return timedelta(**{_UNITS[found[2]]: float(found[1])})
