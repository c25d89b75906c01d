"""Options shared by several commands, and the values that they accept."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO

import click

from .commands import chosen, in_range
from .failures import BAD_INPUT, fail
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import PropagationSettings, TimeWindow

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]
_LATEST = datetime(2099, 12, 31, tzinfo=UTC)
LARGEST_INPUT = 2**20
"""Largest input file in characters; a file without an end must not fill the memory."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def text_of(context: click.Context, parameter: click.Parameter, file: TextIO | None) -> str | None:
    """Return the text of an input file."""
    if file is None:
        return None
    try:
        text = file.read(LARGEST_INPUT + 1)
    except UnicodeDecodeError:
        fail(f"{_name(parameter)}: the file is not UTF-8 text", BAD_INPUT)
    except OSError as error:
        fail(f"{_name(parameter)}: the file cannot be read: {error.strerror}", BAD_INPUT)
    if len(text) > LARGEST_INPUT:
        fail(f"{_name(parameter)}: at most {LARGEST_INPUT:,} characters; the file has more", BAD_INPUT)
    return text


def pairs_of(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Return NAME=VALUE arguments as a dictionary."""
    pairs = [value.partition("=") for value in values]
    if wrong := next((value for value, pair in zip(values, pairs, strict=True) if not (pair[0] and pair[1])), None):
        fail(f"{_name(parameter)}: NAME=VALUE, not {wrong!r}", BAD_INPUT)
    return {name: value for name, _, value in pairs}


def fields_of(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    """Return FIELD=VALUE arguments as a dictionary, with each value read as JSON or else taken as text."""
    return {name: _json_or_text(value) for name, value in pairs_of(context, parameter, values).items()}


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _name(parameter: click.Parameter) -> str:
    return parameter.opts[0] if parameter.param_type_name == "option" else parameter.make_metavar(_context())


def _context() -> click.Context:
    return click.get_current_context()


tle: Decorator = click.option(
    "--tle", "tle_text", type=click.File("r", encoding="utf-8"), required=True, callback=text_of,
    help="File with a two-line element set, with or without a name line; - reads standard input.",
)  # fmt: skip
step: Decorator = click.option(
    "--step", type=int, metavar="SECONDS", help="Time between two output points.  [default: 60]"
)
min_elevation: Decorator = click.option(
    "--min-elevation", type=float, metavar="DEGREES", callback=in_range("a number from -90 to 90", -90, 90),
    help="Omit passes that stay below this elevation.",
)  # fmt: skip
no_wait: Decorator = click.option(
    "--no-wait", is_flag=True, help="Submit, print the reference on stdout, and do not wait for the result."
)


def output(*forms: str) -> Decorator:
    """Return the option ``--output`` with these formats; the first is the default on a terminal."""
    return click.option(
        "--output", "output_form", type=click.Choice(forms),
        help=f"Output format.  [default: {forms[0]} on a terminal, else json]",
    )  # fmt: skip


window_start: Decorator = click.option(
    "--from", "start", default="now", metavar="TIME", help="Start of the window.  [default: now]"
)
window_length: Decorator = click.option(
    "--next", "length", default="3d", metavar="DURATION", help="Length of the window: 12h, 3d.  [default: 3d]"
)


def of_server(*, waits: bool = False, fleet: bool = True, lasting: str | None = None) -> Decorator:
    """Return a decorator that gives a command the `Target` of the global options.

    ``waits``: the command waits for a result. ``fleet``: its own emulator has a fleet. ``lasting``: the reason why it
    cannot use an emulator of its own.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_target(*arguments: Any, **options: Any) -> Any:
            given = chosen()
            reason = NO_WAIT if options.get("no_wait") else lasting
            target = Target(
                given.emulator, given.emulator_port, given.environment, given.timeout,
                waits=waits, fleet=fleet, lasting=reason,
            )  # fmt: skip
            return command(*arguments, target=target, **options)

        return with_target

    return decorate


NO_WAIT = "with --no-wait, the calculation would end with this command"


def length_of(option: str, text: str) -> timedelta:
    """Return the duration in text such as ``12h`` or ``3d``."""
    try:
        duration = duration_in("+" + text.removeprefix("+"))
    except click.BadParameter:
        duration = None
    if not duration:
        fail(f"{option}: a duration such as 12h or 3d, not {text!r}", BAD_INPUT)
    return duration


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


def instant(option: str, text: str) -> datetime:
    """Return the time in text such as ``2018-08-07T18:00Z`` or ``now``."""
    from okapi_sdk import InputError, TimeWindow

    try:
        return datetime.now(UTC) if text == "now" else TimeWindow.model_validate({"start": text, "end": _LATEST}).start
    except InputError as error:
        rule = error.rule
    fail(f"{option}: {rule}, not {text!r}: write it like 2018-08-07T18:00Z", BAD_INPUT)


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
