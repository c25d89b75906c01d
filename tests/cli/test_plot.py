"""``okapi plot``: a file with a picture, or a message in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from okapi_sdk import Conjunctions, OkapiClient
from okapi_sdk.cli.app import okapi
from okapi_sdk.emulator import Emulator
from tests.models.samples import LINE1, LINE2

PLACE = ("--lat", "52.33", "--lon", "10.65", "--from", "2018-08-07T18:00Z", "--next", "12h", "--emulator")
MAGIC = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    (folder / "iss.tle").write_text(f"{LINE1}\n{LINE2}\n")
    done = CliRunner().invoke(okapi, ["plot", *(text.replace("FOLDER", str(folder)) for text in arguments)])
    return done.exit_code, done.output


@pytest.mark.parametrize("ending", MAGIC)
@pytest.mark.parametrize(
    "arguments",
    [("sky", *PLACE), ("passes", *PLACE), ("track", "--next", "90m", "--emulator")],
    ids=lambda arguments: arguments[0],
)
def test_it_draws_into_a_file(arguments: tuple[str, ...], ending: str, tmp_path: Path) -> None:
    name, *options = arguments
    assert run(tmp_path, name, f"FOLDER/picture{ending}", "--tle", "FOLDER/iss.tle", *options) == (0, "")
    assert (tmp_path / f"picture{ending}").read_bytes().startswith(MAGIC[ending])


def test_it_draws_the_risk_of_a_conjunction(tmp_path: Path) -> None:
    with Emulator(fleet=True) as emulator, OkapiClient.emulated(emulator) as client:
        conjunction = client.list(Conjunctions()).first()
        assert conjunction is not None
        port = emulator.base_url.rpartition(":")[2]
        for extra in ((), ("--trend",)):
            options = ("--conjunction", conjunction.id, "--emulator-port", port, *extra)
            assert run(tmp_path, "risk", "FOLDER/risk.png", *options) == (0, "")
            assert (tmp_path / "risk.png").stat().st_size > 5000


def test_an_unknown_format_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    (tmp_path / "iss.tle").write_text(f"{LINE1}\n{LINE2}\n")
    command = [sys.executable, "-m", "okapi_sdk.cli", "plot", "track", "picture.gif", "--tle", "iss.tle", "--emulator"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert ".png, .svg, .pdf" in done.stderr
