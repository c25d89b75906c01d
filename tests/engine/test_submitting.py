"""A submit and the reference it returns, without a socket."""

from __future__ import annotations

from typing import Any

import pytest

from okapi_sdk import (
    APIError,
    CalculationFailedError,
    OkapiError,
    RawCalculation,
    RequestRef,
    RetryPolicy,
    Status,
    SubmissionUncertainError,
)
from okapi_sdk._engine.effects import HttpRequest
from okapi_sdk._engine.protocol import CONTROL_LIMIT
from okapi_sdk._engine.submitting import prepare
from tests.engine.test_session import NO_REPEAT
from tests.support.cases import iss_orbit, iss_passes
from tests.support.scripted import LOST, ROOT, Scripted, answered

CALCULATION = RawCalculation("do/it", {"a": "ö"})

REF: RequestRef[Any] = RequestRef("do/it", "r1", "RawCalculation", "simple", "generic", ROOT)


def submitted(*outcomes: object) -> tuple[RequestRef[Any], Status]:
    platform = Scripted(*outcomes)
    found: tuple[RequestRef[Any], Status] = platform.run(prepare(platform.session, CALCULATION, "the key").send())
    return found


def test_a_submit_as_a_request() -> None:
    platform = Scripted({"request_id": "r1"}, timeout=30, retry=RetryPolicy(total=20))
    platform.run(prepare(platform.session, CALCULATION, "the key").send())
    headers = {
        "accept": "application/json",
        "content-type": "application/json",
        "authorization": "Bearer token1",
        "idempotency-key": "the key",
    }
    content = '{"a":"ö"}'.encode()
    assert platform.requests == [HttpRequest("POST", f"{ROOT}/do/it/requests", headers, content, CONTROL_LIMIT)]
    assert platform.lefts == [20]


def test_a_submit_in_the_dialect_of_the_session() -> None:
    platform = Scripted({"request_id": "r1"}, dialect="typed")
    ref, _ = platform.run(prepare(platform.session, iss_passes(), "the key").send())
    assert ref.dialect == "typed"
    assert platform.requests[0].headers["access_token"] == "token1"
    assert platform.sent[0].body == iss_passes().body("typed") != iss_passes().body()


def test_a_submit_whose_formats_follow_from_its_path() -> None:
    platform = Scripted({"request_id": "r1"})
    ref, _ = platform.run(prepare(platform.session, iss_orbit(), "the key").send())
    assert (ref.path, ref.format) == ("propagate-orbit/sgp4", "simple")


class Unreadable(RawCalculation):
    """A calculation that knows no formats."""

    @classmethod
    def formats(cls, endpoint: str) -> Any:
        raise NotImplementedError


def test_a_calculation_whose_result_could_not_be_parsed_is_not_sent() -> None:
    platform = Scripted({"request_id": "r1"})
    with pytest.raises(NotImplementedError):
        platform.run(prepare(platform.session, Unreadable("do/it", {}), "the key").send())
    assert platform.requests == []


@pytest.mark.parametrize(("outcome", "kind"), [(LOST, SubmissionUncertainError), (answered(403), APIError)])
def test_a_submit_that_fails_is_named(outcome: object, kind: type[OkapiError]) -> None:
    with pytest.raises(kind, match=r"^POST do/it/requests "):
        submitted(outcome)


@pytest.mark.parametrize(
    "body",
    [
        {"request_id": "r1"},
        {"requestId": "r1"},
        {"request_id": "r1", "requestId": "r2"},
        {"request_id": None, "requestId": "r1"},
        {"request_id": "../r2", "requestId": "r1"},
    ],
)
def test_the_id_of_a_submit(body: Any) -> None:
    body["status"] = {"type": "REMARK", "text": "queued"}
    ref, status = submitted(answered(202, body))
    assert ref == REF
    assert (status.type, status.text) == ("REMARK", "queued")


@pytest.mark.parametrize(
    "body",
    [
        [{"request_id": "r1"}], {"REQUEST_ID": "r1"}, {"request_id": "../r1"}, {"request_id": 7}, 7, b"", b"r1",
        b'{"request_id": "r1", "request_id": "r2"}',
    ],
)  # fmt: skip
def test_a_submit_without_an_id_is_uncertain(body: Any) -> None:
    with pytest.raises(SubmissionUncertainError, match=r"^POST do/it/requests was sent.* arrived: HTTP 202") as caught:
        submitted(answered(202, body))
    assert (caught.value.idempotency_key, caught.value.status_code) == ("the key", 202)
    assert NO_REPEAT in str(caught.value)


FATAL = {"type": "FATAL", "text": "no such\nmethod."}


def test_a_submit_that_is_refused_without_an_id() -> None:
    with pytest.raises(APIError) as caught:
        submitted(answered(201, {"status": FATAL}))
    assert str(caught.value) == r"POST do/it/requests was refused: no such method."
    assert (caught.value.status_code, caught.value.body) == (201, {"status": FATAL})
    assert type(caught.value) is APIError


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (FATAL, r"do/it/r1 ended with status FATAL: no such method."),
        (
            {**FATAL, "input_problem": True},
            r"do/it/r1 ended with status FATAL: no such method. The platform says the input is at fault.",
        ),
        ({"type": "FATAL", "text": "..."}, "do/it/r1 ended with status FATAL: ...."),
    ],
)
def test_a_submit_that_ended_at_once(status: dict[str, Any], words: str) -> None:
    with pytest.raises(CalculationFailedError) as caught:
        submitted(answered(202, {"request_id": "r1", "status": status}))
    error = caught.value
    assert str(error) == words
    assert (error.ref, error.status_text, error.input_problem) == (REF, status["text"], "input_problem" in status)
    assert error.body == {"request_id": "r1", "status": status}
