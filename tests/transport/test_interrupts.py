"""Ctrl-C at every line of a call, whoever wrote the line: it passes, and takes nothing with it."""

from __future__ import annotations

import functools
import sys
import threading
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

ANSWER = {"request_id": "r1", "status": {"type": "NONE", "text": "running"}, "passes": []}
# Where a Ctrl-C cannot strike: in the trace itself, in what only the destruction of an object runs, in this file.
LEFT_OUT = ("__del__",)


class StrikeAt:
    """Raises KeyboardInterrupt as the ``at``-th line of a call begins, or its ``at``-th instruction."""

    def __init__(self, at: int, *, instructions: bool = False) -> None:
        self.at, self.instructions = at, instructions
        self.steps = 0
        self.where = ""

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename == __file__ or frame.f_code.co_name in LEFT_OUT:
            return None
        if self.instructions:
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event in ("line", "opcode"):
            self.steps += 1
            if self.steps == self.at:
                self.where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
                raise KeyboardInterrupt
        return self

    def strikes(self, act: Callable[[], object]) -> KeyboardInterrupt | None:
        """The interrupt that came out of a call; None where it ended before."""
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
    """Whether a call of another thread ends."""
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


# A socket that is interrupted before anybody keeps it is closed as it is collected, with a warning.
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
    with kind([reply(200, ANSWER)]) as server, ExitStack() as stack:

        def made() -> OkapiClient:
            # One connection in all, so that a lost one would be missed.
            options: Any = {"max_connections": 1, "timeout": 10, "ssl_context": trusting}
            return stack.enter_context(OkapiClient(**server.client, **options))

        client = made()
        while True:
            at += every
            if call in ("sign in", "run"):
                stack.close()
                client = made()
            else:
                client.sign_in()
            server.requests.clear()
            strike = StrikeAt(at)
            cut = strike.strikes(lambda it=client: CALLS[call](it))  # type: ignore[misc]
            if cut is None:
                break
            kept.append(cut)  # with its frames, which must hold nothing that others need
            struck += 1
            sent = any(request.method == "POST" for request in server.requests)
            notes = " ".join(getattr(cut, "__notes__", ()))
            assert "Idempotency-Key" in notes or "r1" in notes or not sent, strike.where
            assert client.send("GET", "satellites").status_code == 200, strike.where
            if at % 5 == 0:
                assert in_another_thread(lambda it=client: it.send("GET", "satellites")), strike.where
    assert struck > 20
