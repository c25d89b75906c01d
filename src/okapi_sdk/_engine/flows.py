"""The flows: a call with its token, a submit, and a free call. What follows a submit is in `job`."""

from __future__ import annotations

import logging
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretBytes, SecretStr

from ..calculations.base import Calculation
from ..errors import (
    APIError,
    CalculationFailedError,
    InputError,
    InputProblem,
    OkapiError,
    R,
    RequestRef,
    ResponseFormatError,
)
from ..models.types import is_path_step
from ..reference import class_name
from ..results.response import RawResponse
from ..results.status import Status
from ..settings.clock import Clock
from ..settings.credentials import Credentials
from ..settings.environments import Environment
from ..settings.policies import Options, RetryPolicy
from ..text import short
from .bodies import checked_json, control, encoded, excerpt, is_json, query_string
from .effects import (
    Failure,
    Flow,
    HttpRequest,
    send,
)
from .protocol import CONTROL_LIMIT, RESULT_LIMIT, platform_request
from .retrying import (
    Outcome,
    Retries,
    Verb,
    verdict,
)
from .secrets import scrubbed
from .status_errors import said, status_error, transport_error, uncertain
from .tokens import Tokens, rejected_again

log = logging.getLogger("okapi_sdk")
_SAFE = RetryPolicy()


@dataclass(frozen=True)
class Call:
    """One platform call, before it has a token."""

    verb: Verb
    method: str
    path: str
    content: SecretBytes | None = None
    headers: Mapping[str, str] | None = None
    query: str = ""
    limit: int = RESULT_LIMIT
    secrets: tuple[SecretStr, ...] = ()
    """Parts of the content that no error may quote."""


@dataclass(frozen=True)
class Session:
    """What the flows of a client share: where, as whom, when, how often."""

    environment: Environment
    clock: Clock
    retries: Retries
    tokens: Tokens
    options: Options

    @classmethod
    def of(cls, environment: Environment, credentials: Credentials, clock: Clock, options: Options) -> Session:
        """A session that has not signed in yet."""
        retries = Retries(clock)

        def attempt(request: HttpRequest, deadline: float) -> Flow[Outcome]:
            return retries.run("sign-in", lambda end: send(request, end), options.retry, math.inf, deadline)

        return cls(environment, clock, retries, Tokens(environment, credentials, clock, attempt), options)

    def with_options(self, **changes: Any) -> Session:
        """The same session with other options."""
        given = {name: value for name, value in changes.items() if value is not None}
        return replace(self, options=replace(self.options, **given))

    def deadline(self, timeout: float | None = None) -> float:
        """The instant ``timeout`` seconds from now; with none, that of all attempts of one call."""
        return self.clock.monotonic() + (self.options.retry.total if timeout is None else timeout)

    def call(self, call: Call, deadline: float) -> Flow[Outcome]:
        """A call with the retries of its verb.

        Where an attempt may have been carried out and none is known to have been, it decides, whatever became of those
        after it.
        """
        options, doubts = self.options, list[Outcome]()

        def attempt(end: float) -> Flow[Outcome]:
            outcome = yield from self.attempt(call, end)
            if verdict(call.verb, outcome, _SAFE) == "uncertain":
                doubts.append(outcome)
            return outcome

        try:
            outcome = yield from self.retries.run(call.verb, attempt, options.retry, options.timeout, deadline)
            if not doubts or (isinstance(outcome, RawResponse) and outcome.status_code < 300):
                return outcome
        except OkapiError:
            if not doubts:
                raise
        return doubts[0]

    def attempt(self, call: Call, deadline: float) -> Flow[Outcome]:
        """One attempt: with a token, and once more with a fresh one if that was refused."""
        token = yield from self.tokens.current(deadline)
        outcome = yield from self._exchange(call, token, deadline)
        if isinstance(outcome, RawResponse) and outcome.status_code == 401:
            token = yield from self.tokens.replacing(token, deadline)
            outcome = yield from self._exchange(call, token, deadline)
            if isinstance(outcome, RawResponse) and outcome.status_code == 401:
                raise rejected_again()
        return outcome

    def _exchange(self, call: Call, token: SecretStr, deadline: float) -> Flow[Outcome]:
        request = platform_request(
            call.method,
            f"{self.environment.base_url}/{call.path}{call.query}",
            token=token,
            dialect=self.options.dialect,
            content=None if call.content is None else call.content.get_secret_value(),
            headers=call.headers,
            limit=call.limit,
        )
        began = self.clock.monotonic()
        outcome = yield from send(request, deadline)
        if log.isEnabledFor(logging.DEBUG):
            found = outcome.reason if isinstance(outcome, Failure) else outcome.status_code
            took = self.clock.monotonic() - began
            log.debug("%s %s: %s after %.0f ms", call.method, call.path, found, 1e3 * took)
        if isinstance(outcome, Failure):
            return outcome
        # A server that quotes a secret must not bring it into an error; a record may have its own.
        is_record = call.secrets and outcome.status_code < 300 and is_json(outcome)
        return scrubbed(outcome, token, *(() if is_record else call.secrets))

    def good(self, call: Call, outcome: Outcome) -> RawResponse:
        """The answer, if it is one of success.

        Raises:
            OkapiError: what the outcome means for this call.
        """
        if isinstance(outcome, RawResponse) and outcome.status_code < 300:
            return outcome
        raise self.error(call, outcome)

    def error(self, call: Call, outcome: Outcome) -> OkapiError:
        """What an outcome other than success means."""
        found = verdict(call.verb, outcome, _SAFE)
        if found == "uncertain":
            key, again = (call.headers or {}).get("idempotency-key"), self.options.retry.submit == "same-key"
            return uncertain(call.method, call.path, outcome, key, again=again)
        if isinstance(outcome, Failure):
            host = urlsplit(self.environment.base_url).netloc
            return transport_error(call.method, call.path, host, outcome)
        return status_error(call.method, call.path, outcome, self.clock.wall())


