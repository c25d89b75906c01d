"""Large bodies: quick checks instead of a look at each number and each row, with the same outcome."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import Ephemeris
from okapi_sdk.models.envelope import rows
from okapi_sdk.results.response import parse_json

PIECE = 2**16
FINITE = ("1e308", "1.7E+308", "1e-999", "1e+16", "2E0007", "9" * 400, "-4e0", "0.1e99")
HUGE = ("1e999", "-1E999", "1e+309", "2.5e0310", "9" * 310 + ".0", "9" * 250 + "e99")


@pytest.mark.parametrize("number", HUGE)
def test_a_number_that_overflows_is_refused_at_any_place(number: str) -> None:
    length = len(number)
    for start in (1, 7, *range(PIECE - length - 1, PIECE + 2), 2 * PIECE - length, 3 * PIECE - 1):
        with pytest.raises(ValueError, match="not finite"):
            parse_json(b"[" + b" " * (start - 1) + number.encode() + b"]" + b" " * PIECE)


@pytest.mark.parametrize("number", FINITE)
def test_a_finite_number_is_parsed_at_any_place(number: str) -> None:
    for start in (1, PIECE - 3, PIECE, 2 * PIECE - 1):
        content = b"[" + b" " * (start - 1) + number.encode() + b"]"
        assert parse_json(content) == json.loads(content)


@pytest.mark.parametrize(
    ("item", "count"), [(b"{},", 2 * 2**20), (b'{"a":[]},', 2**20 + 2**19), (b"[],", 4 * 2**20), (b"1,", 11 * 2**20)]
)
def test_too_many_items_are_refused_before_they_fill_the_memory(item: bytes, count: int) -> None:
    assert len(parse_json(b"[" + item * 10_000 + b"0]")) == 10_001
    with pytest.raises(ValueError, match="too many"):
        parse_json(b"[" + item * count + b"0]")


@pytest.fixture
def collector() -> Iterator[None]:
    yield
    gc.enable()


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("end", [b"]", b"?"])
@pytest.mark.usefixtures("collector")
def test_the_garbage_collector_is_left_as_it_was(enabled: bool, end: bytes) -> None:
    if not enabled:
        gc.disable()
    content = b"[" + b"[[]]," * PIECE + b"0" + end
    if end == b"]":
        assert len(parse_json(content)) == PIECE + 1
    else:
        with pytest.raises(ValueError, match="line 1"):
            parse_json(content)
    assert gc.isenabled() is enabled


STATE = {"epoch": "2016-07-21T00:31:50Z", "x": 615.119526, "y": -7095.644839}
bare = st.dictionaries(st.sampled_from(["epoch", "x", "y", "z", "type", "content"]), st.integers(), min_size=1)
odd = st.sampled_from([None, {"type": "state.json", "content": STATE}, {}, 3, "text", {"type": "a", "content": None}])


def unwrapped(row: Any) -> Any:
    return row["content"] if isinstance(row, dict) and row.keys() == {"type", "content"} else row


@given(st.lists(bare | odd, max_size=8))
def test_rows_are_found_as_if_each_was_looked_at(values: list[Any]) -> None:
    expected = [unwrapped(row) for row in values if row is not None]
    if not any(isinstance(row, dict) for row in values):
        expected = []
    assert rows({"status": {"type": "NONE"}, "states": values}) == expected
    assert rows({"states": {"type": "states.json", "content": values}}) == expected


@pytest.mark.parametrize(
    ("odd_row", "found"),
    [(None, 0), ({"status": {"type": "NONE"}}, 0), ({"request_id": "1", "status": {"type": "NONE"}}, 0),
     ({"type": "state.json", "content": STATE}, 1), ([STATE, STATE], 2), ({"states": [STATE, STATE, STATE]}, 3),
     ({"okapi_output": {"states": [STATE]}, "a": 1, "b": 2}, 1), ({**STATE, "request_id": "1"}, 1)],
)  # fmt: skip
@pytest.mark.parametrize("place", [0, 500, 999])
def test_one_odd_row_of_an_array_response(odd_row: Any, found: int, place: int) -> None:
    body: list[Any] = [STATE] * 999
    body.insert(place, odd_row)
    states = Ephemeris.from_answer(body)
    assert len(states) == 999 + found
    assert all(state.x == STATE["x"] for state in states)


def test_a_list_keeps_its_rows_if_the_response_changes() -> None:
    body = {"states": [STATE, STATE]}
    states = Ephemeris.from_answer(body)
    body["states"].clear()
    assert len(states) == 2
