"""Running the command line: in this process, as a process, and on a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from click.testing import CliRunner, Result

import okapi_sdk
from okapi_sdk.cli.app import okapi
from tests.support.cases import ISS

OKAPI = [sys.executable, "-m", "okapi_sdk.cli"]
EVENING = ["--lat", "52.3283", "--lon", "10.645", "--height", "48", "--from", "2018-08-07T18:00Z", "--to", "+6h"]
PASSES = ["passes", "--tle", "-", *EVENING]
PROPAGATE = ["propagate", "--tle", "-", "--to", "+1h", "--step", "600"]


def run(*arguments: object, stdin: str | bytes = ISS) -> Result:
    """In this process, with stdout and stderr as files."""
    return CliRunner().invoke(okapi, [str(argument) for argument in arguments], input=stdin, prog_name="okapi")


def at(url: str) -> list[str]:
    """The option that names the server at an address of this machine."""
    return ["--emulator-port", str(urlsplit(url).port)]


def environment(**changes: str) -> dict[str, str]:
    """For a process that has this package on its path, and no credentials."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OKAPI_")}
    return {**kept, "PYTHONPATH": str(Path(okapi_sdk.__file__).parents[1]), **changes}


def process(*arguments: object, stdin: str = ISS, **changes: str) -> subprocess.CompletedProcess[str]:
    """As a process, with pipes."""
    command = [*OKAPI, *(str(argument) for argument in arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, env=environment(**changes), timeout=60)
