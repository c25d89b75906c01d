"""No calculation is lost or doubled: the connection is cut at every byte, and the server's ledger is the judge."""

from __future__ import annotations

import random
import socket
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from okapi_sdk import RetryPolicy, SubmissionUncertainError
from okapi_sdk.testing import InstantClock
from tests.support.both import Both
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, Script, answer, reply, reset

from .outcomes import outcome

# Each call has a connection of its own: on one that is just being closed the ledger would see nothing.
ACCEPTED = answer(202, {"request_id": "r1", "status": {"type": "NONE", "text": "running"}}, {"connection": "close"})
Record = Callable[[str, object], None]


class Ledger:
    """Where the connection is cut, and how many whole POSTs arrived."""

    def __init__(self) -> None:
        self.posts = 0
        self.request_bytes: int | None = None
        """Bytes of the request that are read before the connection is dropped; None for all."""
        self.answer_bytes = len(ACCEPTED)
        """Bytes of the answer that are sent before it is dropped."""
        self.seen = b""

    def serve(self, connection: socket.socket) -> None:
        """One request on a connection of its own."""
        self.seen = b""
        while self.request_bytes is None or len(self.seen) < self.request_bytes:
            wanted = 65536 if self.request_bytes is None else self.request_bytes - len(self.seen)
            self.seen += connection.recv(wanted)
            if whole(self.seen):
                self.posts += 1
                connection.sendall(ACCEPTED[: self.answer_bytes])
                break
        # With bytes still unread this is a reset, else an end.
        connection.close()


def whole(request: bytes) -> bool:
    """Whether a request is complete by its own Content-Length."""
    head, end, body = request.partition(b"\r\n\r\n")
    if not end:
        return False
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return len(body) >= int(length.partition(b":")[2])


class LedgerServer(FaultServer):
    """Signs in as ever; any other connection is the ledger's."""

    ledger: Ledger

    def _serve(self, connection: socket.socket) -> None:
        if connection.recv(5, socket.MSG_PEEK) == b"POST " and b"/oauth/token" in connection.recv(64, socket.MSG_PEEK):
            super()._serve(connection)
        else:
            self.ledger.serve(connection)


@pytest.mark.fault("S2", "S3", "S5", "X17")
def test_a_submit_is_carried_out_once_or_its_fate_is_said_to_be_unknown(
    both: Both, clock: InstantClock, record_property: Record
) -> None:
    kept = reply(200, {"access_token": "token-of-this-test", "expires_in": 86400}, {"connection": "close"})
    counts: Counter[str] = Counter()
    with LedgerServer([], sign_in=kept) as server:
        server.ledger = ledger = Ledger()
        with both.client(**server.client, clock=clock) as client:
            client.sign_in()
            handle = outcome(client.submit, iss_passes())
            assert (handle.id, ledger.posts) == ("r1", 1)
            length = len(ledger.seen)
            cuts = [(count, 0) for count in range(length)] + [(None, count) for count in range(len(ACCEPTED) + 1)]
            for ledger.request_bytes, ledger.answer_bytes in cuts:
                ledger.posts = 0
                found = outcome(client.submit, iss_passes())
                assert ledger.posts == (0 if ledger.request_bytes is not None else 1)
                if ledger.answer_bytes == len(ACCEPTED):
                    assert found.id == "r1"
                    counts["handles"] += 1
                    continue
                assert isinstance(found, SubmissionUncertainError)
                assert found.idempotency_key is not None
                if b"idempotency-key" in ledger.seen and whole(ledger.seen):
                    assert found.idempotency_key.encode() in ledger.seen
                assert "Submit it again only if running it twice does no harm" in str(found)
                if ledger.answer_bytes > ACCEPTED.index(b"\r\n\r\n") + 4:
                    assert found.status_code == 202
                counts["uncertain"] += 1
            assert server.sign_ins == 1
    assert counts == {"handles": 1, "uncertain": len(cuts) - 1}
    record_property(f"cuts within a submit, {both.kind}: {length} of its bytes and {len(ACCEPTED)} of its answer",
                    f"0 doubled, 0 lost, {counts['uncertain']} said to be uncertain")  # fmt: skip


class Honest:
    """A server that honours the key, and loses connections and answers by a fixed seed."""

    def __init__(self, share: float) -> None:
        self.random = random.Random(20180807)
        self.share = share
        self.server: FaultServer | None = None
        self.calculations: dict[str, str] = {}
        self.posts = 0

    def __call__(self, connection: socket.socket) -> None:
        assert self.server is not None
        self.posts += 1
        fate = self.random.choice(["lost before", "lost after", "502", "503", "torn"])
        if self.random.random() >= self.share:
            fate = "well"
        if fate == "lost before":
            return reset(connection)
        if fate == "503":
            return reply(503, b"", {"retry-after": "1"})(connection)
        key = self.server.received.headers["idempotency-key"]
        id = self.calculations.setdefault(key, f"r{len(self.calculations)}")
        accepted = answer(202, {"request_id": id})
        if fate == "lost after":
            return reset(connection)
        if fate == "torn":
            connection.sendall(accepted[:-3])
            return connection.close()
        return connection.sendall(accepted if fate == "well" else answer(502))


@pytest.mark.fault("S22")
@pytest.mark.parametrize("share", [0.1, 0.3])
def test_with_a_key_that_is_honoured_every_submit_is_one_calculation(
    both: Both, clock: InstantClock, record_property: Record, share: float
) -> None:
    honest = Honest(share)
    script: Script = honest
    count, handles, uncertain = 500, set(), 0
    with FaultServer([script]) as server:
        honest.server = server
        with both.client(**server.client, clock=clock, retry=RetryPolicy(submit="same-key", attempts=10)) as client:
            for _ in range(count):
                found: Any = outcome(client.submit, iss_passes())
                if isinstance(found, SubmissionUncertainError):
                    uncertain += 1
                elif not isinstance(found, Exception):
                    handles.add(found.id)
    assert handles <= set(honest.calculations.values())
    assert len({request.headers["idempotency-key"] for request in server.requests}) == count
    if share <= 0.1:  # retries that successes pay for
        assert len(handles) == len(honest.calculations) == count
    figure = (
        f"{len(handles)} handles, {len(honest.calculations)} calculations, {uncertain} uncertain, {honest.posts} POSTs"
    )
    record_property(f"{count} submits with an honoured key, {share:.0%} faults, {both.kind}", figure)
