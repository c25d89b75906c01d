"""Lists that come in pages (rows N): they end, and what was read before a fault is kept."""

from __future__ import annotations

import itertools
import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from okapi_sdk import OkapiClient, ResponseFormatError, Satellites, ServerError
from okapi_sdk._drivers.sync_driver import SyncDriver
from okapi_sdk._engine.effects import HttpRequest
from okapi_sdk._engine.paging import Cursor
from okapi_sdk.results.response import RawResponse
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.faults import TOKEN, FaultServer, Script, reply

from .outcomes import Record, error_of

Page = Callable[[int], object]


def turning(page: Page) -> Script:
    """A script that answers with pages by the number that it is asked for."""

    def run(connection: Any) -> None:
        number = int(server_of[connection.getsockname()].requests[-1].path.partition("page=")[2].partition("&")[0])
        script = page(number)
        (script if callable(script) else reply(200, script))(connection)

    return run


server_of: dict[Any, FaultServer] = {}


@pytest.fixture
def served() -> Iterator[Callable[[Page], FaultServer]]:
    """Starts a server of pages."""
    servers: list[FaultServer] = []

    def start(page: Page) -> FaultServer:
        server = FaultServer([turning(page)])
        servers.append(server)
        server_of[server._socket.getsockname()] = server
        return server

    yield start
    for server in servers:
        server.__exit__()
    server_of.clear()


def elements(both: Both, client: Client, query: Satellites) -> Iterator[Any]:
    """The elements of a list, with either client."""
    pages = client.inner.list(query)
    if both.kind == "sync":
        yield from pages
        return
    iterator = aiter(pages)
    while True:
        try:
            yield both.wait(anext(iterator))
        except StopAsyncIteration:
            return


def rows(*ids: object) -> list[dict[str, str]]:
    return [{"satellite_id": f"s{id}"} for id in ids]


def ids(found: Iterator[Any]) -> list[str]:
    return [one.satellite_id for one in found]


TWO = Satellites(limit=2)


@pytest.mark.fault("N1")
def test_a_server_that_repeats_page_1(both: Both, clock: InstantClock, served: Any) -> None:
    server = served(lambda number: {"elements": rows(1, 2), "has_more": True})
    with both.client(**server.client, clock=clock) as client:
        found = elements(both, client, TWO)
        assert [next(found).satellite_id, next(found).satellite_id] == ["s1", "s2"]
        assert "although the platform announces more" in str(error_of(ResponseFormatError, next, found))
        assert len(server.requests) == 2
    server = served(lambda number: rows(1, 2))
    with both.client(**server.client, clock=clock) as client:
        assert ids(elements(both, client, TWO)) == ["s1", "s2"]


@pytest.mark.fault("N2")
@pytest.mark.parametrize("length", [2, 3, 5, 7])
@pytest.mark.parametrize("lead", [0, 1, 4])
def test_pages_in_a_circle(both: Both, clock: InstantClock, served: Any, length: int, lead: int) -> None:
    def page(number: int) -> object:
        turn = number if number <= lead else lead + 1 + (number - lead - 1) % length
        return {"elements": rows(2 * turn, 2 * turn + 1), "has_more": True}

    server = served(page)
    with both.client(**server.client, clock=clock) as client:
        error_of(ResponseFormatError, list, elements(both, client, TWO))
    assert len(server.requests) <= 4 * (lead + length)
    server = served(lambda number: page(number)["elements"])  # type: ignore[index]
    with both.client(**server.client, clock=clock) as client:
        assert len(set(ids(elements(both, client, TWO)))) == 2 * (lead + length)


@pytest.mark.fault("N3")
def test_elements_that_move_between_pages(both: Both, clock: InstantClock, served: Any) -> None:
    # Something was added before the second page was read, so that an element stands on both.
    pages = {1: rows(1, 2), 2: rows(2, 3), 3: rows(4)}
    server = served(lambda number: {"elements": pages[number], "has_more": number < 3})
    with both.client(**server.client, clock=clock) as client:
        assert ids(elements(both, client, TWO)) == ["s1", "s2", "s2", "s3", "s4"]


