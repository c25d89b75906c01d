"""Submitting a calculation. Everything after the submit is in `job`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

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


def submit(session: Session, calculation: Calculation[R], key: str) -> Flow[tuple[RequestRef[R], Status]]:
    """Return a flow that POSTs a calculation. Errors in the calculation are raised here, before the flow runs."""
    endpoint, dialect = calculation.endpoint(), session.options.dialect
    if not all(is_path_step(step) for step in endpoint.split("/")):
        rule = "path segments of letters, digits, '-', '_' and '.'"
        raise InputError(type(calculation).__name__, (InputProblem("endpoint", short(endpoint), rule, ""),))
    ref_without_id: RequestRef[R] = RequestRef(
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
        SecretBytes(encode_user_json(calculation.body(dialect)) or b"null"),
        {"idempotency-key": key},
        limit=CONTROL_LIMIT,
    )
    return _submit(session, call, ref_without_id, key)


def _submit(
    session: Session, call: Call, ref_without_id: RequestRef[R], key: str
) -> Flow[tuple[RequestRef[R], Status]]:
    response = session.require_success(call, (yield from session.call(call, session.deadline())))
    body = _body_of(response)
    status = Status.of(body)
    id = _request_id(body)
    if id is None:
        if status.failed:
            raise APIError(
                f"POST {call.path} was refused: {error_text(body)}.", status_code=response.status_code, body=body
            )
        raise uncertain_error("POST", call.path, response, key)
    ref = replace(ref_without_id, id=id)
    if status.failed:
        raise calculation_failed_error(ref, status, body)
    return ref, status


def _body_of(response: RawResponse) -> Any:
    try:
        return unambiguous_json(response)
    except ResponseFormatError as error:
        return error.body


def _request_id(body: Any) -> str | None:
    candidates = [body.get("request_id"), body.get("requestId")] if isinstance(body, Mapping) else []
    return next(filter(is_path_step, candidates), None)
