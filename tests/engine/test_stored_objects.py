"""The calls for stored objects, with a scripted platform: what is sent, and how a response is read."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from okapi_sdk import (
    Cdm,
    NewManeuverPlan,
    NewSatellite,
    NotFoundError,
    OemKvn,
    OemRecord,
    ResidualPlot,
    ResponseFormatError,
    RetryPolicy,
    Satellite,
    SatelliteChanges,
    SubmissionUncertainError,
    UnprocessableError,
)
from okapi_sdk._engine import stored_objects
from okapi_sdk._engine.stored_objects import parse_as
from okapi_sdk.results.response import RawResponse
from tests.support.scripted import LOST, Scripted, Sent

HOOK = "https://hooks.example/T0/secret-0815"


# One object


@pytest.mark.parametrize(
    ("model", "answer", "sent"),
    [
        (Satellite, {"satellite_id": "s1"}, Sent("GET", "/satellites/s1")),
        (Satellite, {"type": "satellite", "content": {"satellite_id": "s1"}}, Sent("GET", "/satellites/s1")),
        (OemKvn, b"CCSDS_OEM_VERS = 2.0", Sent("GET", "/oems/s1?format=kvn")),
        (ResidualPlot, b"<html>", Sent("GET", "/oems/s1/plot-od-residuals", None, "text/html")),
    ],
)
def test_an_object_is_read_in_the_form_of_its_class(model: Any, answer: object, sent: Sent) -> None:
    platform = Scripted(LOST, answer)
    found = platform.run(stored_objects.get(platform.session, model, "s1"))
    assert (type(found), found.id) == (model, "s1")
    assert platform.sent == [sent, sent]
    assert all("content-type" not in request.headers for request in platform.requests)


def test_an_object_that_is_not_there() -> None:
    platform = Scripted(RawResponse(404, {}, b""))
    with pytest.raises(NotFoundError, match=r"^GET satellites/s1 returned HTTP 404"):
        platform.run(stored_objects.get(platform.session, Satellite, "s1"))


NEW = NewSatellite(
    satellite_id="s1", name="A", norad_ids=[7], space_track_status="other", slack_webhook=HOOK, info="notes"
)
BODY = {
    "satellite_id": "s1",
    "info": "notes",
    "slack_webhook": HOOK,
    "name": "A",
    "norad_ids": [7],
    "space_track_status": "other",
}


def test_an_added_object_travels_with_a_fresh_key() -> None:
    platform = Scripted({"satellite_id": "s9", "slack_webhook": HOOK})
    for _ in range(2):
        found = platform.run(stored_objects.add(platform.session, NEW))
    assert (type(found), found.id, found.slack_webhook.get_secret_value()) == (Satellite, "s9", HOOK)
    assert platform.sent == [Sent("POST", "/satellites", BODY)] * 2
    keys = {str(uuid.UUID(request.headers["idempotency-key"])) for request in platform.requests}
    assert len(keys) == 2
    assert platform.requests[0].headers["content-type"] == "application/json"
    assert HOOK not in repr(stored_objects._secrets_in(NEW))


def test_the_query_of_an_added_object() -> None:
    platform = Scripted({"maneuver_plan_id": "m1"})
    platform.run(stored_objects.add(platform.session, NewManeuverPlan(plan={"a": 1}, force=True)))
    assert platform.sent == [Sent("POST", "/maneuver-plans?force=true", {"a": 1})]


def test_changes_travel_with_the_id() -> None:
    platform = Scripted({"satellite_id": "s1", "area": 2.0})
    found = platform.run(stored_objects.update(platform.session, "s1", SatelliteChanges(area=2.0, teams_webhook=HOOK)))
    assert (type(found), found.area) == (Satellite, 2.0)
    assert platform.sent == [
        Sent("PATCH", "/satellites/s1", {"satellite_id": "s1", "area": 2.0, "teams_webhook": HOOK})
    ]
    assert set(platform.requests[0].headers) == {"accept", "content-type", "authorization"}


def test_a_deletion_has_no_body() -> None:
    platform = Scripted({"satellite_id": "s1", "name": "gone"})
    found = platform.run(stored_objects.delete(platform.session, Satellite, "s1"))
    assert (type(found), found.name) == (Satellite, "gone")
    assert platform.sent == [Sent("DELETE", "/satellites/s1")]
    assert set(platform.requests[0].headers) == {"accept", "authorization"}


WRITES = [
    ("POST satellites", lambda session: stored_objects.add(session, NEW), None),
    (
        "PATCH satellites/s1",
        lambda session: stored_objects.update(session, "s1", SatelliteChanges(slack_webhook=HOOK)),
        "s1",
    ),
    ("DELETE satellites/s1", lambda session: stored_objects.delete(session, Satellite, "s1"), "s1"),
]


@pytest.mark.parametrize(("name", "write", "id"), WRITES)
@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_response_gives_an_object_with_the_known_fields(
    name: str, write: Any, id: str | None, body: bytes
) -> None:
    platform = Scripted(RawResponse(204, {}, body))
    found = platform.run(write(platform.session))
    assert found == (Satellite() if id is None else Satellite(satellite_id=id))


@pytest.mark.parametrize(("name", "write", "id"), WRITES)
def test_a_write_that_was_lost_is_uncertain_and_not_repeated(name: str, write: Any, id: str | None) -> None:
    platform = Scripted(LOST)
    with pytest.raises(SubmissionUncertainError, match=f"^{name} was sent, but") as caught:
        platform.run(write(platform.session))
    (request,) = platform.requests
    assert caught.value.idempotency_key == request.headers.get("idempotency-key")
    assert (caught.value.idempotency_key is None) == (not name.startswith("POST"))
    assert platform.lefts == [30.0]


@pytest.mark.parametrize(("name", "write", "id"), WRITES[:2])
def test_a_refusal_does_not_show_the_secrets_that_were_sent(name: str, write: Any, id: str | None) -> None:
    platform = Scripted(RawResponse(422, {}, json.dumps({"message": f"no good: {HOOK}"}).encode()))
    with pytest.raises(UnprocessableError, match=rf"^{name} returned .* no good: \*\*\*") as caught:
        platform.run(write(platform.session))
    assert "0815" not in f"{caught.value} {caught.value.body}"


def test_each_attempt_of_a_write_counts_towards_the_same_minute() -> None:
    platform = Scripted(RawResponse(503, {"retry-after": "50"}, b""), b"")
    platform.session = platform.session.with_options(retry=RetryPolicy(attempts=2))
    platform.run(stored_objects.delete(platform.session, Satellite, "s1"))
    assert platform.lefts == [30.0, 10.0]


# The types that data is parsed as


def test_a_record_a_message_and_a_text() -> None:
    wrapped = {"type": "oem", "content": {"oem_id": "o1"}}
    assert parse_as(OemRecord, wrapped) == parse_as(OemRecord, {"oem_id": "o1"}) == OemRecord(oem_id="o1")
    assert parse_as(str, "KVN") == "KVN"
    cdm = {"TCA": "2026-01-01T00:00:00Z", "MISS_DISTANCE": 5.0}
    assert parse_as(Cdm, cdm) == parse_as(Cdm, {"type": "cdm.json", "content": cdm})
    assert isinstance(parse_as(Cdm, cdm), Cdm)


def test_anything_but_text_is_an_error() -> None:
    with pytest.raises(ResponseFormatError) as caught:
        parse_as(str, {"password": "x", "a": 1})
    assert str(caught.value) == "Expected text, got {'password': '**********', 'a': 1}."
    assert caught.value.reason == "schema"
    with pytest.raises(ResponseFormatError, match="got 5"):
        parse_as(str, 5)
