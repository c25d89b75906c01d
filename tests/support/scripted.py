"""A platform without a socket: it answers from a script, and keeps what was asked."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, cast

from pydantic import SecretStr

from okapi_sdk._engine.drivers import SyncDriver
from okapi_sdk._engine.effects import Failure, Flow, HttpRequest
from okapi_sdk._engine.flows import Session
from okapi_sdk.models.response import RawResponse
from okapi_sdk.settings import Credentials, Environment, Options
from okapi_sdk.testing import InstantClock

ROOT = "http://127.0.0.1:9/api"
HERE = Environment(ROOT, f"{ROOT}/t", "audience", "client")
LOST = Failure("connection", "the line is cut", sent=True)


class Sent(NamedTuple):
    method: str
    path: str
    body: Any = None
    accept: str = "application/json"


class Scripted:
    """Grants tokens, and answers every other request with the next outcome; the last one stays."""

    def __init__(self, *outcomes: object) -> None:
        self.clock = InstantClock()
        self.outcomes = [_answer(outcome) for outcome in outcomes]
        self.requests: list[HttpRequest] = []
        self.lefts: list[float] = []
        self.session = Session.of(HERE, Credentials("u", SecretStr("p"), "arguments"), self.clock, Options())
        self._driver = SyncDriver(cast("Any", self), self.clock)

    def send(self, request: HttpRequest, left: float) -> RawResponse | Failure:
        if request.url == HERE.token_url:
            return _answer({"access_token": "token-of-the-test", "expires_in": 86400})
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
