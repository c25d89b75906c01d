"""The calls about stored objects, answered from a script: what is sent, where a list ends, how an answer is read."""

from __future__ import annotations

import json
import uuid
from typing import Any, NamedTuple

import pytest
from pydantic import SecretStr

from okapi_sdk import (
    NotFoundError,
    ResponseFormatError,
    RetryPolicy,
    ServerError,
    SubmissionUncertainError,
    TransportError,
    UnprocessableError,
)
from okapi_sdk._engine import stored
from okapi_sdk._engine.drivers import SyncDriver
from okapi_sdk._engine.effects import Failure, Flow, HttpRequest
from okapi_sdk._engine.flows import Session
from okapi_sdk._engine.stored import Cursor, Page, read_as
from okapi_sdk._engine.wire import RESULT_LIMIT
from okapi_sdk.models.response import RawResponse
from okapi_sdk.objects import (
    Cdm,
    NewManeuverPlan,
    NewSatellite,
    OemKvn,
    OemRecord,
    Oems,
    Query,
    ResidualPlot,
    Satellite,
    SatelliteChanges,
    SatelliteOems,
    Satellites,
)
from okapi_sdk.settings import Credentials, Environment, Options
from okapi_sdk.testing import InstantClock

ROOT = "http://127.0.0.1:9/api"
HERE = Environment(ROOT, f"{ROOT}/t", "audience", "client")
LOST = Failure("connection", "the line is cut", sent=True)
HOOK = "https://hooks.example/T0/secret-0815"
PAIR = Satellites(limit=2)
WHOLE = SatelliteOems(satellite_id="s")
"""A collection without pages."""


class Sent(NamedTuple):
    method: str
    path: str
    body: Any = None
    accept: str = "application/json"


class Platform:
    """Grants tokens, and answers every other request with the next outcome; the last one stays."""

    def __init__(self, *outcomes: object) -> None:
        self.clock = InstantClock()
        self.outcomes = [_answer(outcome) for outcome in outcomes]
        self.requests: list[HttpRequest] = []
        self.lefts: list[float] = []
        self.session = Session.of(HERE, Credentials("u", SecretStr("p"), "arguments"), self.clock, Options())
        self._driver = SyncDriver(self, self.clock)  # type: ignore[arg-type]

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


def rows(*ids: object) -> list[dict[str, str]]:
    return [{"satellite_id": f"s{id}", "oem_id": f"o{id}"} for id in ids]


def reading(query: Query[Any], *outcomes: object) -> tuple[Platform, Cursor[Any]]:
    platform = Platform(*outcomes)
    return platform, Cursor(platform.session, query)


def ids(page: Page[Any]) -> list[str]:
    return [one.id for one in page]


# Lists: what is sent, and what a page says


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (Satellites(), "/satellites?page=1&limit=20"),
        (Satellites(page=3, limit=2), "/satellites?page=3&limit=2"),
        (WHOLE, "/satellites/s/oems"),
        (WHOLE.texts("xml"), "/satellites/s/oems?format=xml"),
        (Oems(norad_id="25544").texts("kvn"), "/oems?page=1&limit=20&norad_id=25544&format=kvn"),
    ],
)
def test_a_list_asks_for_its_page(query: Query[Any], path: str) -> None:
    platform, cursor = reading(query, [])
    platform.run(cursor.read())
    assert platform.sent == [Sent("GET", path)]
    (request,) = platform.requests
    assert request.limit == RESULT_LIMIT
    assert set(request.headers) == {"accept", "authorization"}
    assert platform.lefts == [30.0]


def test_a_page_says_where_it_stands() -> None:
    body = {"elements": rows(5, 6), "has_more": False, "total_count": 6}
    platform, cursor = reading(Satellites(page=3, limit=2), body)
    page = platform.run(cursor.read())
    assert page == Page((page[0], page[1]), 3, False, 6)
    assert (type(page[0]), ids(page), len(page)) == (Satellite, ["s5", "s6"], 2)
    assert (page[1].id, page[-1].id, page[1:], page[:0]) == ("s6", "s6", (page.elements[1],), ())


