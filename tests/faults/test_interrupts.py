"""Ctrl-C and cancellation in every phase: they pass at once, leave their word, and take no connection with them."""

from __future__ import annotations

import asyncio
import importlib
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import pytest

from okapi_sdk import AsyncOkapiClient, OkapiClient, PredictPasses
from tests.support.cases import iss_passes
from tests.support.faults import TOKEN, FaultServer, Script, answer, drip, hang, in_turn, reply

from .outcomes import Record

PENDING = {"request_id": "r1", "status": {"type": "NONE", "text": "running"}}
GRANTED = reply(200, {"access_token": TOKEN, "expires_in": 86400})
WORD = "predict-passes/sgp4/r1"
AT_ONCE = 0.1


class CancelledAt:
    """Awaits something, and cancels its task as it comes to its ``at``-th suspension."""

    def __init__(self, awaited: Awaitable[Any], at: int) -> None:
        self.steps = awaited.__await__()
        self.at = at
        self.suspensions = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        cut: BaseException | None = None
        while True:
            try:
                waited = self.steps.send(None) if cut is None else self.steps.throw(cut)
            except StopIteration as stop:
                assert cut is None, "a cancellation was swallowed"
                return stop.value
            self.suspensions += 1
            if self.suspensions == self.at:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            try:
                yield waited
                cut = None
            except asyncio.CancelledError as error:
                cut = error


PHASES: dict[str, Callable[[AsyncOkapiClient], Awaitable[Any]]] = {
    "sign-in": lambda client: client.sign_in(),
    "submit": lambda client: client.submit(iss_passes()),
    "wait": lambda client: client.resume(WORD, PredictPasses).wait(),
    "send": lambda client: client.send("GET", "satellites"),
    "close": lambda client: client.close(),
}


@pytest.mark.fault("P15", "S19", "T5", "E11", only="async")
@pytest.mark.parametrize("phase", PHASES)
def test_a_task_is_cancelled_at_every_await(record_property: Record, phase: str) -> None:
    async def cut(server: FaultServer, at: int) -> bool:
        # With one connection in all, one that leaked would be missed by the next call.
        client = AsyncOkapiClient(**server.client, max_connections=1, timeout=5)
        if phase == "close":
            await client.send("GET", "satellites")
        cancelled = CancelledAt(PHASES[phase](client), at)
        reached = True
        try:
            await cancelled
            reached = cancelled.suspensions >= at
        except asyncio.CancelledError as error:
            notes = " ".join(getattr(error, "__notes__", ()))
            assert WORD in notes or phase != "wait"
            assert "Idempotency-Key" in notes or phase != "submit"
        if phase != "close":
            assert (await client.send("GET", "satellites")).status_code == 200
        await client.close()
        return reached

    at = 0
    with FaultServer([reply(200, {"request_id": "r1", "passes": []})]) as server:
        while asyncio.run(cut(server, at + 1)):
            at += 1
            assert at < 500
    assert at > 0 or phase == "close"
    record_property(f"awaits at which {phase} was cancelled, none leaked", at)


def interrupting(then: Script, struck: list[float]) -> Script:
    """Send Ctrl-C to the main thread as this request arrives, a little into the wait for its answer."""

    def run(connection: socket.socket) -> None:
        def strike() -> None:
            struck.append(time.monotonic())
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

        threading.Timer(0.02, strike).start()
        then(connection)

    return run


SLOW = drip(answer(200, {"request_id": "r1", "passes": []}), 0.05)
STRUCK: dict[str, tuple[str, Callable[[OkapiClient], object], str]] = {
    "signing in": ("sign-in", lambda client: client.sign_in(), ""),
    "signing in for a submit": ("sign-in", lambda client: client.submit(iss_passes()), "Idempotency-Key"),
    "submitting": ("call", lambda client: client.submit(iss_passes()), "Idempotency-Key"),
    "looking": ("call", lambda client: client.resume(WORD, PredictPasses).done(), WORD),
    "waiting": ("call", lambda client: client.resume(WORD, PredictPasses).wait(), WORD),
    "pausing": ("pause", lambda client: client.resume(WORD, PredictPasses).wait(), WORD),
    "reading a result": ("call", lambda client: client.resume(WORD, PredictPasses).result(), WORD),
    "reading": ("call", lambda client: client.send("GET", "satellites"), ""),
}


@pytest.mark.fault("P14", "S19", "T6", only="sync")
@pytest.mark.parametrize("fault", [hang, SLOW], ids=["silence", "drops"])
@pytest.mark.parametrize("phase", STRUCK)
def test_ctrl_c_passes_at_once(record_property: Record, phase: str, fault: Script) -> None:
    where, act, word = STRUCK[phase]
    struck: list[float] = []
    strike = interrupting(reply(202, PENDING, {"retry-after": "20"}) if where == "pause" else fault, struck)
    signed = GRANTED if where != "sign-in" else in_turn(strike, GRANTED)
    scripts = [reply(200, PENDING)] if where == "sign-in" else [strike, reply(200, PENDING)]
    with FaultServer(scripts, sign_in=signed) as server:
        with OkapiClient(**server.client, max_connections=1, timeout=5) as client:
            with pytest.raises(KeyboardInterrupt) as caught:
                act(client)
            took = time.monotonic() - struck[0]
            assert word in " ".join(getattr(caught.value, "__notes__", ("",)))
            assert client.send("GET", "satellites").status_code == 200
    assert took < AT_ONCE
    record_property(f"Ctrl-C while {phase}, ms", f"{1000 * took:.1f}")


@pytest.mark.fault("T6")
def test_ctrl_c_as_a_lock_is_taken_leaves_the_client_usable(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    # The locks of httpcore are taken by a line of Python, after which Ctrl-C can strike.
    pool = pytestconfig.getoption("--http-library").replace("httpx", "httpcore")
    kind = importlib.import_module(f"{pool}._synchronization").Lock

    def struck(lock: Any) -> Any:
        taken = take(lock)
        if armed and threading.current_thread() is threading.main_thread():
            armed.pop()
            if not armed:
                raise KeyboardInterrupt
        return taken

    take = kind.__enter__
    armed: list[None] = []
    monkeypatch.setattr(kind, "__enter__", struck)
    with FaultServer([reply(200, [])]) as server:
        for at in range(1, 20):
            with OkapiClient(**server.client, timeout=5, max_connections=1) as client:
                armed[:] = [None] * at
                try:
                    client.send("GET", "satellites")
                except KeyboardInterrupt:
                    other = threading.Thread(target=client.send, args=("GET", "satellites"))
                    other.start()
                    other.join(10)
                    assert not other.is_alive()
                else:
                    break
        armed.clear()
    assert at > 2
