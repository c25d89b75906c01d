"""The journal of a `map`: a SQLite file from which a later run of the same program goes on."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ._engine.fleet import Entry, Records
from ._engine.job import Job
from ._engine.submitting import Submission
from .errors import (
    CalculationFailedError,
    ConfigurationError,
    InputError,
    InputProblem,
    OkapiError,
    RequestRef,
    ResponseFormatError,
    ResultExpiredError,
    SubmissionUncertainError,
)
from .text import short

_log = logging.getLogger("okapi_sdk")

State = Literal["submitting", "running", "succeeded", "failed", "uncertain", "not submitted"]
"""``submitting``: the POST is under way, or the program ended during it. ``running``: the platform accepted it.
``uncertain``: it may or may not have arrived. ``not submitted``: it did not arrive, and the next run submits it."""

_TABLE = """
CREATE TABLE IF NOT EXISTS calculations (
    position INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,
    state TEXT NOT NULL,
    reference TEXT,
    submitted_at TEXT,
    ended_at TEXT,
    error TEXT,
    idempotency_key TEXT NOT NULL,
    base_url TEXT NOT NULL,
    digest TEXT NOT NULL,
    request TEXT
)
"""


@dataclass(frozen=True)
class JournalEntry:
    """One row of a journal."""

    position: int
    """Place of the calculation in the input, from 0."""
    endpoint: str
    """Endpoint, such as ``predict-passes/sgp4``."""
    state: State | str
    """``submitting``, ``running``, ``succeeded``, ``failed``, ``uncertain`` or ``not submitted``."""
    reference: str | None
    """The reference to resume from, if the platform accepted the calculation."""
    submitted_at: datetime | None
    """Time at which the platform accepted it."""
    ended_at: datetime | None
    """Time at which its result or its error was known."""
    error: str | None
    """Message of its error."""


class Journal(Records):
    """The journal that one run writes. Meanwhile, any number of processes may read it, with any SQLite program."""

    def __init__(self, path: str | os.PathLike[str], base_url: str) -> None:
        self._path, self._base_url = path_of(path), base_url
        self._connections: list[sqlite3.Connection] = []
        # The threads of a run share a connection. `sqlite3` asks it, not the statement, whether a statement failed, so
        # that a statement of another thread in between would turn a failure into a success.
        self._lock = threading.Lock()
        self._length = 0

    def open(self) -> None:
        """Open the file, or create it.

        Raises:
            ConfigurationError: if another run is writing it, or it is not a journal.
        """
        with _typed_errors(self._path, "another run is writing it; wait until that run has ended"):
            # The lock is a file beside the journal, so that readers never wait. The operating system releases it when
            # the process ends, no matter how.
            self._connect(self._path.with_name(self._path.name + "-lock")).execute("BEGIN EXCLUSIVE")
        with _typed_errors(self._path):
            database = self._connect(self._path)
            others = "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table' AND name != 'calculations'"
            (tables,) = database.execute(others).fetchone()
            if tables is not None:
                raise _unusable(self._path, f"it is another program's database, with {short(tables)}")
            # Committed entries survive the end of the process. A power failure may take the last ones.
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute(_TABLE)
            (self._length,) = database.execute("SELECT count(*) FROM calculations").fetchone()

    def _connect(self, path: Path) -> sqlite3.Connection:
        # Each statement commits by itself. The run may continue in another thread of the caller.
        connection = sqlite3.connect(path, timeout=0.0, isolation_level=None, check_same_thread=False)
        self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Close the file, so that another run can write it."""
        with self._lock:
            while self._connections:
                self._connections.pop().close()

    def _execute(self, statement: str, *values: object) -> Any:
        with _typed_errors(self._path), self._lock:
            return self._connections[-1].execute(statement, values).fetchone()

    def find(self, position: int, submission: Submission[Any]) -> Entry | None:
        """Return what an earlier run recorded about a calculation, or None if it has to be submitted.

        Raises:
            InputError: if the journal records another calculation at this place.
            ConfigurationError: if it was submitted to another base URL.
        """
        columns = "base_url, digest, state, request, idempotency_key, submitted_at"
        row = self._execute(f"SELECT {columns} FROM calculations WHERE position = ?", position)  # noqa: S608 - constants
        if row is None:
            return None
        base_url, digest, state, request, key, submitted_at = row
        if base_url != self._base_url:
            raise ConfigurationError(
                f"The journal {self._path} belongs to {base_url}, but this client uses {self._base_url}. Use a "
                f"client for {base_url}, or another journal."
            )
        if digest != submission.digest:
            rule = f"the calculation that {self._path} records at place {position}"
            remedy = "pass the same calculations in the same order, with the same times, or use another journal"
            raise InputError("map", (InputProblem("calculations", submission.ref.path, rule, remedy),))
        if request is None and state == "not submitted":
            return None
        with _typed_errors(self._path):
            return Entry(None if request is None else RequestRef.from_json(request), key, _time(submitted_at))

    def submitting(self, position: int, submission: Submission[Any]) -> None:
        """Record that the POST of a calculation is about to be sent."""
        self._execute(
            "INSERT OR REPLACE INTO calculations (position, endpoint, state, idempotency_key, base_url, digest) "
            "VALUES (?, ?, 'submitting', ?, ?, ?)",
            position, submission.ref.path, submission.key, self._base_url, submission.digest,
        )  # fmt: skip

    def postponed(self, position: int) -> None:
        """Record that the POST of a calculation was not processed, and will be sent again."""
        self._execute("UPDATE calculations SET state = 'not submitted' WHERE position = ?", position)

    def submitted(self, position: int, job: Job[Any]) -> None:
        """Record that the platform accepted a calculation."""
        at = None if job.submitted_at is None else job.submitted_at.isoformat()
        self._execute(
            "UPDATE calculations SET state = 'running', reference = ?, request = ?, submitted_at = ? "
            "WHERE position = ?",
            str(job.ref), job.ref.to_json(), at, position,
        )  # fmt: skip

    def ended(self, position: int, error: OkapiError | None) -> None:
        """Record how a calculation ended."""
        ref = None if error is None else error.ref
        self._execute(
            "UPDATE calculations SET state = ?, ended_at = ?, error = ?, reference = coalesce(reference, ?), "
            "request = coalesce(request, ?) WHERE position = ?",
            _state_after(error), datetime.now(UTC).isoformat(), None if error is None else str(error),
            None if ref is None else str(ref), None if ref is None else ref.to_json(), position,
        )  # fmt: skip

    def exhausted(self, count: int) -> None:
        """Warn if the input is shorter than that of an earlier run."""
        if count < self._length:
            _log.warning(
                "The input has %d calculations, but the journal %s records %d. The others were left as they are.",
                count, self._path, self._length,
            )  # fmt: skip


