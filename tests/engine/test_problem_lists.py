"""The lists of problems in error bodies, as frameworks of web services write them."""

from __future__ import annotations

from typing import Any

import pytest

from okapi_sdk._engine.call_errors import error_text
from okapi_sdk._engine.problem_lists import problem_texts


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (  # FastAPI
            {"detail": [
                {"loc": ["body", "orbit", 0], "msg": "field required", "type": "missing", "input": "secret"},
                {"loc": ["query", "page"], "msg": "not a number.", "type": "int"},
            ]},
            "body.orbit.0: field required; query.page: not a number",
        ),
        ({"message": "Validation failed.", "errors": ["no mass", "no area"]}, "Validation failed: no mass; no area"),
        ({"message": "no mass", "errors": ["no mass"]}, "no mass"),
        ({"errors": {"mass": ["too big", "no unit"], "area": "odd"}}, "mass: too big; mass: no unit; area: odd"),
        ({"errors": [{"field": "mass", "message": "too big"}, {"title": "odd"}]}, "mass: too big; odd"),
        (  # celebrate
            {"error": "Bad Request", "message": "celebrate failed",
             "validation": {"body": {"source": "body", "keys": ["mass"], "message": '"mass" is required'}}},
            'celebrate failed: body: "mass" is required',
        ),
        (  # LoopBack
            {"error": {"message": "invalid", "details": [{"path": "/mass", "message": "must be number"}]}},
            "/mass: must be number",
        ),
        ({"detail": "only a text"}, "only a text"),
        ({"detail": [], "errors": {}, "validation": None}, ""),
        ({"errors": [None, 5, {}, [], " "]}, ""),
        ([{"errors": ["x"]}], ""),
    ],
)  # fmt: skip
def test_every_problem_is_shown_with_its_field(body: Any, text: str) -> None:
    assert error_text(body) == text


def test_long_lists_end_with_a_number_and_deep_ones_end() -> None:
    texts = problem_texts({"errors": [f"problem {number}" for number in range(25)]})
    assert texts[:2] == ["problem 0", "problem 1"]
    assert texts[20:] == ["and 5 more"]
    deep: Any = "bottom"
    for _ in range(200):
        deep = [deep]
    assert problem_texts({"errors": deep}) == []
    assert problem_texts({"errors": ["\x1b[2J evil\u202e"]}) == ["[2J evil"]
