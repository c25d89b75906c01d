"""The state file of a watch: JSON with a version, written as a whole, used by one check at a time."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit

from ..errors import ConfigurationError, OkapiError
from ..settings.environments import is_loopback
from ..text import one_line, short
from .sighting import ConjunctionSighting

_FORMAT, _VERSION = "okapi-conjunction-watch", 2
_LARGEST = 2**26
"""Largest state file in bytes."""


@dataclass(frozen=True)
class Account:
    """The account whose conjunctions a state file holds. Neither value is a secret."""

    server: str
    username: str

    @classmethod
    def of(cls, base_url: str, username: str) -> Self:
        """Return the account of a client."""
        parts = urlsplit(base_url)
        # An emulator has another port each time.
        server = f"{parts.scheme}://{parts.hostname}" if is_loopback(parts.hostname or "") else base_url
        return cls(server, username)


_Content = tuple[Account, dict[str, ConjunctionSighting]]


class StateFile:
    """The sightings that were reported last for an account, by ID of the conjunction."""

    def __init__(self, path: Path, account: Account, sightings: Mapping[str, ConjunctionSighting]) -> None:
        self._path = path
        self._account = account
        self.sightings = sightings

    @classmethod
    @contextmanager
    def opened(cls, path: str | os.PathLike[str], account: Account) -> Iterator[StateFile]:
        """Read the file and keep other checks away until the block ends. A file that does not exist is empty.

        Raises:
            ConfigurationError: if the file belongs to another account, is damaged, in use by another check, or cannot
                be read.
        """
        file = Path(path)
        with _alone(file):
            owner, sightings = _read(file) or (account, {})
            if owner != account:
                raise _foreign(file, owner, account)
            yield cls(file, account, sightings)

    def save(self, sightings: Sequence[ConjunctionSighting], checked_at: datetime) -> None:
        """Replace the file. After an error or a crash, it has either the old content or the new one.

        Raises:
            ConfigurationError: if the file cannot be written.
        """
        content = {
            "format": _FORMAT,
            "version": _VERSION,
            **asdict(self._account),
            "checked_at": checked_at.isoformat(),
            "conjunctions": [one.model_dump(mode="json") for one in sightings],
        }
        try:
            _replace(self._path, json.dumps(content, indent=1) + "\n")
        except OSError as error:
            reason = error.strerror
        else:
            return
        raise ConfigurationError(f"The state file {_name(self._path)} cannot be written: {reason}.")


def _read(path: Path) -> _Content | None:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = error.strerror
    else:
        return _parsed(path, data)
    raise ConfigurationError(f"The state file {_name(path)} cannot be read: {reason}.")


def _parsed(path: Path, data: bytes) -> _Content:
    try:
        content: Any = json.loads(data)
        if content["format"] == _FORMAT and content["version"] == _VERSION and len(data) <= _LARGEST:
            found = [ConjunctionSighting.model_validate(item) for item in content["conjunctions"]]
            owner = Account(str(content["server"]), str(content["username"]))
            return owner, {one.conjunction_id: one for one in found}
        reason = f"it is not a {_FORMAT} file of version {_VERSION}"
    except (ValueError, TypeError, KeyError, RecursionError, OkapiError) as error:
        reason = f"it is damaged ({short(str(error), 120)})" if isinstance(error, OkapiError) else "it is damaged"
    raise ConfigurationError(
        f"The state file {_name(path)} cannot be used: {reason}. Restore it, or delete it to start anew: the next "
        "check then reports every conjunction as new."
    )


def _foreign(path: Path, owner: Account, account: Account) -> ConfigurationError:
    whose = f"{one_line(owner.server)}, not to {account.server}"
    if owner.server == account.server:
        whose = f"another account of {account.server}"  # the message may be mailed: it has no user name
    return ConfigurationError(
        f"The state file {_name(path)} belongs to {whose}. A check would report all of its conjunctions as cleared. "
        "Use a state file for each environment and account."
    )


def _replace(path: Path, text: str) -> None:
    # A temporary file in the same folder: only there is the replacement atomic.
    handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock beside the file. The system releases it when the process ends, however it ends."""
    lock = path.with_name(f"{path.name}.lock")
    try:
        file = lock.open("ab")
    except OSError as error:
        reason = error.strerror
    else:
        with file:
            if not _lock(file):
                raise ConfigurationError(
                    f"The state file {_name(path)} is in use by another check. Wait until it ends, or use another file."
                )
            yield
        return
    raise ConfigurationError(f"The lock {_name(lock)} of the state file cannot be opened: {reason}.")


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def _name(path: Path) -> str:
    return short(str(path), 200)
