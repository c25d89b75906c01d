"""``okapi request``: any path of the platform's API."""

from __future__ import annotations

import json

import click

from . import options, output
from .commands import Command
from .failures import BAD_INPUT, fail, reported
from .target import Target


@click.command(
    cls=Command,
    short_help="Call any path of the API.",
    epilog="""\b
Examples:
  okapi request GET satellites --param limit=5
  okapi request POST sensor-systems --body system.json""",
)
@click.argument("method", type=click.Choice(["GET", "POST", "PATCH", "PUT", "DELETE"], case_sensitive=False))
@click.argument("path")
@click.option("--body", "text", type=click.File("r", encoding="utf-8"), callback=options.text_of, metavar="FILE",
              help="File with the JSON body; - reads standard input.")  # fmt: skip
@click.option("--param", "parameters", multiple=True, metavar="NAME=VALUE", callback=options.pairs_of,
              help="Query parameter; can be repeated.")  # fmt: skip
@options.of_server()
def request(method: str, path: str, text: str | None, parameters: dict[str, str], target: Target) -> None:
    """Call PATH below the base URL, signed in and with retries, and print the response.

    JSON is printed indented, anything else unchanged. A status other than 2xx is an error. Only GET is retried if the
    call may have arrived.
    """
    try:
        body = None if text is None else json.loads(text)
    except (ValueError, RecursionError) as error:
        fail(f"--body: not valid JSON: {error}", BAD_INPUT)
    with reported(target, default_option="PATH"), target.client() as client:
        response = client.send(method.upper(), path, json=body, params=parameters or None)
        content, content_type = response.content, response.headers.get("content-type", "")
        if "json" in content_type and content.strip():
            output.show_json(response.json())
        else:
            click.echo(content.decode("utf-8", "replace"), nl=False)
