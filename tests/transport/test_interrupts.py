"""Ctrl-C at every line of a call, also in other packages: it reaches the caller, and the client stays usable."""

from __future__ import annotations

import _weakrefset
import functools
import gc
import ssl
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import FrameType
from typing import Any

import pytest

from okapi_sdk import OkapiClient, PredictPasses
from tests.support import tls
from tests.support.cases import iss_passes
from tests.support.faults import FaultServer, reply
from tests.support.tls import TlsServer

RESPONSE = {"request_id": "r1", "status": {"type": "NONE", "text": "running"}, "passes": []}
# Do not interrupt finalizers, hypothesis's callback of the collector and callbacks of weak references: an exception
# cannot leave them.
SKIPPED = ("__del__", "gc_callback")
SKIPPED_IN = {(module.__file__, name) for module in (weakref, _weakrefset) for name in ("remove", "_remove")}
# Between two lines of `SSLSocket._create`, two sockets own one descriptor. After an interrupt there, both close it, and
# the second may close a socket of this test's server that has taken its number.
SKIPPED_IN.add((ssl.__file__, "_create"))


class StrikeAt:
    """Raises KeyboardInterrupt at the ``at``-th line of a call, or at its ``at``-th instruction."""

    def __init__(self, at: int, *, instructions: bool = False) -> None:
        self.at, self.instructions = at, instructions
        self.steps = 0
        self.where = ""

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        code = frame.f_code
        if code.co_filename == __file__ or code.co_name in SKIPPED or (code.co_filename, code.co_name) in SKIPPED_IN:
            return None
        if self.instructions:
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event in ("line", "opcode"):
            self.steps += 1
            if self.steps == self.at:
                self.where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
                raise KeyboardInterrupt
        return self

    def interrupt(self, act: Callable[[], object]) -> KeyboardInterrupt | None:
        """Return the interrupt that left a call, or None if the call ended first."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            act()
        except KeyboardInterrupt as cut:
            return cut
        finally:
            sys.settrace(before)
        assert not self.where, f"swallowed at {self.where}"
        return None


def in_another_thread(act: Callable[[], object], seconds: float = 5) -> bool:
    """Return True if a call in another thread ends in time."""
    done: list[object] = []
    thread = threading.Thread(target=lambda: done.append(act()), daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(done)


def in_a_thread_of_its_own(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test in a new thread: a trace function that raises can leave a StopIteration as the exception in progress,
    and every later exception of its thread would have it as context."""

    @functools.wraps(test)
    def run(*arguments: Any, **options: Any) -> None:
        with ThreadPoolExecutor(1) as threads:
            threads.submit(test, *arguments, **options).result()

    return run


CALLS: dict[str, Callable[[OkapiClient], object]] = {
    "send": lambda client: client.send("GET", "satellites"),
    "submit": lambda client: client.submit(iss_passes()),
    "result": lambda client: client.resume("predict-passes/sgp4/r1", PredictPasses).result(),
    "sign in": lambda client: client.sign_in(),
    "run": lambda client: client.run(iss_passes()),
}


# If an interrupt strikes before a new socket is stored anywhere, the garbage collector closes it with a warning.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("call", "kind", "every"),
    [("send", FaultServer, 1), ("send", TlsServer, 23)]
    + [(call, kind, 47) for call in CALLS if call != "send" for kind in (FaultServer, TlsServer)],
)
@in_a_thread_of_its_own
def test_ctrl_c_at_every_line(call: str, kind: type[FaultServer], every: int) -> None:
    at, struck, kept = 0, 0, deque[KeyboardInterrupt](maxlen=20)
    trusting = tls.trusting()
    with kind([reply(200, RESPONSE)]) as server, ExitStack() as stack:

        def new_client() -> OkapiClient:
            # A single connection, so that losing it would be noticed.
            options: Any = {"max_connections": 1, "timeout": 10, "ssl_context": trusting}
            return stack.enter_context(OkapiClient(**server.client, **options))

        client = new_client()
        while True:
            at += every
            if call in ("sign in", "run"):
                stack.close()
                client = new_client()
            else:
                client.sign_in()
            server.requests.clear()
            strike = StrikeAt(at)
            cut = strike.interrupt(lambda client=client: CALLS[call](client))  # type: ignore[misc]
            if cut is None:
                break
            kept.append(cut)  # with its frames, which must hold nothing that other callers need
            struck += 1
            sent = any(request.method == "POST" for request in server.requests)
            notes = " ".join(getattr(cut, "__notes__", ()))
            assert "Idempotency-Key" in notes or "r1" in notes or not sent, strike.where
            assert client.send("GET", "satellites").status_code == 200, strike.where
            if at % 5 == 0:
                assert in_another_thread(lambda client=client: client.send("GET", "satellites")), strike.where
    assert struck > 20
    kept.clear()
    gc.collect()  # here, where the warnings about such sockets are ignored