@pytest.mark.parametrize(
    ("said", "has_more", "total_count"),
    [
        ({}, None, None),
        ({"has_more": None, "total_count": None}, None, None),
        ({"has_more": "true", "total_count": "9"}, None, None),
        ({"has_more": 1, "total_count": 9.5}, None, None),
        ({"has_more": True, "total_count": 0}, True, 0),
    ],
)
def test_what_is_no_flag_and_no_count_says_nothing(said: object, has_more: bool | None, total_count: int) -> None:
    platform, cursor = reading(PAIR, {"elements": rows(1), **said})  # type: ignore[dict-item]
    page = platform.run(cursor.read())
    assert (page.has_more, page.total_count) == (has_more, total_count)


@pytest.mark.parametrize(
    "body",
    [
        rows(1, 2),
        {"elements": rows(1, 2)},
        {"data": rows(1, 2)},
        {"elements": rows(1, 2), "data": rows(8, 9)},
        {"type": "satellites", "content": rows(1, 2)},
        {"elements": {"type": "satellites", "content": rows(1, 2)}},
        {"data": [{"type": "satellite", "content": row} for row in rows(1, 2)]},
    ],
)
def test_the_places_of_a_list_in_an_answer(body: object) -> None:
    platform, cursor = reading(PAIR, body)
    assert ids(platform.run(cursor.read())) == ["s1", "s2"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"items": [], "token": "abc"}, "{'items': [], 'token': '**********'}"),
        ({"elements": {"a": 1}}, "{'elements': {'a': 1}}"),
        ({"elements": None, "data": []}, "{'elements': None, 'data': []}"),
        ("text", "'text'"),
        (b"", "None"),
    ],
)
def test_an_answer_without_a_list(body: object, shown: str) -> None:
    platform, cursor = reading(PAIR, body)
    with pytest.raises(
        ResponseFormatError, match=r"^GET satellites: no list .* neither under elements nor under data"
    ) as caught:
        platform.run(cursor.read())
    assert (caught.value.reason, caught.value.body) == ("schema", shown)


# Lists: where they end


@pytest.mark.parametrize(
    ("query", "bodies", "following"),
    [
        # The platform says whether more follows; that stands over what a page holds and over a count.
        (PAIR, [{"elements": rows(1), "has_more": True}], 2),
        (PAIR, [{"elements": rows(1, 2), "has_more": False}], None),
        (PAIR, [{"elements": rows(1), "has_more": True, "total_count": 1}], 2),
        (PAIR, [{"elements": rows(1, 2), "has_more": False, "total_count": 9}], None),
        (PAIR, [{"elements": [], "has_more": True}], None),
        (WHOLE, [{"elements": rows(1), "has_more": True}], 2),
        # It counts.
        (PAIR, [{"elements": rows(1, 2), "total_count": 3}], 2),
        (PAIR, [{"elements": rows(1, 2), "total_count": 2}], None),
        (PAIR, [{"elements": rows(1), "total_count": 2}], 2),
        (PAIR, [{"elements": [], "total_count": 2}], None),
        (PAIR, [{"elements": rows(1, 2), "total_count": 5}, {"elements": rows(3, 4), "total_count": 5}], 3),
        (PAIR, [{"elements": rows(1, 2), "total_count": 4}, {"elements": rows(3, 4), "total_count": 4}], None),
        (Satellites(page=3, limit=2), [{"elements": rows(5, 6), "total_count": 7}], 4),
        (Satellites(page=3, limit=2), [{"elements": rows(5, 6), "total_count": 6}], None),
        (WHOLE, [{"elements": rows(1), "total_count": 2}], 2),
        (WHOLE, [{"elements": rows(1), "total_count": 1}], None),
        # It says nothing: a full page is followed by another.
        (PAIR, [rows(1, 2)], 2),
        (PAIR, [rows(1)], None),
        (PAIR, [rows(1, 2, 3)], 2),
        (PAIR, [[]], None),
        (PAIR, [rows(1, 2), rows(3)], None),
        (WHOLE, [rows(1, 2)], None),
        (WHOLE, [[]], None),
        (Oems(limit=2).texts(), [b"one whole text"], 2),
        (Oems(limit=2).texts(), [["a text"]], None),
    ],
)
def test_which_page_follows(query: Query[Any], bodies: list[object], following: int | None) -> None:
    platform, cursor = reading(query, *bodies)
    for _ in bodies:
        assert platform.run(cursor.read()) is not None
    assert cursor.next_page == following


