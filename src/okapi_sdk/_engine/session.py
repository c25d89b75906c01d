"""A platform call, and the session that makes it: with a token, retries and typed errors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import SecretBytes, SecretStr

from ..errors import OkapiError
from ..results.response import RawResponse
from ..settings.clock import Clock
from ..settings.credentials import Credentials
from ..settings.environments import Environment
from ..settings.policies import Options, RetryPolicy
from .call_errors import status_error, transport_error, uncertain_error
from .effects import (
    Failure,
    Flow,
    HttpRequest,
    send,
)
from .json_bodies import is_json
from .polling import Durations
from .protocol import RESULT_LIMIT, platform_request, retry_after
from .retrying import (
    CallKind,
    Outcome,
    Retries,
    verdict,
)
from .secrets import without_secrets
from .throttle import Throttle
from .tokens import Tokens, fresh_token_rejected_error

log = logging.getLogger("okapi_sdk")
_SAFE = RetryPolicy()
SHORTEST_MASKED = 16
"""Shortest token to mask in results. A shorter one is part of ordinary text, and results must not change."""


class Call(NamedTuple):
    """One platform call, before it has a token."""

    kind: CallKind
    method: str
    path: str
    content: SecretBytes | None = None
    headers: Mapping[str, str] | None = None
    query: str = ""
    limit: int = RESULT_LIMIT
    secrets: tuple[SecretStr, ...] = ()
    """Parts of the content that no error may quote."""
    before_send: Callable[[], None] | None = None
    """Function to call each time before the request is sent."""


class Session(NamedTuple):
    """The state and options shared by all calls of a client."""

    environment: Environment
    clock: Clock
    retries: Retries
    tokens: Tokens
    throttle: Throttle
    durations: Durations
    options: Options
    headers: Mapping[str, SecretStr]
    """Extra headers of all calls to the API, by lower-case name."""
    patient: bool = False
    """Wait as long as the platform asks for with HTTP 429, instead of failing after a few attempts."""

    @classmethod
    def create(
        cls,
        environment: Environment,
        credentials: Credentials,
        clock: Clock,
        options: Options,
        calls_per_second: float | None = None,
        headers: Mapping[str, SecretStr] | None = None,
    ) -> Session:
        """Return a session that has not signed in yet."""
        retries = Retries(clock)

        def send_with_retries(request: HttpRequest, deadline: float) -> Flow[Outcome]:
            return retries.run("sign-in", lambda end: send(request, end), options.retry, deadline)

        tokens = Tokens(environment, credentials, clock, send_with_retries)
        return cls(
            environment, clock, retries, tokens, Throttle(clock, calls_per_second), Durations(), options, headers or {}
        )

    def with_options(self, **changes: Any) -> Session:
        """Return the same session with other options; None leaves an option unchanged."""
        changed = {name: value for name, value in changes.items() if value is not None}
        return self._replace(options=replace(self.options, **changed))

    def deadline(self, timeout: float | None = None) -> float:
        """Return the instant ``timeout`` seconds from now. The default is the policy's total time for one call."""
        return self.clock.monotonic() + (self.options.retry.total if timeout is None else timeout)

    def call(self, call: Call, deadline: float) -> Flow[Outcome]:
        """Make a call, retry it according to its kind, and return its outcome.

        If an attempt may have reached the platform and none is known to have succeeded, return that attempt's outcome,
        not a later one.
        """
        options, doubts = self.options, list[Outcome]()

        def try_and_record_doubt(end: float) -> Flow[Outcome]:
            outcome = yield from self.attempt(call, end)
            if verdict(call.kind, outcome, _SAFE) == "uncertain":
                doubts.append(outcome)
            return outcome

        try:
            outcome = yield from self.retries.run(
                call.kind, try_and_record_doubt, options.retry, deadline, patient=self.patient
            )
            if not doubts or (isinstance(outcome, RawResponse) and outcome.status_code < 300):
                return outcome
        except OkapiError:
            if not doubts:
                raise
        return doubts[0]

    def attempt(self, call: Call, deadline: float) -> Flow[Outcome]:
        """Make a call without retries, as soon as the throttle permits. If its token is rejected, replay it once."""
        if (failure := (yield from self.throttle.turn(deadline))) is not None:
            return failure
        outcome = yield from self._try_tokens(call, min(deadline, self.deadline(self.options.timeout)))
        if isinstance(outcome, RawResponse) and outcome.status_code == 429:
            policy, requested = self.options.retry, retry_after(outcome, self.clock.wall())
            self.throttle.hold(min(policy.base if requested is None else requested, policy.max_retry_after))
        return outcome

    def _try_tokens(self, call: Call, deadline: float) -> Flow[Outcome]:
        token = yield from self.tokens.current(deadline)
        outcome = yield from self._exchange(call, token, deadline)
        if isinstance(outcome, RawResponse) and outcome.status_code == 401:
            token = yield from self.tokens.replacement(token, deadline)
            outcome = yield from self._exchange(call, token, deadline)
            if isinstance(outcome, RawResponse) and outcome.status_code == 401:
                raise fresh_token_rejected_error()
        if isinstance(outcome, RawResponse) and outcome.status_code < 300:
            self.tokens.record_success(token)
        return outcome

    def _exchange(self, call: Call, token: SecretStr, deadline: float) -> Flow[Outcome]:
        http_request = platform_request(
            call.method,
            f"{self.environment.base_url}/{call.path}{call.query}",
            token=token,
            dialect=self.options.dialect,
            content=None if call.content is None else call.content.get_secret_value(),
            headers={**_plain(self.headers), **(call.headers or {})} if self.headers else call.headers,
            limit=call.limit,
        )
        if call.before_send is not None:
            call.before_send()
        began = self.clock.monotonic()
        outcome = yield from send(http_request, deadline)
        if log.isEnabledFor(logging.DEBUG):
            result = outcome.reason if isinstance(outcome, Failure) else outcome.status_code
            seconds = self.clock.monotonic() - began
            log.debug("%s %s: %s after %.0f ms", call.method, call.path, result, 1e3 * seconds)
        if isinstance(outcome, Failure):
            return outcome
        # A secret that the server quotes must not enter an error; a stored object may contain its own.
        succeeded = outcome.status_code < 300
        secrets = () if call.secrets and succeeded and is_json(outcome) else call.secrets
        for secret in (*self.headers.values(), token):
            if not succeeded or len(secret.get_secret_value()) >= SHORTEST_MASKED:
                secrets = (secret, *secrets)
        return without_secrets(outcome, *secrets)

    def require_success(self, call: Call, outcome: Outcome) -> RawResponse:
        """Return the response if its status is a success.

        Raises:
            OkapiError: if the call failed.
        """
        if isinstance(outcome, RawResponse) and outcome.status_code < 300:
            return outcome
        raise self.error_of(call, outcome)

    def error_of(self, call: Call, outcome: Outcome) -> OkapiError:
        """Return the error for a call that failed."""
        if verdict(call.kind, outcome, _SAFE) == "uncertain":
            key, repeated = (call.headers or {}).get("idempotency-key"), self.options.retry.submit == "same-key"
            return uncertain_error(call.method, call.path, outcome, key, repeated=repeated)
        if isinstance(outcome, Failure):
            host = urlsplit(self.environment.base_url).netloc
            return transport_error(call.method, call.path, host, outcome)
        return status_error(call.method, call.path, outcome, self.clock.wall())


def _plain(headers: Mapping[str, SecretStr]) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in headers.items()}
