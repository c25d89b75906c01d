"""Options shared by several commands, and the values that they accept."""

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
    help="File with a two-line element set, with or without a name line; - reads standard input.",
)  # fmt: skip
step: Decorator = click.option(
    "--step", type=int, metavar="SECONDS", help="Time between two output points.  [default: 60]"
)
timeout: Decorator = click.option(
    "--timeout",
    type=float,
    default=900.0,
    metavar="SECONDS",
    help="Maximum time to wait for the result.  [default: 900]",
)
emulator: Decorator = click.option(
    "--emulator", is_flag=True, help="Compute offline, with an emulator for this command only."
)
emulator_port: Decorator = click.option(
    "--emulator-port", type=click.IntRange(1, 65535), metavar="PORT",
    help=f"Use a running emulator; `okapi emulator` listens on {PORT} by default.",
)  # fmt: skip
environment: Decorator = click.option(
    "--environment", metavar="NAME",
    help="Environment of the platform: production, staging, test, demo, sandbox or legacy.  [default: production]",
)  # fmt: skip


def output(*forms: str) -> Decorator:
    """Return the option ``--output`` with these formats; the first is the default on a terminal."""
    return click.option(
        "--output", "output_form", type=click.Choice(forms),
        help=f"Output format.  [default: {forms[0]} on a terminal, else json]",
    )  # fmt: skip


def propagation_settings(step: int | None) -> PropagationSettings | None:
    """Return the settings for ``--step``."""
    from okapi_sdk import PropagationSettings

    return None if step is None else PropagationSettings(output_step_size=step)


def time_window(start: str, end: str) -> TimeWindow:
    """Return the window between ``--from`` and ``--to``."""
    from okapi_sdk import TimeWindow

    begin = datetime.now(UTC) if start == "now" else start
    duration = duration_in(end)
    if duration is None:
        return TimeWindow.model_validate({"start": begin, "end": end})
    return TimeWindow.starting(TimeWindow.model_validate({"start": begin, "end": _LATEST}).start, duration)


def duration_in(text: str) -> timedelta | None:
    """Return the duration in text such as ``+6h``, or None if the text is not meant as a duration.

    Raises:
        BadParameter: if the text is meant as a duration but cannot be parsed, such as ``6h`` or ``+6``.
    """
    match = re.fullmatch(r"\+(\d{1,6}(?:\.\d{1,6})?)([smhd])", text)
    if match is None and not text.startswith("+") and not re.fullmatch(r"[\d.]+ *[a-z]+", text):
        return None
    if match is None:
        raise click.BadParameter(f"{text!r} is not a duration; write for example +90m, +6h or +2d", param_hint="'--to'")
    return timedelta(**{_UNITS[match[2]]: float(match[1])})
