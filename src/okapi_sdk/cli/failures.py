"""Exit codes, and the one line on stderr that reports a failure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from okapi_sdk.text import printable

if TYPE_CHECKING:
    from okapi_sdk import InputError, OkapiError

    from .target import Target

FAILED, BAD_INPUT, NO_ACCESS, STILL_RUNNING, NO_CONNECTION, UNCERTAIN, CHANGED, INTERRUPTED = 1, 2, 3, 4, 5, 6, 10, 130

EXIT_CODES: Mapping[int, str] = {
    0: "done",
    FAILED: "the calculation failed, or the platform returned an error",
    BAD_INPUT: "bad input: an invalid option, file or value",
    NO_ACCESS: "not set up: credentials, sign-in, environment or a missing extra",
    STILL_RUNNING: "timed out; the calculation is still running",
    NO_CONNECTION: "no connection, or the connection was lost",
    UNCERTAIN: "unknown whether the calculation started; do not simply repeat the command",
    CHANGED: "conjunctions watch: something is new or worse",
    INTERRUPTED: "interrupted by Ctrl-C",
}

_OPTIONS: Mapping[str, str] = {
    "line1": "--tle",
    "line2": "--tle",
    "name": "--tle",
    "latitude": "--lat",
    "longitude": "--lon",
    "height_m": "--height",
    "start": "--from",
    "end": "--to",
    "time_window": "--to",
    "duration": "--to",
    "output_step_size": "--step",
    "timeout": "--timeout",
    "min_probability": "--min-probability",
    "max_miss_distance_km": "--max-miss-distance",
    "within": "--next",
}
"""The command-line option for each SDK field."""


def fail(message: str, exit_code: int) -> NoReturn:
    """Print one line on stderr and exit."""
    click.echo(f"okapi: {printable(message)}", err=True)
    raise click.exceptions.Exit(exit_code)


@contextmanager
def reported(target: Target, *, default_option: str) -> Iterator[None]:
    """Report any failure in the block as one line with a remedy, and exit.

    ``default_option`` is the option or argument to name if the SDK's error names no field.
    """
    import logging

    from okapi_sdk import InputError, OkapiError

    # The lines below already contain what the SDK logs.
    log = logging.getLogger("okapi_sdk")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    try:
        yield
    except InputError as error:
        fail(_input_line(error, default_option), BAD_INPUT)
    except OkapiError as error:
        fail(_error_line(error, target), _exit_code(error))
    except KeyboardInterrupt as interruption:
        notes = "; ".join(getattr(interruption, "__notes__", ()))
        text = f"interrupted; {target.next_step(target.waits_for)}" if target.waits_for else notes or "interrupted"
        fail(text, INTERRUPTED)


def _input_line(error: InputError, default_option: str) -> str:
    return "; ".join(
        f"{_option(problem.field) or default_option}: {problem.rule}, "
        f"not {problem.value}" + (f": {_in_options(problem.remedy)}" if problem.remedy else "")
        for problem in error.problems
    )


def _option(field: str) -> str:
    """Return the option for a field of the SDK; nothing for one of many objects in a file."""
    return "" if field[:1].isdigit() else _OPTIONS.get(field.rpartition(".")[2], field)


def _exit_code(error: OkapiError) -> int:
    import okapi_sdk as o  # here, not above: help and completion must not wait for it

    codes: tuple[tuple[type[OkapiError] | tuple[type[OkapiError], ...], int], ...] = (
        (o.InputError, BAD_INPUT),
        ((o.AuthenticationError, o.ConfigurationError), NO_ACCESS),
        (o.WaitTimeoutError, STILL_RUNNING),
        (o.TransportError, NO_CONNECTION),
        (o.SubmissionUncertainError, UNCERTAIN),
    )
    return next((code for kinds, code in codes if isinstance(error, kinds)), FAILED)


def _error_line(error: OkapiError, target: Target) -> str:
    from okapi_sdk import (
        CalculationFailedError,
        ConfigurationError,
        NotFoundError,
        ResultExpiredError,
        TransportError,
        WaitTimeoutError,
    )

    if isinstance(error, WaitTimeoutError):
        return f"timed out; {error.ref} is still running; {target.next_step(error.ref)}"
    text = _in_options(error.message).removesuffix(".")
    if isinstance(error, ConfigurationError):
        return in_options(text, target)
    if isinstance(error, TransportError) and target.emulator_port is not None:
        return f"{text}; is the emulator running? Start it with: okapi emulator --port {target.emulator_port}"
    if error.ref is None or isinstance(error, CalculationFailedError | ResultExpiredError | NotFoundError):
        return str(error)
    return f"{text}; {target.next_step(error.ref)}"


def in_options(text: str, target: Target) -> str:
    """Return a message about the setup in terms of the command line."""
    text = _in_options(text).removesuffix(".")
    return text.replace("use OkapiClient.emulated()", f"add {target.offline_option}")


def _in_options(text: str) -> str:
    # Replace Python arguments by options.
    for python, option in (
        ("the arguments (username=, password=) or in ", ""),
        (", or tzinfo=UTC to the datetime", ""),
        (", or pass an Environment", ""),
        ("output_step_size", "--step"),
        ("use Tle.parse_many(text), or Tle.load_many(path) for a file", "leave one element set in the file"),
        ("use the message class, such as Omm.parse_many(text) for mean elements", "give element sets of two lines"),
    ):
        text = text.replace(python, option)
    return text
