"""``okapi doctor``: the setup, checked from the inside to the outside, without the value of any secret."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import click

from okapi_sdk import __version__

from . import options, output
from .commands import Command, chosen
from .failures import FAILED, in_options, reported
from .target import Target

if TYPE_CHECKING:
    from okapi_sdk import OkapiClient

Mark = Literal["ok", "--", "BAD"]
Finding = tuple[Mark, str, str]
_NOT_FOR_USERS = {"tests", "docs", "dev"}
_VARIABLES = ("OKAPI_USERNAME", "OKAPI_PASSWORD", "OKAPI_PASSWORD_FILE", "OKAPI_ENVIRONMENT", "OKAPI_BASE_URL",
              "OKAPI_TOKEN_URL", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE",
              "SSL_CERT_DIR")  # fmt: skip
_PATIENCE = 5.0


@click.command(
    cls=Command,
    short_help="Check credentials, hosts, reachability and versions.",
    epilog="""\b
Example:
  okapi doctor --live > report.json""",
)
@click.option("--live", is_flag=True, help="Submit one SGP4 calculation and compare the keys of its result.")
@options.of_server()
@options.output("text", "json")
def doctor(live: bool, target: Target, output_form: str | None) -> None:
    """Check the setup: versions, credentials, hosts, connections and sign-in. The exit code is 1 if something is wrong.

    The report has names, never the values of variables. With --live, it also has the names and types of the fields in
    the result of a calculation, and no values, so that you can send it to the SDK's authors.
    """
    findings = [*_versions(), *_extras(), *_variables(), *(() if target.is_emulated else _hosts(target))]
    fields: list[dict[str, Any]] = []
    with reported(target, default_option="doctor"):
        from okapi_sdk import OkapiError

        try:
            with target.client() as client:
                began = time.monotonic()
                client.sign_in()
                findings.append(("ok", "sign-in", f"accepted in {time.monotonic() - began:.2f} s"))
                if live:
                    fields = _live(client)
                    unknown = [field["name"] for field in fields if not field["known"]]
                    told = f"unknown to the SDK: {', '.join(unknown)}" if unknown else "all known to the SDK"
                    findings.append(("BAD" if unknown else "ok", "fields of a pass", f"{len(fields)} fields, {told}"))
        except OkapiError as error:
            findings.append(("BAD", "client", in_options(error.message, target)))
    if output.form_or_default(output_form, "text") == "json":
        rows = [{"mark": mark, "subject": subject, "text": text} for mark, subject, text in findings]
        output.show_json({"findings": rows, "fields": fields})
    else:
        for mark, subject, text in findings:
            if chosen().quiet and mark != "BAD":
                continue
            output.show_text(text, f"{mark:<4}{subject:<22}")
    if any(mark == "BAD" for mark, _, _ in findings):
        raise click.exceptions.Exit(FAILED)


def _versions() -> Iterator[Finding]:
    import platform
    import ssl

    yield "ok", "okapi-sdk", f"{__version__}, Python {platform.python_version()}, {platform.system()}"
    for name in _requirements().get("", ()):
        yield "ok", name, _version(name) or "not installed"
    yield "ok", "clock", f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    yield "ok", "TLS", ssl.OPENSSL_VERSION


def _extras() -> Iterator[Finding]:
    """Yield each extra with the versions of its packages, or what is missing and how to install it."""
    from okapi_sdk.text import install_command

    requirements = _requirements()
    for extra, names in requirements.items():
        if not extra or extra in _NOT_FOR_USERS:
            continue
        versions = {name: _version(name) for name in names}
        missing = [name for name, version in versions.items() if version is None]
        if missing:
            yield "--", f"extra {extra}", f"{', '.join(missing)} not installed: {install_command(extra)}"
        else:
            yield "ok", f"extra {extra}", ", ".join(f"{name} {version}" for name, version in versions.items())


def _requirements() -> dict[str, list[str]]:
    """Return the packages that the SDK requires, by extra; "" is the SDK without extras."""
    from importlib.metadata import PackageNotFoundError, requires

    found: dict[str, list[str]] = {}
    with suppress(PackageNotFoundError):  # the sources are on the path, but not installed
        for text in requires("okapi-sdk") or ():
            requirement, _, marker = text.partition(";")
            name = re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0]
            extra = re.search(r"extra *== *['\"]([\w-]+)", marker)
            if name != "okapi-sdk":  # an extra that includes another one
                found.setdefault(extra[1] if extra else "", []).append(name)
    return found


def _version(name: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _variables() -> Iterator[Finding]:
    for name in _VARIABLES:
        is_set = bool(os.environ.get(name) or os.environ.get(name.lower()))
        if is_set or name in ("OKAPI_USERNAME", "OKAPI_PASSWORD"):
            yield ("ok", name, "set") if is_set else ("--", name, "not set")


def _hosts(target: Target) -> Iterator[Finding]:
    """Look up and connect to both hosts, without credentials."""
    import socket
    import ssl
    from urllib.parse import urlsplit

    from okapi_sdk import ConfigurationError
    from okapi_sdk.settings.environments import VARIABLES, environment_for

    try:
        chosen = environment_for(target.environment, None, None)
    except ConfigurationError as error:
        yield "BAD", "environment", in_options(error.message, target)
        return
    variables = [name for name in VARIABLES if os.environ.get(name)]
    origin = "--environment" if target.environment else " and ".join(variables) or "the default, production"
    yield "ok", "environment", f"from {origin}"
    for label, url in (("API", chosen.base_url), ("sign-in host", chosen.token_url)):
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        try:
            with socket.create_connection((host, port), timeout=_PATIENCE) as connection:
                text = "connected"
                if parts.scheme == "https":
                    with ssl.create_default_context().wrap_socket(connection, server_hostname=host) as secure:
                        text = f"{secure.version()}, certificate verified"
        except OSError as error:
            proxied = any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"))
            note = " (expected if only the proxy reaches it)" if proxied else ""
            yield "--" if proxied else "BAD", label, f"{host}: {error.strerror or error}{note}"
        else:
            yield "ok", label, f"{host}: {text}"


def _live(client: OkapiClient) -> list[dict[str, Any]]:
    """Return names and types of the fields of a pass and of its track, and whether the SDK knows them."""
    from okapi_sdk import GroundLocation, Pass, PredictPasses, TimeWindow, Tle, TrackPoint

    tle = Tle.parse(_ELEMENT_SET)
    passes = client.run(
        PredictPasses(
            orbit=tle,
            ground_location=GroundLocation.at(48.0, 11.0),
            time_window=TimeWindow.starting(tle.epoch, timedelta(days=1)),
        )
    )
    rows = passes.to_dicts()[:1]
    tracks = [point for row in rows for point in list(row.get("track") or ())[:1]]
    return [
        {"name": name, "type": type(value).__name__, "known": name.rpartition(".")[2] in model.model_fields}
        for prefix, model, found in (("", Pass, rows), ("track.", TrackPoint, tracks))
        for row in found
        for name, value in ((prefix + key, value) for key, value in row.items())
    ]


_ELEMENT_SET = """1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993
2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382"""
