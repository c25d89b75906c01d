"""The command line: ``okapi``, or ``python -m okapi_sdk.cli``. Needs the extra ``cli``.

It uses the SDK as any other program would. Nothing here loads more than click before a command runs.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

from okapi_sdk.text import install_command

__all__ = ["main"]


def main() -> None:
    """Run the command line with the arguments of this process, and end the process."""
    # pip installs the command with or without the extra.
    missing = [name for name in ("click", "rich") if find_spec(name) is None]
    if missing:
        sys.stderr.write(f"okapi: {' and '.join(missing)} not installed; {install_command('cli')}\n")
        sys.exit(2)
    try:
        from .app import okapi

        okapi(prog_name="okapi")
    except KeyboardInterrupt:  # so early that no command was there to tell it
        sys.exit(130)