def read_journal(path: str | os.PathLike[str]) -> list[JournalEntry]:
    """Return the rows of a journal, also while a run is writing it.

    Raises:
        ConfigurationError: if the file does not exist or is not a journal.
    """
    place = path_of(path)
    columns = ", ".join(field.name for field in fields(JournalEntry))
    with _typed_errors(place), closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro", uri=True)) as database:
        rows = database.execute(f"SELECT {columns} FROM calculations ORDER BY position").fetchall()  # noqa: S608 - constants
        return [
            JournalEntry(position, endpoint, state, reference, _time(submitted_at), _time(ended_at), error)
            for position, endpoint, state, reference, submitted_at, ended_at, error in rows
        ]


def path_of(journal: str | os.PathLike[str]) -> Path:
    """Return the path of a journal.

    Raises:
        InputError: if it is not a path.
    """
    path = os.fspath(journal) if isinstance(journal, str | os.PathLike) else None
    if isinstance(path, str) and path and "\0" not in path:
        return Path(path).expanduser()
    problem = InputProblem("journal", short(journal), "the path of a file", 'for example journal="run.db"')
    raise InputError("map", (problem,))


def _state_after(error: OkapiError | None) -> State:
    if error is None:
        return "succeeded"
    if isinstance(error, SubmissionUncertainError):
        return "uncertain"
    if error.ref is None:
        return "not submitted"
    ended = isinstance(error, CalculationFailedError | ResultExpiredError | ResponseFormatError)
    return "failed" if ended else "running"


@contextmanager
def _typed_errors(path: Path, if_locked: str = "") -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, ValueError, TypeError) as error:  # the last two from damaged entries
        locked = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
        reason = if_locked if locked and if_locked else str(error)
    else:
        return
    raise _unusable(path, reason)


def _unusable(path: Path, reason: str) -> ConfigurationError:
    return ConfigurationError(f"The journal {path} cannot be used: {reason}.")


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
