"""How a command ends: the exit codes, and every failure as one line on stderr."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import click

from okapi_sdk import (
    AuthenticationError,
    CalculationFailedError,
    ConfigurationError,
    InputError,
    NotFoundError,
    OkapiError,
    ResultExpiredError,
    SubmissionUncertainError,
    TransportError,
    WaitTimeoutError,
)

from .target import Target

FAILED, BAD_INPUT, NO_ACCESS, STILL_RUNNING, NO_CONNECTION, UNCERTAIN, INTERRUPTED = 1, 2, 3, 4, 5, 6, 130

EXIT_CODES: Mapping[int, str] = {
    0: "done",
    FAILED: "the calculation failed, or the platform answered with an error",
    BAD_INPUT: "bad input: a wrong option, file or value",
    NO_ACCESS: "not set up: credentials, sign-in, environment, a missing extra",
    STILL_RUNNING: "the time to wait is over and the calculation goes on",
    NO_CONNECTION: "no connection, or none any more",
    UNCERTAIN: "unknown whether the calculation was started; do not just repeat",
    INTERRUPTED: "interrupted by Ctrl-C",
}

_CODES: tuple[tuple[type[OkapiError], int], ...] = (
    (InputError, BAD_INPUT),
    (AuthenticationError, NO_ACCESS),
    (ConfigurationError, NO_ACCESS),
    (WaitTimeoutError, STILL_RUNNING),
    (TransportError, NO_CONNECTION),
    (SubmissionUncertainError, UNCERTAIN),
    (OkapiError, FAILED),
)

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
}
"""The option that gives a field of the SDK."""


def fail(message: str, exit_code: int) -> NoReturn:
    """End the command with one line on stderr."""
    click.echo(f"okapi: {' '.join(message.split())}", err=True)
    raise click.exceptions.Exit(exit_code)


@contextmanager
def reported(target: Target, *, unnamed: str) -> Iterator[None]:
    """Whatever goes wrong inside ends the command with one line that says what to do.

    ``unnamed`` is the option or argument that a bad input is about where the SDK names no field.
    """
    # The lines below say what the SDK would log.
    logging.getLogger("okapi_sdk").addHandler(_SILENT)
    try:
        yield
    except InputError as error:
        fail(_bad_input(error, unnamed), BAD_INPUT)
    except OkapiError as error:
        code = next(code for kind, code in _CODES if isinstance(error, kind))
        fail(_line(error, target), code)
    except UnicodeDecodeError:
        fail(f"{unnamed}: the file is not UTF-8 text", BAD_INPUT)
    except KeyboardInterrupt as cut:
        notes = "; ".join(getattr(cut, "__notes__", ()))
        text = f"interrupted; {target.later(target.waits_for)}" if target.waits_for else notes or "interrupted"
        fail(text, INTERRUPTED)


_SILENT = logging.NullHandler()


def _bad_input(error: InputError, unnamed: str) -> str:
    return "; ".join(
        f"{_OPTIONS.get(problem.field.rpartition('.')[2], problem.field) or unnamed}: {problem.rule}, "
        f"not {problem.value}" + (f": {_in_options(problem.remedy)}" if problem.remedy else "")
        for problem in error.problems
    )


def _line(error: OkapiError, target: Target) -> str:
    if isinstance(error, WaitTimeoutError):
        return f"{error.ref} still runs and the time to wait is over; {target.later(error.ref)}"
    text = _in_options(error.message).removesuffix(".")
    if isinstance(error, ConfigurationError):
        return text.replace("use OkapiClient.emulated()", f"add {target.offline}")
    if isinstance(error, TransportError) and target.emulator_port is not None:
        return f"{text}; is it running? okapi emulator --port {target.emulator_port}"
    if error.ref is None or isinstance(error, CalculationFailedError | ResultExpiredError | NotFoundError):
        return str(error)
    return f"{text}; {target.later(error.ref)}"


def _in_options(text: str) -> str:
    # What the SDK says in Python, said in options.
    for python, option in (
        ("the arguments (username=, password=) or in ", ""),
        (", or tzinfo=UTC to the datetime", ""),
        (", or pass an Environment", ""),
        ("output_step_size", "--step"),
    ):
        text = text.replace(python, option)
    return text
