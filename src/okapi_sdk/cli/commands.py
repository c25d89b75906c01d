"""Commands and groups of commands, with the global options that all of them accept.

The options stand before or after the name of any command. If one is given twice, the last one counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from .failures import BAD_INPUT, fail
from .target import CALL, PORT, WAIT

LONGEST_WAIT = 366 * 86_400.0


@dataclass
class Chosen:
    """The values of the global options."""

    environment: str | None = None
    emulator: bool = False
    emulator_port: int | None = None
    timeout: float | None = None
    quiet: bool = False
    verbose: bool = False


def chosen() -> Chosen:
    """Return the values of the global options of the running command."""
    return click.get_current_context().find_root().ensure_object(Chosen)


def in_range(rule: str, least: float, most: float) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return a check of a number, made before anything is submitted; click's own ranges accept NaN."""

    def check(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
        if value is not None and not least <= value <= most:
            fail(f"{parameter.opts[0]}: {rule}, not {value:g}", BAD_INPUT)
        return value

    return check


_check_timeout = in_range("a number of seconds greater than 0 and at most 31622400", 1e-9, LONGEST_WAIT)


def _store(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is None or value is False:
        return
    if parameter.name == "timeout":
        _check_timeout(context, parameter, value)
    root = context.find_root()
    found = root.ensure_object(Chosen)
    if parameter.name == "verbose" and not found.verbose:
        from .log import show_calls  # here, not above: help has to be quick

        show_calls(root)
    setattr(found, parameter.name or "", value)
    if found.quiet and found.verbose:
        raise click.UsageError("--quiet and --verbose cannot be combined", context)


def _environments(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from typing import get_args

    from okapi_sdk.settings.environments import EnvironmentName

    return [name for name in get_args(EnvironmentName) if name.startswith(incomplete)]


def _option(*names: str, **settings: Any) -> click.Option:
    return click.Option(names, expose_value=False, callback=_store, **settings)


GLOBAL = (
    _option(
        "--environment", metavar="NAME", shell_complete=_environments,
        help="Environment: production, staging, test, demo, sandbox or legacy.  [default: production]",
    ),
    _option("--emulator", is_flag=True, help="Compute offline, with an emulator for this command only."),
    _option(
        "--emulator-port", type=click.IntRange(1, 65535), metavar="PORT",
        help=f"Use a running emulator; `okapi emulator` listens on {PORT} by default.",
    ),
    _option(
        "--timeout", type=float, metavar="SECONDS",
        help=f"Longest wait for a result, or else for a response.  [default: {WAIT:g} or {CALL:g}]",
    ),
    _option("-q", "--quiet", is_flag=True, help="No progress, warnings, headings and summaries."),
    _option("-v", "--verbose", is_flag=True, help="Show each call on stderr."),
)  # fmt: skip
"""The global options."""


class Command(click.Command):
    """A command with the global options, listed last in its help."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.extend(GLOBAL)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: D102 - click's
        _write_own_options(self, ctx, formatter)
        _write_options("Global options", GLOBAL, ctx, formatter)


class Group(click.Group):
    """A group that has the global options, like all of its commands."""

    command_class: type[click.Command] | None = Command

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.extend(GLOBAL)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: D102 - click's
        _write_own_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)
        _write_options("Global options", GLOBAL, ctx, formatter)


def _write_own_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    own = [parameter for parameter in command.get_params(ctx) if parameter not in GLOBAL]
    _write_options("Options", own, ctx, formatter)


def _write_options(
    heading: str, parameters: Sequence[click.Parameter], ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    if records := [record for parameter in parameters if (record := parameter.get_help_record(ctx))]:
        with formatter.section(heading):
            formatter.write_dl(records)
