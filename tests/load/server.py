"""A platform in a separate process. It counts calls, may limit their rate, and keeps a ledger of submits by key.

Its calculations take as long as told. It responds at once, or only to the sign-in. With TLS, it has a certificate of a
root of its own, which it prints after its port.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import ssl
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import IO, Any

from tests.support import tls

TOKEN = "tok-0123456789abcdef"


@dataclass(frozen=True)
class Behaviour:
    """The behaviour of the platform."""

    silent: bool = False
    """Respond to the sign-in only."""
    duration: float = 0.0
    """Duration of a calculation in s."""
    limit: int | None = None
    """Calls in a window of a second; calls beyond it get HTTP 429 with ``Retry-After``."""
    refused: float = 0.0
    """Share of the calls that get HTTP 429 with ``Retry-After``, at random."""
    delay: float = 0.0
    """Time before each response in s."""
    tls: bool = False
    """Speak TLS."""


class Platform:
    """The state of the platform."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.submits: Counter[str] = Counter()
        self.figures = dict.fromkeys(("submits", "polls", "refused"), 0)
        self._ready: dict[str, float] = {}
        self._random = random.Random(1)
        self._window, self._in_window = 0.0, 0

    def respond(self, line: str, fields: dict[str, str]) -> tuple[int, object]:
        """Return the status and the body of the response to a request."""
        if "/oauth/token" in line:
            return 200, {"access_token": TOKEN, "expires_in": 86400}
        if "/counts" in line:
            return 200, self.submits
        if "/figures" in line:
            return 200, self.figures
        if self._refuses():
            self.figures["refused"] += 1
            return 429, {"message": "too many requests"}
        if line.startswith("POST"):
            key = fields.get("idempotency-key", "r1")
            self.submits[key] += 1
            self.figures["submits"] += 1
            self._ready[key] = time.monotonic() + self.behaviour.duration
            return 202, {"request_id": key, "status": {"type": "NONE"}}
        self.figures["polls"] += 1
        key = line.split("/results/")[1].split("/")[0].split(" ")[0] if "/results/" in line else ""
        if time.monotonic() < self._ready.get(key, 0.0):
            return 202, {"request_id": key, "status": {"type": "NONE", "text": "running"}}
        return 200, {"passes": []}

    def _refuses(self) -> bool:
        if self.behaviour.refused and self._random.random() < self.behaviour.refused:
            return True
        if self.behaviour.limit is None:
            return False
        now = time.monotonic()
        if now - self._window >= 1.0:
            self._window, self._in_window = now - (now - self._window) % 1.0, 0
        self._in_window += 1
        return self._in_window > self.behaviour.limit


async def _serve(behaviour: Behaviour) -> None:
    state = Platform(behaviour)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                fields = {name.lower(): text for name, _, text in (header.partition(": ") for header in lines)}
                await reader.readexactly(int(fields.get("content-length", 0)))
                if behaviour.silent and "/oauth/token" not in line:
                    await asyncio.sleep(600)
                code, body = state.respond(line, fields)
                if behaviour.delay:
                    await asyncio.sleep(behaviour.delay)
                content = json.dumps(body).encode()
                after = "Retry-After: 1\r\n" if code == 429 else ""
                head = f"HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
                writer.write(f"{head}{after}\r\n".encode() + content)
                await writer.drain()
        writer.close()

    context = tls.good() if behaviour.tls else None
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    if behaviour.tls:
        print(tls.authority().cert_pem.bytes().decode(), end="", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


@contextlib.contextmanager
def platform(**options: Any) -> Iterator[dict[str, Any]]:
    """Run the server with this `Behaviour`, and yield the client arguments that select it."""
    behaviour = Behaviour(**options)
    command = [sys.executable, "-m", "tests.load.server", json.dumps(asdict(behaviour))]
    # A new session, so that a Ctrl-C for this process does not reach the server.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        url = f"{'https' if behaviour.tls else 'http'}://127.0.0.1:{process.stdout.readline().strip()}"
        trust = {"ssl_context": _trusting(process.stdout)} if behaviour.tls else {}
        try:
            yield {
                "username": "u@example.com",
                "password": "pass-7f3a",
                "base_url": url,
                "token_url": f"{url}/oauth/token",
                **trust,
            }
        finally:
            process.kill()


def _trusting(output: IO[str]) -> ssl.SSLContext:
    """Return a verifying context that trusts the root that the server prints, and nothing else."""
    certificate = ""
    while not certificate.endswith("-----END CERTIFICATE-----\n"):
        certificate += output.readline()
    return ssl.create_default_context(cadata=certificate)


def submits(options: dict[str, str]) -> Counter[str]:
    """Return how many submissions arrived with each key."""
    return Counter(_ask(options, "counts"))


def figures(options: dict[str, str]) -> dict[str, int]:
    """Return how many submits and polls the platform accepted, and how many calls it refused."""
    found: dict[str, int] = _ask(options, "figures")
    return found


def _ask(options: dict[str, str], name: str) -> Any:
    with urllib.request.urlopen(f"{options['base_url']}/{name}") as response:
        return json.load(response)


if __name__ == "__main__":
    asyncio.run(_serve(Behaviour(**json.loads(sys.argv[1]))))
