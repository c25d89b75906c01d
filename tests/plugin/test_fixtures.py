"""The pytest plugin, loaded by its entry point into test runs of other projects."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import okapi_sdk

ROOT = Path(__file__).parents[2]
SOURCE = Path(okapi_sdk.__file__).parents[1]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder for the path of a process, with the entry point as pyproject.toml has it: as after an install."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    found = tmp_path / "site"
    info = found / "okapi_sdk_entry_point-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: okapi-sdk-entry-point\nVersion: 1\n")
    lines = ["[pytest11]", *(f"{name} = {target}" for name, target in groups["pytest11"].items())]
    (info / "entry_points.txt").write_text("\n".join(lines))
    return found


def pytest_run(site: Path, tests: str, *options: str) -> subprocess.CompletedProcess[str]:
    """The test run of another project."""
    project = site.parent / "project"
    project.mkdir()
    (project / "test_other.py").write_text(tests)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(SOURCE)])}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-W",
        "error",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        *options,
    ]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)


USERS_TESTS = '''
import asyncio
import time

import pytest

from okapi_sdk import (
    CalculationFailedError, GroundLocation, OkapiWarning, PredictPasses, RateLimitError, RetryPolicy, TimeWindow, Tle,
)

CALCULATION = PredictPasses(
    orbit=Tle.parse("""
        1 25544U 98067A   18218.76369510  .00001449  00000-0  29472-4 0  9993
        2 25544  51.6423 126.6422 0005481  33.3092  62.9075 15.53806849126382
    """),
    ground_location=GroundLocation.at(52.3283, 10.645),
    time_window=TimeWindow.parse("2018-08-07T18:00Z", "2018-08-08T00:00Z"),
)
ports = set()


def test_a_long_calculation_takes_no_time(okapi_emulator, okapi_client, okapi_clock):
    ports.add(okapi_emulator.base_url)
    okapi_emulator.next_calculation(processing_time=600)
    assert len(okapi_client.run(CALCULATION)) == 2
    assert 600 <= okapi_clock.monotonic() < 620
    assert len(okapi_emulator.calculations) == 1


def test_each_test_finds_the_emulator_and_the_clock_as_new(okapi_emulator, okapi_clock):
    ports.add(okapi_emulator.base_url)
    assert (len(ports), okapi_emulator.calls, okapi_emulator.calculations) == (1, [], [])
    assert (okapi_clock.monotonic(), okapi_clock.sleeps) == (0, [])
    okapi_emulator.processing_time = 5
    okapi_emulator.fail_next(500)


def test_tasks(okapi_emulator, async_okapi_client):
    async def passes():
        async with async_okapi_client as client:
            return await client.run(CALCULATION)

    okapi_emulator.next_calculation(processing_time=600)
    assert len(asyncio.run(passes())) == 2


def test_an_async_client_that_is_not_used(async_okapi_client):
    pass


def test_scripts_and_settings_do_not_outlive_their_test(okapi_emulator, okapi_client):
    assert okapi_emulator.processing_time == 0
    assert len(okapi_client.run(CALCULATION)) == 2


def test_statuses(okapi_emulator, okapi_client):
    okapi_emulator.next_calculation(status="FATAL", text="decayed")
    with pytest.raises(CalculationFailedError, match="decayed"):
        okapi_client.run(CALCULATION)
    okapi_emulator.next_calculation(status="WARNING", text="old")
    with pytest.warns(OkapiWarning, match="old"):
        okapi_client.run(CALCULATION)


def test_failures(okapi_emulator, okapi_client):
    okapi_emulator.fail_next(503, times=2, path="/results/")
    assert len(okapi_client.run(CALCULATION)) == 2
    okapi_emulator.fail_next(429, path="/requests", headers={"Retry-After": "3600"})
    with pytest.raises(RateLimitError):
        okapi_client.run(CALCULATION)


class TestInRealTime:
    @pytest.fixture
    def okapi_clock(self):
        from okapi_sdk.settings import SystemClock

        return SystemClock()

    def test_a_calculation_takes_its_time(self, okapi_emulator, okapi_client):
        okapi_emulator.processing_time = 0.2
        began = time.monotonic()
        okapi_client.run(CALCULATION)
        assert time.monotonic() - began >= 0.2
'''


def test_tests_of_other_projects_use_the_fixtures(site: Path) -> None:
    done = pytest_run(site, USERS_TESTS)
    assert "8 passed" in done.stdout, done.stdout + done.stderr


def test_a_run_that_does_not_use_them_loads_nothing(site: Path) -> None:
    tests = """
import sys

def test_loaded():
    heavy = {"pydantic", "httpx", "httpcore", "tenacity", "uvicorn", "starlette", "skyfield", "numpy", "rich", "click"}
    assert "okapi_sdk.pytest_plugin" in sys.modules
    assert not heavy & set(sys.modules)
    assert {name for name in sys.modules if name.startswith("okapi_sdk")} == {
        "okapi_sdk", "okapi_sdk._version", "okapi_sdk.catalogue", "okapi_sdk.pytest_plugin"
    }
"""
    done = pytest_run(site, tests, "-p", "no:hypothesispytest", "-p", "no:anyio")
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_no_fixture_acts_unasked(site: Path) -> None:
    done = pytest_run(site, "def test_nothing(request):\n    assert request.fixturenames == ['request']\n")
    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, 'which is not installed. Install the extra: pip install "okapi-sdk[emulator]"'),
        ("raise RuntimeError('no loop')", "which cannot be used: RuntimeError: no loop."),
    ],
)
def test_without_a_usable_extra_it_says_what_to_do(site: Path, content: str | None, line: str) -> None:
    tests = "def test_one(okapi_client): ...\ndef test_two(okapi_client): ...\n"
    if content is None:
        tests = f"import sys\nsys.modules['uvicorn'] = None\n{tests}"
    else:
        (site / "uvicorn.py").write_text(content)
    done = pytest_run(site, tests)
    assert "2 errors" in done.stdout
    assert f"The fixture okapi_emulator needs the package uvicorn, {line}" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_fixtures_are_listed_with_what_they_are(site: Path) -> None:
    listed = pytest_run(site, "", "--fixtures").stdout
    for name in ("okapi_clock", "okapi_emulator", "okapi_client", "async_okapi_client"):
        assert f"\n{name}" in listed
    assert "_okapi_server" not in listed


@pytest.mark.parametrize("imported", ["okapi_sdk", "okapi_sdk.pytest_plugin"])
def test_the_package_may_be_imported_before_pytest_starts(site: Path, imported: str) -> None:
    program = f"import sys, {imported}, pytest; sys.exit(pytest.main(sys.argv[1:]))"
    project = site.parent / "project"
    project.mkdir()
    (project / "test_other.py").write_text("def test_nothing(okapi_clock): pass")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(SOURCE)])}
    command = [sys.executable, "-W", "error", "-c", program, "-q", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
