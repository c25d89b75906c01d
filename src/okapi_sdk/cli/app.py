"""The command ``okapi``: help, version, completion and usage errors."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click
from click.shell_completion import get_completion_class

from okapi_sdk import __version__

from .commands import Group
from .failures import BAD_INPUT, EXIT_CODES, FAILED, fail

# Raised by a group without arguments. Before click 8.2 the group printed its help and exited.
_HELP: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    if sys.stdout is None:  # closed by the shell, as in >&-
        fail("stdout is closed, so there is no place for the output", FAILED)
    try:
        yield
    except click.UsageError as error:
        if isinstance(error, _HELP):
            raise
        command = "okapi" if error.ctx is None else error.ctx.command_path
        fail(f"{error.format_message().removesuffix('.')} (see {command} --help)", BAD_INPUT)
    except UnicodeEncodeError as error:
        fail(f"the output has characters that {error.encoding} lacks; set PYTHONIOENCODING=utf-8", FAILED)
    except OSError as error:  # input files are read by now, and errors of connections are the SDK's
        _discard_output()
        fail(f"the output cannot be written: {error.strerror}", FAILED)


def _discard_output() -> None:
    # Otherwise Python writes the rest when it exits, and reports the same error again.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_COMMANDS = {
    "passes": ("passes", "Predict passes of satellites over places."),
    "propagate": ("orbits", "Compute states of an object along its orbit."),
    "risk": ("risk", "Estimate the risk of a conjunction."),
    "conjunctions": ("conjunctions", "List, show and watch conjunctions."),
    "satellites": ("satellites", "List, show, add, change and delete satellites."),
    "cdm": ("messages", "Check, convert and show conjunction data messages."),
    "tle": ("messages", "Check two-line element sets."),
    "request": ("request", "Call any path of the API."),
    "requests": ("requests", "Resume calculations by their reference."),
    "plot": ("plot", "Draw passes, ground tracks and risks."),
    "doctor": ("doctor", "Check credentials, hosts, reachability and versions."),
    "emulator": ("server", "Run a local stand-in for the platform."),
    "completion": ("", "Print a completion script for a shell."),
}
"""Module and short help of each command. A module is imported when its command is used."""


class _Okapi(Group):
    """A group that reports in one line usage errors, its own and its commands', and output that cannot be written."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _COMMANDS and cmd_name not in self.commands:
            module = importlib.import_module(f".{_COMMANDS[cmd_name][0]}", __package__)
            self.add_command(getattr(module, cmd_name))
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with _errors_in_one_line():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _errors_in_one_line():
            return super().invoke(ctx)


_EXITS = "\n".join(f"  {code:>3}  {meaning}" for code, meaning in EXIT_CODES.items())


@click.group(
    cls=_Okapi,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"""\b
Exit codes:
{_EXITS}

\b
Credentials: OKAPI_USERNAME with OKAPI_PASSWORD or OKAPI_PASSWORD_FILE.
Without an account: --emulator.""",
)
@click.version_option(__version__, message="okapi-sdk %(version)s")
def okapi() -> None:
    """OKAPI:Orbits space traffic from the shell. Prints tables on a terminal and JSON in a pipe."""


@okapi.command(short_help="Print a completion script for a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands and options with Tab.

    \b
    bash   okapi completion bash > ~/.local/share/bash-completion/completions/okapi
    zsh    okapi completion zsh > ~/.okapi-complete.zsh; echo 'source ~/.okapi-complete.zsh' >> ~/.zshrc
    fish   okapi completion fish > ~/.config/fish/completions/okapi.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click supports all three
    click.echo(kind(okapi, {}, "okapi", "_OKAPI_COMPLETE").source())
