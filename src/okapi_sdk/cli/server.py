"""``okapi emulator``."""

from __future__ import annotations

import time

import click

from . import options
from .commands import Command, chosen
from .failures import NO_ACCESS, fail, reported
from .target import PORT, Target, emulator_class


@click.command(cls=Command, short_help="Run a local stand-in for the platform.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--processing-time", type=click.FloatRange(0), default=0.0, show_default=True, metavar="SECONDS",
    help="Duration of each calculation.",
)  # fmt: skip
@click.option(
    "--fleet", type=click.IntRange(0, 400), is_flag=False, flag_value=20, default=0, metavar="[COUNT]",
    help="Start with 20 satellites, or COUNT, and their conjunctions of the next three days.",
)  # fmt: skip
@click.option("--at", metavar="TIME", help="Time of the fleet, such as 2026-11-28T06:00Z.  [default: now]")
def emulator(port: int, processing_time: float, fleet: int, at: str | None) -> None:
    """Run the emulator until Ctrl-C: a server on 127.0.0.1 that speaks the platform's protocol and computes real
    results. It needs no account and no network, and stores nothing on disk.
    """
    with reported(Target(emulator_port=port), default_option="--port"):
        kind = emulator_class()
        instant = None if at is None else options.instant("--at", at)
    try:
        running = kind(port=port, processing_time=processing_time, fleet=fleet, at=instant).start()
    except OSError as error:
        fail(f"cannot listen on port {port}: {error.strerror}; --port 0 picks a free one", NO_ACCESS)
    try:
        with running:
            if not chosen().quiet:
                click.echo(_banner(running.base_url, running.token_url, running.username, running.password))
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        if not chosen().quiet:
            click.echo("The emulator has stopped.")


def _banner(base_url: str, token_url: str, username: str, password: str) -> str:
    port = base_url.rpartition(":")[2]
    return f"""The emulator is running at {base_url} (press Ctrl-C to stop)

  token URL  {token_url}
  user name  {username}
  password   {password}   (not a secret: it works only here)

From the shell:
  okapi passes --tle iss.tle --lat 52.33 --lon 10.65 --from now --to +24h \\
      --emulator-port {port}

From Python:
  OkapiClient("{username}", "{password}",
              base_url="{base_url}",
              token_url="{token_url}")
"""
