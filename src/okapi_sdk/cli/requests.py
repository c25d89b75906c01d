"""``okapi requests``: calculations that were submitted earlier, here or elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from . import options, output, waiting
from .failures import reported
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import Request


@click.group(short_help="Resume calculations by their word.")
def requests() -> None:
    """Calculations submitted earlier, here or elsewhere.

    WORD names one: predict-passes/sgp4/<request id>, as error messages, log lines and str(request.ref) print it. It
    holds at the server that it was submitted to, so name that one: --environment, or --emulator-port.
    """


word: options.Decorator = click.argument("word")


@requests.command(short_help="Whether it runs, has finished or has failed; one look.")
@word
@options.emulator_port
@options.environment
@options.output("text", "json")
def status(word: str, emulator_port: int | None, environment: str | None, output_form: str | None) -> None:
    """Look once whether a calculation still runs, has finished, or has failed. All three end with exit code 0."""
    target = Target(None, emulator_port, environment)
    with reported(target, unnamed="WORD"), target.client() as client:
        request = client.resume(word)
        request.done()
        _show_status(request, output_form)


@requests.command(short_help="Wait until it has ended.")
@word
@options.emulator_port
@options.environment
@options.timeout
@options.output("text", "json")
def wait(
    word: str, emulator_port: int | None, environment: str | None, timeout: float, output_form: str | None
) -> None:
    """Wait until a calculation has ended. A failed one ends with exit code 1."""
    target = Target(None, emulator_port, environment)
    with reported(target, unnamed="WORD"), target.client() as client:
        request = client.resume(word)
        waiting.wait(request, target, timeout)
        waiting.warn(request)
        _show_status(request, output_form)


@requests.command(short_help="Print its result, waiting for it where need be.")
@word
@options.emulator_port
@options.environment
@options.timeout
@options.output("table", "json", "csv")
def result(
    word: str, emulator_port: int | None, environment: str | None, timeout: float, output_form: str | None
) -> None:
    """Print the result of a calculation, and wait for it where it still runs."""
    target = Target(None, emulator_port, environment)
    with reported(target, unnamed="WORD"):
        with target.client() as client:
            found = waiting.result(client.resume(word), target, timeout)
        output.show(found, output_form, target)


def _show_status(request: Request[Any], form: str | None) -> None:
    said = request.status
    state = "failed" if said.failed else "finished" if request.done() else "running"
    if output.chosen(form, "text") == "json":
        told = {"type": said.type, "text": said.text, "input_problem": said.input_problem}
        output.show_json({"request": str(request.ref), "state": state, "status": told})
    else:
        text = "" if said.type == "NONE" else f" ({said.type}: {' '.join(said.text.split())})"
        click.echo(f"{request.ref} {state}{text}")
