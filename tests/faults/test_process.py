"""The life of the process around a client (rows E): forks, copies, ends, signals and scarce resources."""

from __future__ import annotations

import asyncio
import copy
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from okapi_sdk import (
    AsyncOkapiClient,
    ConfigurationError,
    OkapiClient,
    OkapiError,
    ResponseFormatError,
    RetryPolicy,
    TransportTimeoutError,
    WaitTimeoutError,
)
from okapi_sdk.settings.clock import SystemClock
from okapi_sdk.testing import InstantClock
from tests.support.both import Both
from tests.support.cases import iss_passes
from tests.support.faults import TOKEN, FaultServer, answer, drip, hang, in_turn, reply

from .outcomes import Record, error_of, in_time, outcome

ACCEPTED = reply(202, {"request_id": "r1"})
FINISHED = reply(200, {"passes": []})
ONCE = RetryPolicy(attempts=1)
POSIX = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")

PRELUDE = """
import asyncio, atexit, os, sys, threading, time
from okapi_sdk import AsyncOkapiClient, ConfigurationError, OkapiClient, OkapiError, PredictPasses, RetryPolicy
url = sys.argv[1]
at = dict(username="u", password="secret-of-the-script", base_url=url, token_url=url + "/oauth/token")
"""


def run(script: str, url: str, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """A program of its own, which is given the address of a server."""
    command = [sys.executable, *options.pop("flags", ()), "-c", PRELUDE + script, url, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, **options)


@contextmanager
def echo() -> Iterator[str]:
    """A server that answers with the path that it was asked for, fast."""

    def serve(connection: socket.socket) -> None:
        with connection:
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
                head, end, rest = received.partition(b"\r\n\r\n")
                if not end or (b"content-length" in head and not rest):
                    continue
                path = head.split(b" ", 2)[1].decode()
                body: object = {"access_token": TOKEN, "expires_in": 86400} if "token" in path else {"path": path}
                connection.sendall(answer(200, body))
                received = b""

    def accept(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


FORK = """
count = int(sys.argv[2])
with OkapiClient(**at) as client:
    client.send("GET", "warm")
    child = os.fork()
    me = "parent" if child else "child"
    crossed = sum(client.send("GET", f"{me}/{n}").json()["path"] != f"/{me}/{n}" for n in range(count))
    if not child:
        os._exit(min(crossed, 99))
    _, status = os.waitpid(child, 0)
    print(crossed + os.waitstatus_to_exitcode(status))
"""


@POSIX
@pytest.mark.fault("E1")
def test_no_answer_crosses_a_fork(record_property: Record) -> None:
    with echo() as url:
        assert run(FORK, url, "5000").stdout.strip() == "0"
    record_property("answers in parent and child after a fork", "10000, 0 crossed")


@POSIX
@pytest.mark.fault("E1")
def test_a_child_that_closes_its_copy_leaves_the_parents_connections_alone() -> None:
    script = """
with OkapiClient(**at, retry=RetryPolicy(attempts=1)) as client:
    client.send("GET", "warm")
    request = client.resume("predict-passes/sgp4/r1", PredictPasses)
    if not os.fork():
        client.close()
        os._exit(0)
    os.wait()
    print(client.send("GET", "parent").json()["path"])
if not os.fork():
    try:
        request.done()  # closed in the parent, and so in its child
    except ConfigurationError:
        os._exit(0)
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""
    with FaultServer([reply(200, {"path": "/parent"})]) as server:
        assert run(script, server.url).stdout.split() == ["/parent", "0"]
        assert server.connections == 1


@POSIX
@pytest.mark.fault("E2")
def test_a_fork_while_a_thread_signs_in() -> None:
    script = """
client = OkapiClient(**at)
threading.Thread(target=client.sign_in, daemon=True).start()
time.sleep(0.3)  # now it waits for the answer, with the lock
child = os.fork()
if not child:
    client.send("GET", "child")
    os._exit(7)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status), flush=True)
