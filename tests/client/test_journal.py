"""Durable runs: what a journal records, and what a later run makes of it."""

from __future__ import annotations

import logging
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from okapi_sdk import (
    CalculationFailedError,
    ConfigurationError,
    InputError,
    OkapiClient,
    SubmissionUncertainError,
    read_journal,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.journal import Journal
from okapi_sdk.testing import InstantClock
from tests.client.test_map import PENDING, Mapping, SlowPlatform, mapped, passes
from tests.load.journals import killed_run
from tests.load.server import platform
from tests.support.both import Both, Client
from tests.support.faults import FaultServer, answer, hang_up, reply


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "run.db"


def states(journal: Path) -> list[str]:
    return [entry.state for entry in read_journal(journal)]


def posts(emulator: Emulator) -> int:
    return sum(call.method == "POST" and call.path.endswith("/requests") for call in emulator.calls)


def test_a_run_is_recorded(both: Both, client: Client, journal: Path) -> None:
    outcomes = {outcome.position: outcome for outcome in mapped(both, client, passes(5), journal=journal)}
    entries = read_journal(str(journal))
    assert [entry.position for entry in entries] == list(range(5))
    for entry in entries:
        assert entry.endpoint == "predict-passes/sgp4"
        assert entry.state == "succeeded"
        assert entry.reference == str(outcomes[entry.position].ref)
        assert entry.submitted_at == outcomes[entry.position].request.submitted_at
        assert entry.ended_at is not None
        assert entry.error is None


def test_a_run_that_has_ended_is_repeated_without_submits(
    both: Both, client: Client, emulator: Emulator, journal: Path
) -> None:
    first = {outcome.position: outcome for outcome in mapped(both, client, passes(5), journal=journal)}
    before = posts(emulator)
    again = {outcome.position: outcome for outcome in mapped(both, client, passes(5), journal=journal)}
    assert posts(emulator) == before
    assert sorted(again) == list(range(5))
    for position, outcome in again.items():
        assert outcome.ref == first[position].ref
        assert outcome.result().to_dicts() == first[position].result().to_dicts()
        assert outcome.request.submitted_at == first[position].request.submitted_at


def test_a_run_that_was_closed_goes_on(both: Both, client: Client, emulator: Emulator, journal: Path) -> None:
    iterator = Mapping(both, client, iter(passes(20)), journal=journal, max_in_flight=4)
    taken = [next(iterator) for _ in range(3)]
    iterator.close()
    assert len(states(journal)) < 20
    outcomes = mapped(both, client, passes(20), journal=journal)
    assert sorted(outcome.position for outcome in outcomes) == list(range(20))
    assert {outcome.ref for outcome in taken} <= {outcome.ref for outcome in outcomes}
    assert set(states(journal)) <= {"succeeded", "uncertain"}
    uncertain = [outcome for outcome in outcomes if outcome.error is not None]
    assert all(isinstance(outcome.error, SubmissionUncertainError) for outcome in uncertain)


def test_each_way_to_end_is_recorded(both: Both, journal: Path) -> None:
    ends = {
        "r1": reply(200, {"passes": []}),
        "r2": reply(200, {"status": {"type": "FATAL", "text": "it decayed"}}),
        "r3": reply(400, {"message": "no"}),
    }
    submits = iter(
        [*[reply(202, {"request_id": id, **PENDING}) for id in ends], reply(422, {"message": "too long"}), hang_up]
    )

    def respond(connection: Any) -> None:
        if server.received.method == "POST":
            next(submits)(connection)
        else:
            ends[server.received.path.split("/")[-2]](connection)

    with FaultServer([respond]) as server, both.client(**server.client, max_connections=1) as client:
        outcomes = {outcome.position: outcome for outcome in mapped(both, client, passes(5), journal=journal)}
        assert states(journal) == ["succeeded", "failed", "running", "not submitted", "uncertain"]
        entries = read_journal(journal)
        assert "it decayed" in (entries[1].error or "")
        assert entries[2].reference == "predict-passes/sgp4/r3"
        assert [entry.error is None for entry in entries] == [True, False, False, False, False]

        ends["r3"] = reply(200, {"passes": []})
        submits = iter([reply(202, {"request_id": "r4", **PENDING})])
        ends["r4"] = reply(200, {"passes": []})
        before = len(server.requests)
        again = {outcome.position: outcome for outcome in mapped(both, client, passes(5), journal=journal)}
        assert [type(again[position].error) for position in range(5)] == [
            type(None), CalculationFailedError, type(None), type(None), SubmissionUncertainError,
        ]  # fmt: skip
        assert sum(request.method == "POST" for request in server.requests[before:]) == 1
        assert again[4].error.idempotency_key == outcomes[4].error.idempotency_key
        assert states(journal) == ["succeeded", "failed", "succeeded", "succeeded", "uncertain"]


def test_a_refused_submit_is_not_uncertain(both: Both, journal: Path) -> None:
    refused = threading.Event()

    def refuse(connection: Any) -> None:
        connection.sendall(answer(429, {}, {"retry-after": "30"}))
        refused.set()

    class StopError(Exception):
        pass

    def calculations() -> Any:
        yield passes(1)[0]
        while True:
            if states(journal) == ["not submitted"]:
                raise StopError
            yield passes(1)[0]

    with FaultServer([refuse]) as server, both.client(**server.client, max_connections=1) as client:
        with pytest.raises(StopError):
            for _ in Mapping(both, client, calculations(), journal=journal, max_in_flight=10_000):
                pass
        assert refused.is_set()
    assert states(journal) == ["not submitted"]
    finished = reply(200, {"passes": []})
    with SlowPlatform(finished).server as server, both.client(**server.client) as client:
        with closing(sqlite3.connect(journal)) as database, database:
            database.execute("UPDATE calculations SET base_url = ?", (server.url,))
        (outcome,) = mapped(both, client, passes(1), journal=journal)
        assert outcome.error is None


def test_a_changed_input_is_told(both: Both, client: Client, emulator: Emulator, journal: Path) -> None:
    mapped(both, client, passes(3), journal=journal)
    before = posts(emulator)
    with pytest.raises(InputError, match="same calculations in the same order"):
        mapped(both, client, passes(3, first=1), journal=journal)
    assert posts(emulator) == before
    assert len(mapped(both, client, passes(3), journal=journal)) == 3  # nothing was changed


def test_a_shorter_input_is_told(both: Both, client: Client, journal: Path, caplog: pytest.LogCaptureFixture) -> None:
    mapped(both, client, passes(3), journal=journal)
    with caplog.at_level(logging.WARNING, "okapi_sdk"):
        assert len(mapped(both, client, passes(2), journal=journal)) == 2
    assert "records 3" in caplog.text


def test_a_longer_input_is_run(both: Both, client: Client, emulator: Emulator, journal: Path) -> None:
    mapped(both, client, passes(3), journal=journal)
    before = posts(emulator)
    assert len(mapped(both, client, passes(5), journal=journal)) == 5
    assert posts(emulator) == before + 2


def test_another_server_is_told(both: Both, client: Client, journal: Path) -> None:
    mapped(both, client, passes(1), journal=journal)
    with (
        SlowPlatform().server as server,
        both.client(**server.client) as other,
        pytest.raises(ConfigurationError, match="belongs to") as caught,
    ):
        mapped(both, other, passes(1), journal=journal)
    assert server.url in str(caught.value)


def test_two_writers_are_refused(both: Both, client: Client, journal: Path) -> None:
    first = Mapping(both, client, passes(3), journal=journal)
    next(first)
    with pytest.raises(ConfigurationError, match="another run is writing"):
        mapped(both, client, passes(3), journal=journal)
    assert len(list(first)) == 2
    assert len(mapped(both, client, passes(3), journal=journal)) == 3


def damage(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + os.urandom(5000))


def text(path: Path) -> None:
    path.write_text("position,state\n0,running\n" * 100)


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE satellites (name TEXT)")


@pytest.mark.parametrize("spoil", [damage, text, foreign, Path.mkdir])
def test_what_is_no_journal_is_refused_and_left_alone(
    both: Both, client: Client, emulator: Emulator, journal: Path, spoil: Any
) -> None:
    spoil(journal)
    before = journal.read_bytes() if journal.is_file() else b""
    with pytest.raises(ConfigurationError, match=r"run\.db cannot be used"):
        mapped(both, client, passes(1), journal=journal)
    with pytest.raises(ConfigurationError, match=r"run\.db cannot be used"):
        read_journal(journal)
    assert not posts(emulator)
    assert (journal.read_bytes() if journal.is_file() else b"") == before


@pytest.mark.parametrize("path", ["missing/run.db", "/dev/full", "/dev/null/run.db", "\0"])
def test_a_path_that_cannot_be_written_is_told(
    both: Both, client: Client, emulator: Emulator, tmp_path: Path, path: str
) -> None:
    with pytest.raises((ConfigurationError, InputError)):
        mapped(both, client, passes(1), journal=tmp_path / path)
    assert not posts(emulator)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_without_permission_is_told(both: Both, client: Client, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ConfigurationError, match="cannot be used"):
            mapped(both, client, passes(1), journal=tmp_path / "run.db")
    finally:
        tmp_path.chmod(0o700)


def test_a_journal_that_does_not_exist_cannot_be_read(journal: Path) -> None:
    with pytest.raises(ConfigurationError):
        read_journal(journal)
    assert not journal.exists()


@pytest.mark.parametrize("change", ["request = '{'", "request = 5", "submitted_at = 'yesterday'", "submitted_at = 5"])
def test_a_damaged_row_is_told(both: Both, client: Client, journal: Path, change: str) -> None:
    mapped(both, client, passes(1), journal=journal)
    with closing(sqlite3.connect(journal)) as database, database:
        database.execute(f"UPDATE calculations SET {change}")
    with pytest.raises(ConfigurationError, match="cannot be used"):
        mapped(both, client, passes(1), journal=journal)


def test_a_journal_can_be_read_while_it_is_written(both: Both, client: Client, journal: Path) -> None:
    outcomes = Mapping(both, client, passes(30), journal=journal, max_in_flight=3)
    for taken in range(1, 20):
        next(outcomes)
        assert states(journal).count("succeeded") >= taken
        with closing(sqlite3.connect(journal)) as database:
            assert database.execute("SELECT count(*) FROM calculations").fetchone()[0] >= taken
    if shutil.which("sqlite3"):
        command = ["sqlite3", str(journal), "SELECT state FROM calculations WHERE position = 0"]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "succeeded\n"
    outcomes.close()


def test_a_reader_that_stays_does_not_stop_the_run(both: Both, client: Client, journal: Path) -> None:
    mapped(both, client, passes(1), journal=journal)
    with closing(sqlite3.connect(journal, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM calculations").fetchall()
        assert len(mapped(both, client, passes(10), journal=journal)) == 10


def test_no_secret_is_recorded(both: Both, client: Client, emulator: Emulator, journal: Path) -> None:
    iterator = Mapping(both, client, passes(3), journal=journal)
    next(iterator)
    content = b"".join(path.read_bytes() for path in journal.parent.iterdir())
    assert emulator.password.encode() not in content
    assert b"Bearer" not in content
    iterator.close()


FULL = """
import resource, signal, sys
from okapi_sdk import ConfigurationError, OkapiClient
from okapi_sdk.emulator import Emulator
from tests.client.test_map import passes

with Emulator() as emulator, OkapiClient.emulated(emulator) as client:
    taken = []
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for outcome in client.map(passes(400), journal=sys.argv[1]):
            if outcome.ref is None:  # its submit could not be recorded, and was not made
                continue
            taken.append(outcome.ref.id)
            if len(taken) == 5:
                resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
    except ConfigurationError as error:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        assert "cannot be used" in str(error), error
        assert 5 <= len(taken) < 400
        again = {outcome.ref.id if outcome.ref else None for outcome in client.map(passes(400), journal=sys.argv[1])}
        assert set(taken) <= again, set(taken) - again
        posts = [call for call in emulator.calls if call.method == "POST" and call.path.endswith("/requests")]
        # A client of the emulator may repeat a submit with the same key: that starts nothing twice.
        keys = {call.headers["idempotency-key"] for call in posts}
        assert len(keys) <= 400, (len(keys), len(posts))
        print("told")
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_full_disk_is_told_and_loses_nothing(journal: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(journal)], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.stdout == "told\n", ended.stderr


def test_an_entry_that_failed_is_told_to_its_own_thread(journal: Path) -> None:
    written = Journal(journal, "https://platform.example.com")
    written.open()
    with closing(sqlite3.connect(journal)) as database:
        database.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON calculations WHEN NEW.position % 2 "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    refused = []

    def submit(position: int) -> None:
        call: Any = SimpleNamespace(ref=SimpleNamespace(path="predict-passes/sgp4"), key=str(position), digest="")
        try:
            written.submitting(position, call)
        except ConfigurationError:
            refused.append(position)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(submit, range(800)))
    written.close()
    assert sorted(refused) == list(range(1, 800, 2))
    assert [entry.position for entry in read_journal(journal)] == list(range(0, 800, 2))


@pytest.mark.parametrize("kind", ["threads", "tasks"])
def test_killed_runs_account_for_each_calculation(kind: Any, journal: Path) -> None:
    with platform(duration=0.3, delay=0.05) as options:
        account = killed_run(kind, options, journal, 3, random.Random(os.getpid()))
    assert account.faults == []
    assert account.results + account.uncertain == 60


def test_many_entries_take_little_time(emulator: Emulator, journal: Path, clock: InstantClock) -> None:
    with SlowPlatform(reply(200, {"passes": []})).server as server, OkapiClient(**server.client) as client:
        began = time.monotonic()
        assert len(list(client.map(passes(300), journal=journal))) == 300
        assert time.monotonic() - began < 30.0