def test_after_the_last_page_nothing_is_asked() -> None:
    platform, cursor = reading(PAIR, rows(1))
    assert len(platform.run(cursor.read())) == 1
    assert platform.run(cursor.read()) is None
    assert len(platform.sent) == 1


def test_an_empty_list_is_one_page_and_an_empty_page_behind_others_is_none() -> None:
    platform, cursor = reading(PAIR, {"elements": [], "has_more": True})
    assert platform.run(cursor.read()).elements == ()
    platform, cursor = reading(PAIR, rows(1, 2), {"elements": [], "has_more": True})
    assert ids(platform.run(cursor.read())) == ["s1", "s2"]
    assert platform.run(cursor.read()) is None
    assert cursor.next_page is None
    assert platform.run(cursor.read()) is None
    assert [sent.path for sent in platform.sent] == ["/satellites?page=1&limit=2", "/satellites?page=2&limit=2"]


def test_pages_follow_each_other() -> None:
    platform, cursor = reading(Satellites(page=4, limit=2), rows(7, 8), rows(9, 10), rows(11))
    pages = [platform.run(cursor.read()) for _ in range(3)]
    assert [(page.number, ids(page)) for page in pages] == [(4, ["s7", "s8"]), (5, ["s9", "s10"]), (6, ["s11"])]
    assert [sent.path[-14:] for sent in platform.sent] == ["page=4&limit=2", "page=5&limit=2", "page=6&limit=2"]
    platform, cursor = reading(WHOLE, {"elements": rows(1), "has_more": True}, rows(2))
    assert [platform.run(cursor.read()).number for _ in range(2)] == [1, 2]
    assert [sent.path for sent in platform.sent] == ["/satellites/s/oems", "/satellites/s/oems?page=2"]


@pytest.mark.parametrize(
    ("turns", "read"),
    [
        ("AA", 1),  # the page before
        ("AB" * 2, 3),  # page 1, 2, 4, 8 ... is kept to compare with
        ("ABC" * 3, 6),
        ("XABAB", 3),
        ("XYZABCABC", 6),
    ],
)
def test_pages_that_go_round_are_an_end_or_a_broken_promise(turns: str, read: int) -> None:
    bodies = [rows(f"{turn}1", f"{turn}2") for turn in turns]
    platform, cursor = reading(PAIR, *bodies)
    found = []
    while (page := platform.run(cursor.read())) is not None:
        found.append(page.elements[0].id[1])
    assert found == list(turns[:read])
    assert len(platform.sent) == read + 1
    platform, cursor = reading(PAIR, *({"elements": body, "has_more": True} for body in bodies))
    for _ in range(read):
        platform.run(cursor.read())
    with pytest.raises(
        ResponseFormatError, match=rf"^GET satellites: page {read + 1} repeats an earlier one"
    ) as caught:
        platform.run(cursor.read())
    assert caught.value.reason == "schema"


@pytest.mark.parametrize("said", [{}, {"has_more": False}, {"has_more": 1}, {"total_count": 9}])
def test_a_repeated_page_ends_a_list_that_promises_nothing(said: dict[str, object]) -> None:
    platform, cursor = reading(PAIR, rows(1, 2), {"elements": rows(1, 3), **said})
    platform.run(cursor.read())
    assert platform.run(cursor.read()) is None
    assert cursor.next_page is None


