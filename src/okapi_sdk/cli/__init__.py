"""The command line: ``okapi``, or ``python -m okapi_sdk.cli``. Requires the ``cli`` extra.

It uses the SDK like any other program. Until a command runs, only click is loaded.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

from okapi_sdk import __version__
from okapi_sdk.text import install_command

__all__ = ["main"]


def main() -> None:
    """Run the command line with the arguments of this process, then exit."""
    # pip installs the command even without the extra.
    missing = [name for name in ("click", "rich") if find_spec(name) is None]
    if missing and sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"okapi-sdk {__version__}\n")
        return
    if missing:
        sys.stderr.write(f"okapi: {' and '.join(missing)} not installed; {install_command('cli')}\n")
        sys.exit(3)
    try:
        from .app import okapi

        okapi(prog_name="okapi")
    except KeyboardInterrupt:  # during the imports, before a command could report it
        sys.exit(130)