def submit(session: Session, calculation: Calculation[R], key: str) -> Flow[tuple[RequestRef[R], Status]]:
    """POST a calculation, once. What is wrong with the calculation is raised here, before the flow runs."""
    endpoint, dialect = calculation.endpoint(), session.options.dialect
    unnamed: RequestRef[R] = RequestRef(
        path=endpoint,
        id="",
        calculation=class_name(type(calculation)),
        format=calculation._format_name(),
        dialect=dialect,
        base_url=session.environment.base_url,
    )
    type(calculation).formats(endpoint)  # refuse calculations whose result could not be parsed
    call = Call(
        "write",
        "POST",
        f"{endpoint}/requests",
        SecretBytes(encoded(calculation.body(dialect))),
        {"idempotency-key": key},
        limit=CONTROL_LIMIT,
    )
    return _submitted(session, call, unnamed, key)


def _submitted(session: Session, call: Call, unnamed: RequestRef[R], key: str) -> Flow[tuple[RequestRef[R], Status]]:
    response = session.good(call, (yield from session.call(call, session.deadline())))
    body = _accepted(response)
    status = Status.of(body)
    id = _request_id(body)
    if id is None:
        if status.failed:
            raise APIError(f"POST {call.path} was refused: {said(body)}.", status_code=response.status_code, body=body)
        raise uncertain("POST", call.path, response, key)
    ref = replace(unnamed, id=id)
    if status.failed:
        raise failed(ref, status, body)
    return ref, status


def _accepted(response: RawResponse) -> Any:
    try:
        return control(response)
    except ResponseFormatError as error:
        return error.body


def _request_id(body: Any) -> str | None:
    given = [body.get("request_id"), body.get("requestId")] if isinstance(body, Mapping) else []
    return next(filter(is_path_step, given), None)


def failed(ref: RequestRef[Any], status: Status, body: Any) -> CalculationFailedError:
    """The error of a calculation that ended FATAL."""
    advice = " The platform says that the input is at fault." if status.input_problem else ""
    return CalculationFailedError(
        f"{ref} ended FATAL: {said(body) or status.line}.{advice}",
        ref=ref,
        status_text=status.text,
        input_problem=status.input_problem,
        body=body,
    )


METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


def free_call(method: str, path: str, json: Any, params: Mapping[str, Any] | None) -> Call:
    """The call that a user describes himself.

    Raises:
        InputError: an unknown method, a path that leaves the base URL, a body that is no JSON.
    """
    verb = method.upper() if isinstance(method, str) else ""
    if verb not in METHODS:
        raise InputError("send", (InputProblem("method", short(method), f"one of {', '.join(METHODS)}", ""),))
    trimmed = path.strip("/") if isinstance(path, str) else ""
    steps = trimmed.split("/")
    if not trimmed or not all(is_path_step(step) for step in steps):
        rule = "a path below the base URL: letters, digits, '.', '_', '-' and '/'"
        raise InputError("send", (InputProblem("path", short(path), rule, "queries go into params="),))
    headers = {"idempotency-key": new_key()} if verb == "POST" else None
    kind: Verb = "read" if verb == "GET" else "write"
    content = checked_json(json)
    body = None if content is None else SecretBytes(content)
    return Call(kind, verb, trimmed, body, headers, query_string(params))


def new_key() -> str:
    """A fresh ``Idempotency-Key``."""
    return str(uuid.uuid4())


def parsed(response: RawResponse, status_code: int) -> Any:
    """The body of an answer that must have this status.

    Raises:
        ResponseFormatError: it has another, or is no JSON.
    """
    if response.status_code != status_code or not response.content.strip():
        raise ResponseFormatError(
            f"HTTP {response.status_code} with {len(response.content)} bytes came where HTTP {status_code} with JSON "
            "was due.",
            reason="not_json" if response.status_code == status_code else "schema",
            body=excerpt(response),
        )
    return response.json()
