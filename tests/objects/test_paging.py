"""Ends of lists that the pages of tests/faults do not have, and what ten thousand elements cost."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from okapi_sdk import ResponseFormatError, SatelliteOems, Satellites
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.faults import FaultServer, Script, reply

from .conftest import Wire


def rows(*ids: int) -> list[dict[str, str]]:
    return [{"oem_id": f"o{id}", "satellite_id": f"s{id}"} for id in ids]


def pages(*bodies: Any) -> list[Script]:
    return [reply(200, body) for body in bodies]


def test_a_collection_without_pages_is_read_on_where_more_is_promised(both: Both, clock: InstantClock) -> None:
    script = pages({"elements": rows(1, 2), "has_more": True}, {"elements": rows(3), "has_more": False})
    with FaultServer(script) as server, both.client(**server.client, clock=clock) as client:
        found = [one.id for one in client.list(SatelliteOems(satellite_id="s"))]
        assert found == ["o1", "o2", "o3"]
        assert [request.path for request in server.requests] == ["/satellites/s/oems", "/satellites/s/oems?page=2"]


def test_a_collection_without_pages_that_promises_more_and_has_none(both: Both, clock: InstantClock) -> None:
    with FaultServer(pages({"elements": rows(1), "has_more": True})) as server:
        with both.client(**server.client, clock=clock) as client:
            found = client.list(SatelliteOems(satellite_id="s"))
            assert next(found).id == "o1"
            with pytest.raises(ResponseFormatError, match="although the platform announces more"):
                next(found)


def test_a_list_shorter_than_its_count_is_read_on(both: Both, clock: InstantClock) -> None:
    # A server that gives two although a hundred were asked for.
    script = pages({"elements": rows(1, 2), "total_count": 3}, {"elements": rows(3), "total_count": 3})
    with FaultServer(script) as server, both.client(**server.client, clock=clock) as client:
        assert [one.satellite_id for one in client.list(Satellites(limit=100))] == ["s1", "s2", "s3"]
        assert len(server.requests) == 2


@pytest.mark.parametrize("second", [rows(1, 2), [], {"elements": [], "has_more": True}])
def test_there_is_no_page_behind_the_last(both: Both, clock: InstantClock, second: Any) -> None:
    with FaultServer(pages(rows(1, 2), second)) as server:
        with both.client(**server.client, clock=clock) as client:
            assert [(page.number, len(page)) for page in client.pages(Satellites(limit=2))] == [(1, 2)]


def test_an_empty_list_is_one_empty_page(client: Client) -> None:
    (page,) = client.pages(Satellites())
    assert (page.elements, page.has_more, page.total_count) == ((), False, 0)


def test_pages_say_where_they_stand(client: Client, emulator: Emulator) -> None:
    emulator.put("satellites", rows(*range(5)))
    found = list(client.pages(Satellites(limit=2)))
    assert [(page.number, len(page), page.has_more, page.total_count) for page in found] == [
        (1, 2, True, 5),
        (2, 2, True, 5),
        (3, 1, False, 5),
    ]
    assert [one.id for one in found[0][:1]] == [found[0][0].id] == ["s0"]
    assert [one.id for one in client.list(Satellites(limit=2, page=3))] == ["s4"]
    assert list(client.list(Satellites(limit=2, page=4))) == []


def test_nothing_is_read_before_it_is_looked_at(client: Client, wire: Wire, emulator: Emulator) -> None:
    emulator.put("satellites", rows(*range(6)))
    listed = client.inner.list(Satellites(limit=2))
    assert repr(listed).endswith("Pages of Satellites(page=1, limit=2)>")
    assert wire.calls == []
    found = client.list(Satellites(limit=2))
    assert len(list(islice(found, 3))) == 3
    assert len(wire.calls) == 2


@pytest.mark.parametrize("limit", [2, 6, 100])
def test_the_first_element_costs_one_page(client: Client, wire: Wire, emulator: Emulator, limit: int) -> None:
    emulator.put("satellites", rows(*range(6)))
    assert client.first(Satellites(limit=limit)).id == "s0"
    assert wire.last[1] == f"/satellites?page=1&limit={limit}"
    assert client.first(Satellites(limit=2, page=3)).id == "s4"
    assert len(wire.calls) == 2


@pytest.mark.parametrize("empty", [[], {"elements": [], "has_more": True}])
def test_an_empty_page_has_no_first_element(both: Both, clock: InstantClock, empty: Any) -> None:
    # It is the last page, whatever is promised.
    with FaultServer(pages(empty, rows(1))) as server, both.client(**server.client, clock=clock) as client:
        assert client.first(Satellites()) is None
        assert [request.path for request in server.requests] == ["/satellites?page=1&limit=20"]


def test_ten_thousand_satellites(
    client: Client, wire: Wire, emulator: Emulator, record_property: Callable[[str, object], None]
) -> None:
    emulator.put("satellites", ({"satellite_id": f"s{number}", "name": "x" * 200} for number in range(10_000)))
    for _ in client.list(Satellites(limit=100, page=90)):
        pass  # what is made once is not counted
    wire.calls.clear()
    tracemalloc.start()
    count = sum(1 for _ in client.list(Satellites(limit=100)))
    _, peak = tracemalloc.get_traced_memory()
    one = tracemalloc.get_traced_memory()[0]
    held = [*islice(client.list(Satellites(limit=100)), 1000)]
    tenth = tracemalloc.get_traced_memory()[0] - one
    tracemalloc.stop()
    assert count == 10_000
    assert wire.calls[99].url.params["page"] == "100"
    assert len(wire.calls) == 100 + 10
    assert len(held) == 1000
    # Server and client together, in one process; all elements at once would be ten times `tenth`.
    assert peak < 3_000_000 < 5 * tenth
    record_property("peak of memory while 10,000 satellites are read", f"{peak / 1e6:.1f} MB of {tenth / 1e5:.0f} MB")