@pytest.mark.fault("N4")
def test_page_37_fails(both: Both, clock: InstantClock, served: Any) -> None:
    failing = itertools.count()
    working = [False]

    def page(number: int) -> object:
        if number == 12 and next(failing) == 0:
            return reply(503)
        if number == 37 and not working[0]:
            return reply(500, b"<html>Internal Server Error</html>")
        return {"elements": rows(2 * number - 1, 2 * number), "has_more": number < 40}

    server = served(page)
    with both.client(**server.client, clock=clock) as client:
        found = elements(both, client, TWO)
        read = [one.satellite_id for one in itertools.islice(found, 72)]
        assert read == [f"s{number}" for number in range(1, 73)]
        error = error_of(ServerError, next, found)
        assert "page=37" in error.__notes__[0]
        assert sum("page=37" in request.path for request in server.requests) == 3
        working[0] = True
        rest = ids(elements(both, client, TWO.model_copy(update={"page": 37})))
        assert read + rest == [f"s{number}" for number in range(1, 81)]


@pytest.mark.fault("N5")
def test_links_are_not_followed(both: Both, clock: InstantClock, served: Any) -> None:
    with FaultServer([reply(200, rows(9))]) as other:
        link = {"next": f"{other.url}/steal", "links": {"next": {"href": f"{other.url}/steal"}}}
        server = served(lambda number: {"elements": rows(number), "has_more": number < 2, **link})
        with both.client(**server.client, clock=clock) as client:
            assert ids(elements(both, client, Satellites(limit=1))) == ["s1", "s2"]
        assert other.connections == 0


@pytest.mark.fault("N6")
@pytest.mark.parametrize(
    "body", [{}, {"items": []}, {"elements": None}, {"elements": {"a": 1}}, {"data": "none"}, 5, None, "text", b""]
)
def test_a_page_without_a_list(both: Both, clock: InstantClock, served: Any, body: object) -> None:
    server = served(lambda number: reply(200, body) if body == b"" else body)
    with both.client(**server.client, clock=clock) as client:
        assert error_of(ResponseFormatError, list, elements(both, client, TWO)).reason == "schema"


@pytest.mark.fault("N7")
def test_only_the_pages_that_are_looked_at_are_read(both: Both, clock: InstantClock, served: Any) -> None:
    server = served(lambda number: {"elements": rows(2 * number, 2 * number + 1), "total_count": 10**7})
    with both.client(**server.client, clock=clock) as client:
        found = elements(both, client, TWO)
        assert server.requests == []
        assert len(list(itertools.islice(found, 5))) == 5
        assert len(server.requests) == 3


@pytest.mark.fault("N7")
def test_memory_does_not_grow_with_the_pages(record_property: Record) -> None:
    # The flow alone, answered without sockets: they would take minutes.
    class Canned:
        def send(self, request: HttpRequest, _: float) -> RawResponse:
            body: object = {"access_token": TOKEN, "expires_in": 86400}
            if "page=" in request.url:
                number = int(request.url.partition("page=")[2].partition("&")[0])
                # Longer than the texts of which pydantic-core keeps some thousands.
                body = {"elements": rows(f"{number:080}"), "has_more": True}
            return RawResponse(200, {}, json.dumps(body).encode())

    clock = InstantClock()
    with OkapiClient("u", "p", clock=clock) as client:
        cursor, driver = Cursor(client._session, Satellites(limit=1)), SyncDriver(Canned(), clock)  # type: ignore[arg-type]
        for _ in range(500):
            driver.run(cursor.read())
        tracemalloc.start()
        for _ in range(10_000):
            page = driver.run(cursor.read())
            assert page is not None
            assert len(page) == 1
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert grown < 300_000  # pydantic's own caches; a page held for each would be megabytes
    record_property("memory after 10,000 pages more", f"{grown / 1024:.0f} KiB")
