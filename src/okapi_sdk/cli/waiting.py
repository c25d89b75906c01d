"""Waiting for a calculation, with a progress line on a terminal."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from okapi_sdk.text import printable

from .commands import chosen
from .log import LOG, StderrHandler

if TYPE_CHECKING:
    from okapi_sdk import (
        Calculation,
        OkapiClient,
        PollEvent,
        Request,
    )

    from .target import Target

R = TypeVar("R")


def show_reference(request: Request[Any]) -> None:
    """Print the reference of a calculation that is not waited for."""
    click.echo(str(request.ref))


def submit(client: OkapiClient, calculation: Calculation[R]) -> Request[R]:
    """Submit a calculation, showing the SDK's warnings on stderr, such as one for a TLE far from its epoch."""
    if chosen().verbose or chosen().quiet:  # verbose shows them as well
        return client.submit(calculation)
    handler = StderrHandler(logging.WARNING)
    LOG.addHandler(handler)
    try:
        return client.submit(calculation)
    finally:
        LOG.removeHandler(handler)


def wait(request: Request[Any], target: Target) -> None:
    """Wait until a calculation has ended. Raise if it failed."""
    target.waits_for = request.ref
    with _progress() as on_poll:
        request.wait(target.wait, on_poll=on_poll)
    if request.status.failed:
        request.result()  # raises


def result(request: Request[R], target: Target) -> R:
    """Wait for the result of a calculation. A warning from the platform is shown as one line on stderr."""
    from okapi_sdk import OkapiWarning

    wait(request, target)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OkapiWarning)
        value = request.result(timeout=target.wait)
    show_platform_warning(request)
    return value


def show_platform_warning(request: Request[Any]) -> None:
    """Show the platform's warning about a calculation, if there is one."""
    if request.status.warned:
        _show_warning(request.status.text)


def _show_warning(text: str) -> None:
    if not chosen().quiet:
        click.echo(f"okapi: warning: {printable(text)}", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[PollEvent], None] | None]:
    # The line starts after the first poll, so a result that is ready immediately shows none.
    if chosen().quiet or chosen().verbose or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn("line"), TimeElapsedColumn(), TextColumn("{task.description}", markup=False)
    line = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    task = line.add_task("")

    def show(event: PollEvent) -> None:
        text = "" if event.status.type == "NONE" else f" ({event.status.type}: {event.status.text})"
        line.update(task, description=printable(f"running: {event.ref}{text}"))
        line.start()

    try:
        yield show
    finally:
        if line.live.is_started:
            line.stop()
