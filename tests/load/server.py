"""A platform in a separate process. It responds at once, or only to the sign-in, and counts submissions by key.

With TLS, it has a certificate of a root of its own, which it prints after its port.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import ssl
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

from tests.support import tls

TOKEN = "tok-0123456789abcdef"


async def _serve(silent: bool, context: ssl.SSLContext | None) -> None:
    submits: Counter[str] = Counter()

    def respond(line: str, fields: dict[str, str]) -> tuple[int, object]:
        if "/oauth/token" in line:
            return 200, {"access_token": TOKEN, "expires_in": 86400}
        if line.startswith("POST"):
            submits[fields.get("idempotency-key", "")] += 1
            return 202, {"request_id": fields.get("idempotency-key", "r1"), "status": {"type": "NONE"}}
        if "/counts" in line:
            return 200, submits
        return 200, {"passes": []}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                line, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                fields = {name.lower(): text for name, _, text in (header.partition(": ") for header in lines)}
                await reader.readexactly(int(fields.get("content-length", 0)))
                if silent and "/oauth/token" not in line:
                    await asyncio.sleep(600)
                code, body = respond(line, fields)
                content = json.dumps(body).encode()
                head = f"HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
                writer.write(head.encode() + content)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    if context is not None:
        print(tls.authority().cert_pem.bytes().decode(), end="", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


@contextlib.contextmanager
def platform(*, silent: bool = False, tls: bool = False) -> Iterator[dict[str, Any]]:
    """Run the server, and yield the client arguments that select it."""
    command = [sys.executable, "-m", "tests.load.server", "silent" if silent else "quick", "tls" if tls else "plain"]
    # A new session, so that a Ctrl-C for this process does not reach the server.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        url = f"{'https' if tls else 'http'}://127.0.0.1:{process.stdout.readline().strip()}"
        trust = {"ssl_context": _trusting(process.stdout)} if tls else {}
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
    """Return a verifying context that trusts the root the server prints, and nothing else."""
    certificate = ""
    while not certificate.endswith("-----END CERTIFICATE-----\n"):
        certificate += output.readline()
    return ssl.create_default_context(cadata=certificate)


def submits(options: dict[str, str]) -> Counter[str]:
    """Return how many submissions arrived with each key."""
    with urllib.request.urlopen(f"{options['base_url']}/counts") as response:
        return Counter(json.load(response))


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1] == "silent", tls.good() if sys.argv[2] == "tls" else None))