def test_elements_that_move_to_the_next_page_are_no_repetition() -> None:
    platform, cursor = reading(PAIR, rows(1, 2), rows(2, 1), rows(1, 2, 3))
    assert [ids(platform.run(cursor.read())) for _ in range(3)] == [["s1", "s2"], ["s2", "s1"], ["s1", "s2", "s3"]]


# Lists: a page that fails


def test_a_page_that_failed_is_asked_for_again_and_the_error_says_how() -> None:
    third = {"elements": rows(5), "total_count": 5}
    full = [{"elements": rows(*pair), "total_count": 5} for pair in ((1, 2), (3, 4))]
    platform, cursor = reading(PAIR, full[0], LOST, LOST, LOST, full[1], RawResponse(404, {}, b""), b"<", third)
    assert ids(platform.run(cursor.read())) == ["s1", "s2"]
    with pytest.raises(TransportError, match=r"^GET satellites: .*the line is cut") as lost:
        platform.run(cursor.read())
    assert lost.value.__notes__ == [
        "Page 2 of satellites could not be read; the pages before it are not affected. Go on with page=2 in the query."
    ]
    assert ids(platform.run(cursor.read())) == ["s3", "s4"]
    with pytest.raises(NotFoundError, match=r"^GET satellites was answered with HTTP 404"):
        platform.run(cursor.read())
    with pytest.raises(ResponseFormatError, match="not JSON") as damaged:
        platform.run(cursor.read())
    assert [note[:7] for note in damaged.value.__notes__] == ["Page 3 "]
    assert ids(platform.run(cursor.read())) == ["s5"]
    assert cursor.next_page is None
    assert "".join(sent.path[17] for sent in platform.sent) == "12222333"


def test_the_attempts_of_a_call_have_a_minute_together() -> None:
    platform, cursor = reading(PAIR, RawResponse(503, {"retry-after": "50"}, b""), RawResponse(500, {}, b""))
    with pytest.raises(ServerError):
        platform.run(cursor.read())
    assert platform.clock.sleeps[0] == 50
    assert platform.lefts[:2] == [30.0, 10.0]


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
    platform = Platform(LOST, answer)
    found = platform.run(stored.get(platform.session, model, "s1"))
    assert (type(found), found.id) == (model, "s1")
    assert platform.sent == [sent, sent]
    assert all("content-type" not in request.headers for request in platform.requests)


def test_an_object_that_is_not_there() -> None:
    platform = Platform(RawResponse(404, {}, b""))
    with pytest.raises(NotFoundError, match=r"^GET satellites/s1 was answered with HTTP 404"):
        platform.run(stored.get(platform.session, Satellite, "s1"))


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
    platform = Platform({"satellite_id": "s9", "slack_webhook": HOOK})
    for _ in range(2):
        found = platform.run(stored.add(platform.session, NEW))
    assert (type(found), found.id, found.slack_webhook.get_secret_value()) == (Satellite, "s9", HOOK)
    assert platform.sent == [Sent("POST", "/satellites", BODY)] * 2
    keys = {str(uuid.UUID(request.headers["idempotency-key"])) for request in platform.requests}
    assert len(keys) == 2
    assert platform.requests[0].headers["content-type"] == "application/json"
    assert HOOK not in repr(stored._secrets(NEW))


def test_the_query_of_an_added_object() -> None:
    platform = Platform({"maneuver_plan_id": "m1"})
    platform.run(stored.add(platform.session, NewManeuverPlan(plan={"a": 1}, force=True)))
    assert platform.sent == [Sent("POST", "/maneuver-plans?force=true", {"a": 1})]


def test_changes_travel_with_the_id() -> None:
    platform = Platform({"satellite_id": "s1", "area": 2.0})
    found = platform.run(stored.update(platform.session, "s1", SatelliteChanges(area=2.0, teams_webhook=HOOK)))
    assert (type(found), found.area) == (Satellite, 2.0)
    assert platform.sent == [
        Sent("PATCH", "/satellites/s1", {"satellite_id": "s1", "area": 2.0, "teams_webhook": HOOK})
    ]
    assert set(platform.requests[0].headers) == {"accept", "content-type", "authorization"}


