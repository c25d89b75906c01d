"""A package that is missing or broken is named, with the remedy."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from okapi_sdk import ConfigurationError
from okapi_sdk.emulator import Emulator
from okapi_sdk.packages import culprit, unusable
from okapi_sdk.results.optional import optional
from okapi_sdk.testing import InstantClock
from tests.emulator import samples
from tests.emulator.conftest import Platform
from tests.emulator.protocol.test_processes import NEPTUNE, states

BROKEN = {
    "raises": ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
    "exits": ("raise SystemExit(3)", "SystemExit: 3"),
    "no-python": ("def (", "SyntaxError: invalid syntax"),
    "binary": ("raise ImportError('libm.so: undefined symbol', name=__name__)", "ImportError: libm.so"),
    "another": ("", "AttributeError: module 'FAKE' has no attribute 'compute'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_package_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = f"fake_{name.replace('-', '_')}"
    code, reason = BROKEN[name]
    (tmp_path / f"{package}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(BaseException) as caught:
        importlib.import_module(package).compute()
    assert culprit(caught.value) == package
    text = unusable(package, caught.value, "emulator")
    assert text.startswith(f"the package {package}, which cannot be used: {reason.replace('FAKE', package)}")
    assert f"It was loaded from {tmp_path / package}.py." in text
    assert f"pip install --force-reinstall {package}" in text


def test_a_broken_dependency_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fake_above.py").write_text("import fake_below")
    (tmp_path / "fake_below.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigurationError, match=r"to_x\(\) needs the package fake_below, which cannot .*ZeroDivision"):
        optional("fake_above", "pandas", "to_x()")


def test_a_missing_package_is_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        optional("fake_missing.part", "pandas", "to_x()")
    text = "to_x() needs the package fake_missing, which is not installed. Install the extra: pip install"
    assert str(caught.value).startswith(text)


def test_a_fault_of_the_sdk_is_none_of_a_package() -> None:
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int("x")
    assert culprit(caught.value) is None


@pytest.mark.parametrize("name", ["exits", "another"])
def test_a_broken_brahe_ends_the_calculation_with_the_reason(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "brahe.py"
    file.write_text(BROKEN[name][0])
    monkeypatch.syspath_prepend(tmp_path)
    with Emulator(clock=InstantClock()) as emulator, Platform(emulator) as platform:
        status = platform.calculate(NEPTUNE, states(), "simple")["status"]
    assert status["type"] == "FATAL"
    assert status["text"].startswith("Numerical propagation needs the package brahe, which cannot be used: ")
    assert f"It was loaded from {file}." in status["text"]


PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.emulator.conftest import Platform
with Emulator(clock=InstantClock()) as emulator, Platform(emulator) as platform:
    print(platform.calculate("predict-passes/sgp4", json.loads(sys.argv[2]), "summary")["status"]["text"])
"""


def test_a_broken_package_of_the_extra_ends_the_calculation_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "sgp4.py").write_text("")
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), json.dumps(samples.passes())]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    text = "The okapi-sdk emulator needs the package sgp4, which cannot be used: ImportError: "
    assert done.stdout.startswith(text)
