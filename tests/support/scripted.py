"""A platform without a socket: it answers from a script and records the requests."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, cast

from pydantic import SecretStr

from okapi_sdk._drivers.sync_driver import SyncDriver
from okapi_sdk._engine.effects import Failure, Flow, HttpRequest
from okapi_sdk._engine.session import Session
from okapi_sdk.results.response import RawResponse
from okapi_sdk.settings.credentials import Credentials
from okapi_sdk.settings.environments import Environment
from okapi_sdk.settings.policies import Options
from okapi_sdk.testing import InstantClock

ROOT = "http://127.0.0.1:9/api"
HERE = Environment(ROOT, f"{ROOT}/t", "audience", "client")
LOST = Failure("connection", "the line is cut", sent=True)


def answered(status: int, body: Any = b"", **headers: str) -> RawResponse:
    """A response whose body is bytes or JSON data; ``retry_after="5"`` sets the header ``retry-after``."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return RawResponse(status, names, body if isinstance(body, bytes) else json.dumps(body).encode())


class Sent(NamedTuple):
    method: str
    path: str
    body: Any = None
    accept: str = "application/json"


class Scripted:
    """Grants tokens, and answers every other request with the next outcome; the last one stays."""

    def __init__(self, *outcomes: object, **options: Any) -> None:
        self.clock = InstantClock()
        self.takes = 0.0
        """Seconds to an outcome."""
        self.outcomes = [_answer(outcome) for outcome in outcomes]
        self.sign_ins: list[RawResponse | Failure] = []
        """Outcomes of the next sign-ins; the ones after them bring token1, token2 and so on."""
        self.granted = 0
        self.requests: list[HttpRequest] = []
        self.lefts: list[float] = []
        """Seconds that each request was given."""
        self.signing: list[float] = []
        """Seconds that each sign-in was given."""
        credentials = Credentials("u", SecretStr("p"), "arguments")
        self.session = Session.create(HERE, credentials, self.clock, Options(**options))
        self._driver = SyncDriver(cast("Any", self), self.clock)

    def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        if left <= 0:
            return Failure("timeout", "no time was left to send it", sent=False)
        self.clock.advance(self.takes)
        if request.url == HERE.token_url:
            self.signing.append(left)
            if self.sign_ins:
                return self.sign_ins.pop(0)
            self.granted += 1
            return _answer({"access_token": f"token{self.granted}", "expires_in": 86400})
        self.requests.append(request)
        self.lefts.append(left)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    def run(self, flow: Flow[Any]) -> Any:
        return self._driver.run(flow)

    @property
    def sent(self) -> list[Sent]:
        return [
            Sent(
                request.method,
                request.url.removeprefix(ROOT),
                None if request.content is None else json.loads(request.content),
                request.headers["accept"],
            )
            for request in self.requests
        ]


def _answer(outcome: object) -> RawResponse | Failure:
    if isinstance(outcome, RawResponse | Failure):
        return outcome
    return RawResponse(200, {}, outcome if isinstance(outcome, bytes) else json.dumps(outcome).encode())
