"""Result lists behave as sequences whose rows stay data."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Sequence
from typing import Any

import pytest

from okapi_sdk import Pass, Passes, PassSummary
from okapi_sdk.errors import ResponseFormatError

ROWS = [{"start": f"2018-08-07T1{hour}:00:00.000Z", "max_elevation": hour} for hour in range(5)]
ANSWER = {"status": {"type": "WARNING", "text": "old TLE"}, "passes": ROWS}


@pytest.fixture
def found() -> Passes:
    return Passes.from_answer(ANSWER)


def test_it_is_a_sequence_and_no_list(found: Passes) -> None:
    assert isinstance(found, Sequence)
    assert not isinstance(found, list)
    assert len(found) == 5
    assert [one.max_elevation for one in found] == [0, 1, 2, 3, 4]
    assert [one.max_elevation for one in reversed(found)] == [4, 3, 2, 1, 0]
    assert isinstance(found[-1], Pass)
    assert found[2] in found
    assert found.index(found[3]) == 3
    with pytest.raises(IndexError):
        found[5]


def test_slices_keep_kind_status_and_raw(found: Passes) -> None:
    part = found[1:4:2]
    assert type(part) is Passes
    assert [one.max_elevation for one in part] == [1, 3]
    assert part.status == found.status
    assert part.raw is found.raw is ANSWER


def test_equality(found: Passes) -> None:
    assert found == Passes.from_answer(copy.deepcopy(ANSWER)) == found[:]
    assert found != found[1:]
    assert found != PassSummary.from_answer(ANSWER)
    assert found != Passes.from_answer({"passes": ROWS})
    assert found != list(found)


def test_copies(found: Passes) -> None:
    for copied in (pickle.loads(pickle.dumps(found)), copy.copy(found), copy.deepcopy(found)):
        assert type(copied) is Passes
        assert copied == found
        assert copied.raw == ANSWER


def test_repr_is_short(found: Passes) -> None:
    title, header, *rows = repr(found).split("\n")
    assert title == "<Passes: 5, WARNING: old TLE>"
    assert header.split() == ["start", "max_elevation"]
    assert [row.split() for row in rows] == [[f"2018-08-07T1{hour}:00:00Z", str(hour)] for hour in range(5)]


def test_rows_as_they_came(found: Passes) -> None:
    assert found.to_dicts() == ROWS


@pytest.mark.parametrize("text", [b'{"passes": [{"max_elevation": 3}]}', '{"passes": [{"max_elevation": 3}]}',
                                  bytearray(b'[{"max_elevation": 3}]')])  # fmt: skip
def test_json_text(text: Any) -> None:
    assert Passes.model_validate_json(text)[0].max_elevation == 3


@pytest.mark.parametrize(
    "text", [b"<html>", b'{"passes": [', b"", "nope", b"\xff\xfe", b'{"passes": [{"range": NaN}]}']
)
def test_other_text_is_no_json(text: Any) -> None:
    with pytest.raises(ResponseFormatError) as caught:
        Passes.model_validate_json(text)
    assert caught.value.reason == "not_json"
    assert caught.value.__context__ is None


def test_a_row_that_does_not_read_is_named() -> None:
    found = Passes.from_answer({"passes": [{}, {"max_elevation": "high"}, 7]})
    assert found[0].max_elevation is None
    with pytest.raises(ResponseFormatError, match=r"Passes\[1\].*max_elevation") as caught:
        found[1]
    assert caught.value.body == {"max_elevation": "high"}
    assert caught.value.__context__ is None
    with pytest.raises(ResponseFormatError, match=r"Passes\[0\]"):
        found[-1:][0]
