"""Lists from a scripted platform: what is requested, where they end, and a page that fails."""

from __future__ import annotations

from typing import Any

import pytest

from okapi_sdk import (
    NotFoundError,
    Oems,
    Query,
    ResponseFormatError,
    Satellite,
    SatelliteOems,
    Satellites,
    ServerError,
    TransportError,
)
from okapi_sdk._engine.paging import Cursor, Page
from okapi_sdk._engine.protocol import RESULT_LIMIT
from okapi_sdk.results.response import RawResponse
from tests.support.scripted import LOST, Scripted, Sent

PAIR = Satellites(limit=2)
WHOLE = SatelliteOems(satellite_id="s")
"""A collection without pages."""


def rows(*ids: object) -> list[dict[str, str]]:
    return [{"satellite_id": f"s{id}", "oem_id": f"o{id}"} for id in ids]


def reading(query: Query[Any], *outcomes: object) -> tuple[Scripted, Cursor[Any]]:
    platform = Scripted(*outcomes)
    return platform, Cursor(platform.session, query)


def ids(page: Page[Any]) -> list[str]:
    return [one.id for one in page]


# What is requested, and what a page contains


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


def test_a_page_has_its_number_and_the_total() -> None:
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
def test_invalid_flags_and_counts_are_ignored(said: dict[str, object], has_more: bool | None, total_count: int) -> None:
    platform, cursor = reading(PAIR, {"elements": rows(1), **said})
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
def test_the_places_of_a_list_in_a_response(body: object) -> None:
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
def test_a_response_without_a_list(body: object, shown: str) -> None:
    platform, cursor = reading(PAIR, body)
    with pytest.raises(
        ResponseFormatError, match=r"^GET satellites: the response has no list, neither under elements nor under data"
    ) as caught:
        platform.run(cursor.read())
    assert (caught.value.reason, caught.value.body) == ("schema", shown)


# Where they end


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


def test_after_the_last_page_nothing_is_requested() -> None:
    platform, cursor = reading(PAIR, rows(1))
    assert len(platform.run(cursor.read())) == 1
    assert platform.run(cursor.read()) is None
    assert len(platform.sent) == 1


def test_an_empty_list_is_one_page_but_an_empty_page_after_others_is_not() -> None:
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
        ("AA", 1),
        ("AB" * 2, 3),  # page 1, 2, 4, 8 ... is kept to compare with
        ("ABC" * 3, 6),
        ("XABAB", 3),
        ("XYZABCABC", 6),
    ],
)
def test_pages_in_a_cycle_end_the_list_or_are_an_error_if_more_is_announced(turns: str, read: int) -> None:
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


@pytest.mark.parametrize("said", [{}, {"has_more": False}, {"has_more": 1}, {"total_count": 2}])
def test_a_repeated_page_ends_a_list_that_announces_nothing(said: dict[str, object]) -> None:
    platform, cursor = reading(PAIR, rows(1, 2), {"elements": rows(1, 2), **said})
    platform.run(cursor.read())
    assert platform.run(cursor.read()) is None
    assert cursor.next_page is None


def test_a_repeated_page_before_the_announced_total_is_an_error() -> None:
    platform, cursor = reading(PAIR, *[{"elements": rows(1, 2), "total_count": 3}] * 2)
    platform.run(cursor.read())
    with pytest.raises(ResponseFormatError, match="page 2 repeats an earlier one"):
        platform.run(cursor.read())


@pytest.mark.parametrize("said", [{}, {"has_more": True}, {"total_count": 4}, {"total_count": 3}])
def test_new_rows_after_a_known_one_are_kept(said: dict[str, object]) -> None:
    bodies = [{"elements": rows(*pair), **said} for pair in ((1, 2), (1, 3), (3, 4))]
    platform, cursor = reading(PAIR, *bodies)
    assert [ids(platform.run(cursor.read())) for _ in range(2)] == [["s1", "s2"], ["s1", "s3"]]
    if said != {"total_count": 3}:
        assert ids(platform.run(cursor.read())) == ["s3", "s4"]


def test_rows_without_an_id_may_be_equal() -> None:
    same = {"name": "debris"}
    platform, cursor = reading(PAIR, [same, *rows(1)], [same, *rows(2)], [same])
    assert [len(platform.run(cursor.read())) for _ in range(3)] == [2, 2, 1]


def test_a_row_is_known_by_its_id_whatever_else_changes() -> None:
    bodies = [{"elements": [{**row, "fetched_at": time} for row in rows(1, 2)], "has_more": True} for time in range(2)]
    platform, cursor = reading(PAIR, *bodies)
    platform.run(cursor.read())
    with pytest.raises(ResponseFormatError, match="page 2 repeats an earlier one"):
        platform.run(cursor.read())


def test_pages_of_the_same_rows_in_any_order_end() -> None:
    platform, cursor = reading(PAIR, *(rows(*pair) for pair in ((1, 2), (2, 1), (2, 2))))
    assert [ids(platform.run(cursor.read())) for _ in range(2)] == [["s1", "s2"], ["s2", "s1"]]
    assert platform.run(cursor.read()) is None


def test_elements_that_move_to_the_next_page_are_not_a_repeated_page() -> None:
    platform, cursor = reading(PAIR, rows(1, 2), rows(2, 1), rows(1, 2, 3))
    assert [ids(platform.run(cursor.read())) for _ in range(3)] == [["s1", "s2"], ["s2", "s1"], ["s1", "s2", "s3"]]


# A page that fails


def test_a_failed_page_is_requested_again_and_the_error_says_how() -> None:
    third = {"elements": rows(5), "total_count": 5}
    full = [{"elements": rows(*pair), "total_count": 5} for pair in ((1, 2), (3, 4))]
    platform, cursor = reading(PAIR, full[0], LOST, LOST, LOST, full[1], RawResponse(404, {}, b""), b"<", third)
    assert ids(platform.run(cursor.read())) == ["s1", "s2"]
    with pytest.raises(TransportError, match=r"^GET satellites: .*the line is cut") as lost:
        platform.run(cursor.read())
    assert lost.value.__notes__ == [
        "Page 2 of satellites could not be read; earlier pages are not affected. Continue with page=2 in the query."
    ]
    assert ids(platform.run(cursor.read())) == ["s3", "s4"]
    with pytest.raises(NotFoundError, match=r"^GET satellites returned HTTP 404"):
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
