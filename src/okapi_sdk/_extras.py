"""The command that installs an extra of okapi-sdk: the remedy in messages about a missing one."""

from __future__ import annotations


def install(extra: str) -> str:
    """The command for an installed release, and the one for a clone, which works before there is a release."""
    return f'pip install "okapi-sdk[{extra}]", or in a clone of the repository: pip install ".[{extra}]"'
