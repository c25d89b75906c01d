"""Without its extra, importing the emulator says which extra to install."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("package", ["starlette", "uvicorn", "sgp4", "skyfield", "numpy"])
def test_a_missing_package_names_the_extra(package: str) -> None:
    program = f"""
import sys
sys.modules[{package!r}] = None
try:
    from okapi_sdk.emulator import Emulator
except ImportError as error:
    print(type(error).__name__, error.name, error)
"""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    kind, name, message = done.stdout.strip().split(" ", 2)
    assert (kind, name) == ("ModuleNotFoundError", package)
    assert f"needs the package {package}, which is not installed" in message
    assert 'pip install "okapi-sdk[emulator]"' in message
    assert 'pip install ".[emulator]"' in message