os._exit(0)
"""
    good = reply(200, {"access_token": TOKEN, "expires_in": 86400})
    with FaultServer([reply(200, {})], sign_in=in_turn(hang, good)) as server:
        began = time.monotonic()
        assert run(script, server.url).stdout.strip() == "7"
        assert time.monotonic() - began < 8
        assert server.sign_ins == 2


@pytest.mark.fault("E3")
def test_a_pickled_client_carries_no_secret_and_is_not_copied(both: Both, clock: InstantClock) -> None:
    with FaultServer([FINISHED]) as server, both.client(**server.client, clock=clock) as client:
        client.sign_in()
        assert TOKEN.encode() not in pickle.dumps(client.inner)
        for act in (copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match=r"share the client") as caught:
                act(client.inner)
            assert TOKEN not in str(caught.value)


@pytest.mark.fault("E4")
def test_a_closed_client(both: Both, clock: InstantClock) -> None:
    with FaultServer([ACCEPTED]) as server:
        client = both.client(**server.client, clock=clock)
        request = client.submit(iss_passes())
        copied = client.with_options(timeout=3)
        client.close()
        client.close()
        made = server.connections
        for call in (
            client.sign_in,
            lambda: client.send("GET", "satellites"),
            lambda: client.submit(iss_passes()),
            lambda: client.with_options(timeout=1),
            lambda: client.resume(request.ref),
            copied.sign_in,
            request.done,
            request.result,
        ):
            assert "closed" in str(error_of(ConfigurationError, call))
        assert server.connections == made


@pytest.mark.fault("E4", only="sync")
def test_close_ends_a_call_of_another_thread() -> None:
    with FaultServer([hang]) as server:
        client = OkapiClient(**server.client, retry=ONCE, timeout=20)
        found: list[Any] = []
        caller = threading.Thread(target=lambda: found.append(outcome(client.send, "GET", "satellites")))
        caller.start()
        while not server.requests:
            time.sleep(0.01)
        client.close()
        caller.join(5)
        assert isinstance(found[0], OkapiError)


@pytest.mark.fault("E4", only="async")
def test_close_ends_a_call_of_another_task() -> None:
    async def main(server: FaultServer) -> object:
        client = AsyncOkapiClient(**server.client, retry=ONCE, timeout=20)
        task = asyncio.ensure_future(client.send("GET", "satellites"))
        while not server.requests:
            await asyncio.sleep(0.01)
        await client.close()
        (found,) = await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 5)
        return found

    with FaultServer([hang]) as server:
        assert isinstance(asyncio.run(main(server)), OkapiError)


OPEN: dict[str, str] = {
    "sync": "client = OkapiClient(**at); client.send('GET', 'a')",
    "async": """
async def main():
    global client
    client = AsyncOkapiClient(**at)
    await client.send("GET", "a")
asyncio.run(main())
""",
}


@pytest.mark.fault("E5")
@pytest.mark.parametrize("end", ["", "\ndel client"], ids=["at exit", "dropped"])
def test_a_client_that_is_dropped_open_says_so_once(both: Both, end: str) -> None:
    # The loop of an async client is gone before; its connections close with "connection: close".
    gone = {"connection": "close"}
    token = reply(200, {"access_token": TOKEN, "expires_in": 86400}, gone)
    with FaultServer([reply(200, {}, gone)], sign_in=token) as server:
        done = run(OPEN[both.kind] + end, server.url, flags=("-W", "always::ResourceWarning"))
    assert done.stderr.count("was not closed") == 1
    assert "Traceback" not in done.stderr
    assert "secret-of-the-script" not in done.stderr


@pytest.mark.fault("E6")
def test_a_call_as_the_interpreter_ends(both: Both) -> None:
    script = {
        "sync": """
client = OkapiClient(**at)
threads = threading.active_count()
def last():
    try:
        print(client.send("GET", "last").json())
    except OkapiError as error:
        print(type(error).__name__)
    assert threading.active_count() == threads
    client.close()
atexit.register(last)
class Late:
    def __del__(self):
        try:
            client.send("GET", "late")
        except OkapiError:
            print("typed")
late = Late()
""",
        "async": """
client = AsyncOkapiClient(**at)
async def main():
    async with client:
        print((await client.send("GET", "last")).json())
atexit.register(lambda: asyncio.run(main()))
class Late:
    def __del__(self):
        try:
            client.send("GET", "late").send(None)
        except OkapiError:
            print("typed")
late = Late()
""",
    }[both.kind]
    with FaultServer([reply(200, {})]) as server:
        done = run(script, server.url)
    assert done.stdout.split() == ["{}", "typed"]
    assert done.stderr == ""


@pytest.mark.fault("E6")
def test_a_daemon_thread_in_mid_call_does_not_hold_up_the_end() -> None:
    script = """
