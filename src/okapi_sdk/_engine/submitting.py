"""Submitting a calculation. Everything after the submit is in `job`."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Generic, NamedTuple

from pydantic import SecretBytes

from ..calculations.base import Calculation
from ..errors import (
    APIError,
    InputError,
    InputProblem,
    R,
    RequestRef,
    ResponseFormatError,
)
from ..models.types import is_path_step
from ..reference import class_name
from ..results.response import RawResponse
from ..results.status import Status
from ..text import short
from .call_errors import calculation_failed_error, error_text, uncertain_error
from .effects import Flow
from .json_bodies import encode_user_json, unambiguous_json
from .protocol import CONTROL_LIMIT
from .session import Call, Session


class Submission(NamedTuple, Generic[R]):
    """A calculation, ready to be sent."""

    session: Session
    call: Call
    ref: RequestRef[R]
    """The reference, still without an ID."""
    key: str
    """The ``Idempotency-Key``."""

    @property
    def digest(self) -> str:
        """A digest of the endpoint and the body: two calculations that have the same are the same."""
        content = self.call.content.get_secret_value() if self.call.content else b""
        return hashlib.sha256(f"{self.ref.dialect} {self.call.path} ".encode() + content).hexdigest()[:32]

    def send(
        self, deadline: float | None = None, *, before_send: Callable[[], None] | None = None
    ) -> Flow[tuple[RequestRef[R], Status]]:
        """POST the calculation. Return its reference and its first status.

        Args:
            deadline: time on the client's monotonic clock; the default follows from the retry policy.
            before_send: function called each time before the request is sent.
        """
        session, call = self.session, self.call
        if before_send is not None:
            call = call._replace(before_send=before_send)
        deadline = session.deadline() if deadline is None else deadline
        response = session.require_success(call, (yield from session.call(call, deadline)))
        body = _body_of(response)
        status = Status.of(body)
        id = _request_id(body)
        if id is None:
            if status.failed:
                raise APIError(
                    f"POST {call.path} was refused: {error_text(body)}.", status_code=response.status_code, body=body
                )
            raise uncertain_error("POST", call.path, response, self.key)
        ref = replace(self.ref, id=id)
        if status.failed:
            raise calculation_failed_error(ref, status, body)
        return ref, status


def prepare(session: Session, calculation: Calculation[R], key: str) -> Submission[R]:
    """Return the submission of a calculation.

    Raises:
        InputError: if the calculation cannot be sent, for example in this dialect.
    """
    endpoint, dialect = calculation.endpoint(), session.options.dialect
    if not all(is_path_step(step) for step in endpoint.split("/")):
        rule = "path segments of letters, digits, '-', '_' and '.'"
        raise InputError(type(calculation).__name__, (InputProblem("endpoint", short(endpoint), rule, ""),))
    ref_without_id: RequestRef[R] = RequestRef(
        path=sys.intern(endpoint),  # which thousands of references share
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
        SecretBytes(encode_user_json(calculation.body(dialect)) or b"null"),
        {"idempotency-key": key},
        limit=CONTROL_LIMIT,
    )
    return Submission(session, call, ref_without_id, key)


def _body_of(response: RawResponse) -> Any:
    try:
        return unambiguous_json(response)
    except ResponseFormatError as error:
        return error.body


def _request_id(body: Any) -> str | None:
    candidates = [body.get("request_id"), body.get("requestId")] if isinstance(body, Mapping) else []
    return next(filter(is_path_step, candidates), None)