def test_a_deletion_has_no_body() -> None:
    platform = Platform({"satellite_id": "s1", "name": "gone"})
    found = platform.run(stored.delete(platform.session, Satellite, "s1"))
    assert (type(found), found.name) == (Satellite, "gone")
    assert platform.sent == [Sent("DELETE", "/satellites/s1")]
    assert set(platform.requests[0].headers) == {"accept", "authorization"}


WRITES = [
    ("POST satellites", lambda session: stored.add(session, NEW), None),
    ("PATCH satellites/s1", lambda session: stored.update(session, "s1", SatelliteChanges(slack_webhook=HOOK)), "s1"),
    ("DELETE satellites/s1", lambda session: stored.delete(session, Satellite, "s1"), "s1"),
]


@pytest.mark.parametrize(("name", "write", "id"), WRITES)
@pytest.mark.parametrize("body", [b"", b" \r\n"])
def test_an_empty_answer_is_read_as_what_is_known(name: str, write: Any, id: str | None, body: bytes) -> None:
    platform = Platform(RawResponse(204, {}, body))
    found = platform.run(write(platform.session))
    assert found == (Satellite() if id is None else Satellite(satellite_id=id))


@pytest.mark.parametrize(("name", "write", "id"), WRITES)
def test_a_write_that_was_lost_is_uncertain_and_not_repeated(name: str, write: Any, id: str | None) -> None:
    platform = Platform(LOST)
    with pytest.raises(SubmissionUncertainError, match=f"^{name} left this machine") as caught:
        platform.run(write(platform.session))
    (request,) = platform.requests
    assert caught.value.idempotency_key == request.headers.get("idempotency-key")
    assert (caught.value.idempotency_key is None) == (not name.startswith("POST"))
    assert platform.lefts == [30.0]


@pytest.mark.parametrize(("name", "write", "id"), WRITES[:2])
def test_a_refusal_does_not_show_the_secrets_that_were_sent(name: str, write: Any, id: str | None) -> None:
    platform = Platform(RawResponse(422, {}, json.dumps({"message": f"no good: {HOOK}"}).encode()))
    with pytest.raises(UnprocessableError, match=rf"^{name} was answered .* no good: \*\*\*") as caught:
        platform.run(write(platform.session))
    assert "0815" not in f"{caught.value} {caught.value.body}"


def test_each_attempt_of_a_write_counts_towards_the_same_minute() -> None:
    platform = Platform(RawResponse(503, {"retry-after": "50"}, b""), b"")
    platform.session = platform.session.with_options(retry=RetryPolicy(attempts=2))
    platform.run(stored.delete(platform.session, Satellite, "s1"))
    assert platform.lefts == [30.0, 10.0]


# What data is read as


def test_a_record_a_message_and_a_text() -> None:
    wrapped = {"type": "oem", "content": {"oem_id": "o1"}}
    assert read_as(OemRecord, wrapped) == read_as(OemRecord, {"oem_id": "o1"}) == OemRecord(oem_id="o1")
    assert read_as(str, "KVN") == "KVN"
    cdm = {"TCA": "2026-01-01T00:00:00Z", "MISS_DISTANCE": 5.0}
    assert read_as(Cdm, cdm) == read_as(Cdm, {"type": "cdm.json", "content": cdm})
    assert isinstance(read_as(Cdm, cdm), Cdm)


def test_what_is_no_text() -> None:
    with pytest.raises(ResponseFormatError) as caught:
        read_as(str, {"password": "x", "a": 1})
    assert str(caught.value) == "A text was due, not {'password': '**********', 'a': 1}."
    assert caught.value.reason == "schema"
    with pytest.raises(ResponseFormatError, match="not 5"):
        read_as(str, 5)
