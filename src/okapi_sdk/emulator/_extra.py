"""Raise a clear error on import if the ``emulator`` extra is not installed."""

from __future__ import annotations

from importlib.util import find_spec

from ..text import install_command

# numpy comes with skyfield. The last three are imported at the first calculation, which is too late to fail.
_PACKAGES = ("starlette", "uvicorn", "sgp4", "skyfield", "numpy")

for _package in _PACKAGES:
    if find_spec(_package) is None:
        raise ModuleNotFoundError(
            f"okapi_sdk.emulator needs the package {_package}, which is not installed. Install the extra: "
            f"{install_command('emulator')}",
            name=_package,
        )
