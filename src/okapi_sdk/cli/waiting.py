"""Waiting for a calculation, with a line that moves where somebody looks."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from okapi_sdk import (
        Calculation,
        OkapiClient,
        PollEvent,
        Request,
    )

    from .target import Target

R = TypeVar("R")


def submit(client: OkapiClient, calculation: Calculation[R]) -> Request[R]:
    """Start a calculation. What the SDK logs as suspicious, such as a TLE far from its epoch, goes to stderr."""
    log, handler = logging.getLogger("okapi_sdk"), _Stderr(logging.WARNING)
    log.addHandler(handler)
    try:
        return client.submit(calculation)
    finally:
        log.removeHandler(handler)


class _Stderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _warn(record.getMessage())


def wait(request: Request[Any], target: Target, timeout: float) -> None:
    """Wait until a calculation has ended, and raise if it failed."""
    target.waits_for = request.ref
    with _progress() as on_poll:
        request.wait(timeout, on_poll=on_poll)
    if request.status.failed:
        request.result()  # raises


def result(request: Request[R], target: Target, timeout: float) -> R:
    """Wait for the result of a calculation. A warning of the platform goes to stderr as one line."""
    from okapi_sdk import OkapiWarning

    wait(request, target, timeout)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OkapiWarning)
        found = request.result(timeout=timeout)
    warn(request)
    return found


def warn(request: Request[Any]) -> None:
    """Tell what the platform warns of."""
    if request.status.warned:
        _warn(request.status.text)


def _warn(text: str) -> None:
    click.echo(f"okapi: warning: {' '.join(text.split())}", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[PollEvent], None] | None]:
    # A result that is there at the first look needs no line: it begins with the first look that finds none.
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn("line"), TimeElapsedColumn(), TextColumn("{task.description}", markup=False)
    line = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    task = line.add_task("")

    def show(event: PollEvent) -> None:
        said = "" if event.status.type == "NONE" else f" ({event.status.type}: {event.status.text})"
        line.update(task, description=f"running: {event.ref}{said}")
        line.start()

    try:
        yield show
    finally:
        if line.live.is_started:
            line.stop()
