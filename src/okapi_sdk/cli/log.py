"""What the SDK logs, on stderr."""

from __future__ import annotations

import logging

import click

from okapi_sdk.text import printable

LOG = logging.getLogger("okapi_sdk")


class StderrHandler(logging.Handler):
    """Shows each record as one line, and marks warnings."""

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record."""
        mark = "warning: " if record.levelno >= logging.WARNING else ""
        click.echo(f"okapi: {mark}{printable(record.getMessage())}", err=True)


def show_calls(context: click.Context) -> None:
    """Show everything that the SDK logs, until the context ends."""
    handler, level = StderrHandler(), LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG)

    def restore() -> None:
        LOG.removeHandler(handler)
        LOG.setLevel(level)

    context.call_on_close(restore)