client = OkapiClient(**at)
threading.Thread(target=client.send, args=("GET", "hang"), daemon=True).start()
time.sleep(0.3)
client.close()
"""
    with FaultServer([hang]) as server:
        began = time.monotonic()
        run(script, server.url)
        assert time.monotonic() - began < 8


@pytest.mark.fault("E7")
def test_the_sync_client_inside_a_running_loop() -> None:
    async def main(server: FaultServer) -> int:
        with OkapiClient(**server.client) as client:
            return len(client.run(iss_passes()))

    with FaultServer([ACCEPTED, FINISHED]) as server:
        assert asyncio.run(main(server)) == 0


@POSIX
@pytest.mark.fault("E10")
def test_signals_do_not_lengthen_a_deadline(both: Both, record_property: Record) -> None:
    struck = []
    before = signal.signal(signal.SIGALRM, lambda *_: struck.append(1))
    try:
        with FaultServer([hang]) as server, both.client(**server.client, timeout=5, retry=ONCE) as client:
            client.sign_in()
            signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
            with in_time(0.3, record_property):
                error_of(TransportTimeoutError, client.with_options(timeout=0.3).send, "GET", "satellites")
            signal.setitimer(signal.ITIMER_REAL, 0)
            server.scripts[:] = [ACCEPTED]
            request = client.submit(iss_passes())
            signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
            with in_time(0.3, record_property):
                error_of(WaitTimeoutError, request.wait, 0.3)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(struck) > 10


@pytest.mark.fault("E11")
@pytest.mark.parametrize("phase", ["answer", "sign-in", "body"])
def test_asyncio_timeout_gives_the_connection_back(phase: str) -> None:
    dripping = drip(answer(200, {"a": "x" * 100}), 0.05)
    good = reply(200, {"access_token": TOKEN, "expires_in": 86400})

    async def main(server: FaultServer) -> None:
        async with AsyncOkapiClient(**server.client, max_connections=1, timeout=5) as client:
            for _ in range(5):
                with pytest.raises(TimeoutError) as caught:
                    async with asyncio.timeout(0.05):
                        await client.send("GET", "satellites")
                assert type(caught.value) is TimeoutError
            server.scripts[:], server.sign_in = [reply(200, [])], good
            assert (await client.send("GET", "satellites")).json() == []

    script = dripping if phase == "body" else hang
    with FaultServer([script], sign_in=hang if phase == "sign-in" else good) as server:
        asyncio.run(main(server))


@POSIX
@pytest.mark.fault("E13")
def test_no_file_descriptor_is_left(both: Both) -> None:
    call = {
        "sync": "def call(): return client.send('GET', 'a')",
        "async": "def call(): return runner.run(client.send('GET', 'a'))",
    }[both.kind]
    script = f"""
import resource
from okapi_sdk._transport import lanes
lanes.KEEPALIVE_SECONDS = 0.1
runner = asyncio.Runner()
runner.get_loop()
client = {"OkapiClient" if both.kind == "sync" else "AsyncOkapiClient"}(**at, retry=RetryPolicy(attempts=2, base=0))
{call}
call()
time.sleep(0.2)  # the connection is idle for too long by now
limits = resource.getrlimit(resource.RLIMIT_NOFILE)
kept = []
resource.setrlimit(resource.RLIMIT_NOFILE, (40, limits[1]))
try:
    while True:
        kept.append(os.open(os.devnull, os.O_RDONLY))
except OSError:
    pass
for _ in range(20):
    try:
        print("answered", call())
    except OkapiError as error:
        print(type(error).__name__)
for one in kept:
    os.close(one)
free = len(os.listdir("/dev/fd"))
print(call().status_code)
closed = client.close()
if closed is not None:
    runner.run(closed)
runner.close()
assert len(os.listdir("/dev/fd")) <= free
"""
    with FaultServer([reply(200, {}, {"connection": "close"})]) as server:
        assert run(script, server.url).stdout.split() == ["TransportError"] * 20 + ["200"]


@pytest.mark.fault("E21")
def test_a_low_recursion_limit() -> None:
    # Nested as deep as the reader takes, where Python has little room.
    deep = "[" * 150 + "1" + "]" * 150
    bodies = [
        b'{"passes": [{"track": ' + deep.encode() + b"}]}",
        b'{"passes": ' + deep.encode() + b"}",
        b'{"status": {"content": ' + deep.encode() + b"}}",
        b'{"okapi_output": ' * 150 + b"{}" + b"}" * 150,
        b'{"type": "x", "content": ' * 150 + b"{}" + b"}" * 150,
    ]

    with FaultServer([ACCEPTED]) as server, OkapiClient(**server.client) as client:
        client.submit(iss_passes())
        depth, frame = 0, sys._getframe()
        while frame is not None:
            depth, frame = depth + 1, frame.f_back  # type: ignore[assignment]
        limit = sys.getrecursionlimit()
        for body in bodies:
            server.scripts[:] = [ACCEPTED, reply(200, body), reply(202, b'{"request_id": "r1", "a": ' + body + b"}")]
            sys.setrecursionlimit(depth + 90)
            try:
                found = outcome(client.run, iss_passes())
                submitted = outcome(client.submit, iss_passes())
            finally:
                sys.setrecursionlimit(limit)
            assert isinstance(found, ResponseFormatError) or len(found) >= 0
            assert isinstance(submitted, OkapiError) or submitted.id == "r1"


class Frozen(SystemClock):
    """A clock on the wall that has stopped."""

    def wall(self) -> float:
        return 1_533_664_800.0


@pytest.mark.fault("E22")
def test_a_frozen_wall_clock_cannot_hang_a_wait(
    both: Both, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_533_664_800.0)
    dated = reply(202, {}, {"date": "Tue, 07 Aug 2018 18:00:00 GMT", "retry-after": "Tue, 07 Aug 2018 18:00:01 GMT"})
    for clock in (Frozen(), SystemClock()):
        with FaultServer([ACCEPTED, dated]) as server, both.client(**server.client, clock=clock) as client:
            request = client.submit(iss_passes())
            with in_time(0.3, record_property):
                error_of(WaitTimeoutError, request.wait, 0.3)
