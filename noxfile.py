"""Sessions: ``nox -l`` lists them."""

import os
import shutil
from collections import Counter
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["tests", "lint", "types"]


@nox.session
def tests(session: nox.Session) -> None:
    """The test suite."""
    session.install(".[tests]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, and the floors of the house."""
    session.install("ruff>=0.14", "import-linter>=2.5", ".[tests]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """mypy and pyright over sources and typing test; completeness of the installed wheel."""
    session.install("mypy>=1.18", "pyright>=1.1.400", ".[tests]")
    session.run("mypy", "src", "tests/typing", "--warn-unused-ignores")
    session.run("pyright", "--project", "pyproject.toml")
    session.run("pyright", "--verifytypes", "okapi_sdk", "--ignoreexternal")


@nox.session
def bench(session: nox.Session) -> None:
    """Against the published clients and bare httpx; writes the tables of docs/benchmarks.md."""
    session.install(".", "okapi-python-connector==2026.post1", "okapi-aether-sdk==1.3.1")
    session.run("python", "-m", "tests.benchmarks", *session.posargs)
    session.install(".[emulator,cli]")
    session.run("python", "-m", "tests.benchmarks.local", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The pages, in docs/_build; warnings are errors."""
    session.install(".[docs,tests]")
    session.run("sphinx-build", "-W", "--keep-going", "-E", "-q", "docs", "docs/_build", *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """The table of faults: every row of tests/faults/catalogue.py, sync and async."""
    session.install(".[tests]")
    session.run("python", "-m", "pytest", "-q", "-m", "fault", "-p", "tests.faults.report", *session.posargs)


@nox.session
def attached(session: nox.Session) -> None:
    """What people attach to httpx sees our calls: OpenTelemetry, pytest-httpx, respx. Installed here only."""
    session.install(".[tests]", "opentelemetry-sdk>=1.40", "opentelemetry-instrumentation-httpx>=0.60b0")
    session.install("pytest-httpx>=0.36", "respx>=0.22")
    session.run("python", "-m", "pytest", "-q", "tests/attached", *session.posargs)


@nox.session
def httpx2(session: nox.Session) -> None:
    """The tests of everything that calls, on httpx2."""
    session.install(".[tests,httpx2]")
    rooms = ("tests/client", "tests/engine", "tests/faults", "tests/objects", "tests/transport")
    session.run("python", "-m", "pytest", "-q", "--http-library=httpx2", *(session.posargs or rooms))


@nox.session
def interop(session: nox.Session) -> None:
    """CDM, OEM, OMM and TDM against readers and writers that others wrote. They are installed here and nowhere else."""
    session.install(".[emulator]", "pytest>=8.4", "hypothesis>=6.130", "oem==0.4.5", "ccsds-ndm-py==0.0.9")
    session.run("python", "-m", "pytest", "-q", "tests/interop", *session.posargs)


PUBLISHED = {
    "okapi-python-connector==2020.1": ("requests",),  # it imports requests and does not name it
    "okapi-python-connector==2026.post1": (),
    "okapi-aether-sdk==1.3.1": (),
}


@nox.session
def conformance(session: nox.Session) -> None:
    """The published clients, unmodified and each in a venv of its own, against the emulator; prints what works."""
    session.install(".[tests]")
    venvs = Path(session.create_tmp())
    for package, needs in PUBLISHED.items():
        session.run("python", "-m", "venv", "--clear", str(venvs / package))
        python = venvs / package / ("Scripts" if os.name == "nt" else "bin") / "python"
        session.run(str(python), "-m", "pip", "install", "-q", package, *needs, external=True)
    environment = {"OKAPI_PUBLISHED_CLIENTS": str(venvs)}
    session.run("python", "-m", "pytest", "-q", "tests/conformance", *session.posargs, env=environment)


@nox.session
def fuzz(session: nox.Session) -> None:
    """A million random inputs for each reader of text; the count and the seed can be given."""
    session.install(".[tests]")
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """The wheel, built twice from two folders: the same bytes."""
    session.install("pip")
    session.run("python", "-m", "tests.packaging.reproducible")


# What the mutants of a module meet, below tests.
SOCKETS = tuple(f"transport/test_{name}.py" for name in ("drivers", "network", "http", "routes"))
MUTATED = {
    "body": ("transport/test_body.py",),
    "failures": ("transport/test_http.py",),
    "drivers": SOCKETS,
    "effects": ("engine/test_token_windows.py", "transport/test_drivers.py", "engine/test_retry_table.py"),
    "flows": ("engine/test_flows.py",),
    "http": (
        *SOCKETS,
        "faults/test_interrupts.py::test_a_task_is_cancelled_at_every_await",
        "faults/test_wire.py::test_a_submit_that_could_not_be_sent_is_not_uncertain",
    ),
    "job": ("engine/test_job.py",),
    "lanes": SOCKETS,
    "network": SOCKETS,
    "polling": ("engine/test_pace.py",),
    "retrying": ("engine/test_retry_table.py", "engine/test_flows.py", "engine/test_job.py"),
    "stored": ("engine/test_lists.py", "engine/test_stored.py"),
    "tokens": ("engine/test_token_windows.py", "engine/test_token_words.py"),
    "turns": (*SOCKETS, "transport/test_interrupts.py"),
    "wire": ("engine/test_wire.py",),
}


@nox.session
def mutation(session: nox.Session) -> None:
    """Mutants of engine and transport: ``nox -s mutation -- wire tokens``; all of it: a quarter hour."""
    session.install("mutmut==3.8.1", ".[tests]")
    ends: Counter[tuple[str, str]] = Counter()
    for module in session.posargs or MUTATED:
        # A copy: mutmut reads its settings from pyproject.toml alone, and an old folder would lend it its results.
        copy = Path(session.create_tmp()) / module
        shutil.rmtree(copy, ignore_errors=True)
        for name in ("src", "tests"):
            shutil.copytree(name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy("README.md", copy)
        tests = ", ".join(f'"tests/{name}"' for name in MUTATED[module])
        settings = Path("pyproject.toml").read_text(encoding="utf-8").replace('"tests/engine"', tests)
        (copy / "pyproject.toml").write_text(settings, encoding="utf-8")
        with session.chdir(copy):
            mutants = f"okapi_sdk._*{module}.*"
            session.run("nice", "-n", "19", "mutmut", "run", "--max-children", "2", mutants, external=True)
            found = str(session.run("mutmut", "results", "--all", "true", silent=True))
        lines = [line for line in found.splitlines() if f"{module}." in line and "__mutmut_" in line]
        ends.update((module, line.rsplit(": ", 1)[1]) for line in lines)
    for (module, end), count in sorted(ends.items()):
        session.log(f"{module}: {count} {end}")


@nox.session
def coverage(session: nox.Session) -> None:
    """Lines and branches of engine and transport that no test reaches; there should be none."""
    session.install(".[tests]", "coverage>=7.10")
    session.run("coverage", "run", "-m", "pytest", "-q", *session.posargs)
    session.run("coverage", "combine", "-q")
    session.run(
        "coverage",
        "report",
        "-m",
        "--include=*/okapi_sdk/_engine/*,*/okapi_sdk/_drivers.py,*/okapi_sdk/_transport/*",
        "--fail-under=100",
    )
