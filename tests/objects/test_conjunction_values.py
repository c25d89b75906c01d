"""The values of a conjunction come from its newest risk estimate, and are None if it has none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from okapi_sdk import Conjunction

RISK = {
    "tca": "2020-01-10T09:00:00Z", "miss_distance": 0.8, "collision_probability": 1e-4, "criticality": "observe",
}  # fmt: skip


@pytest.mark.parametrize("risk", [RISK, {"type": "risk_estimation.json", "content": RISK}])
def test_values_of_the_newest_estimate(risk: Any) -> None:
    found = Conjunction.model_validate({"conjunction_id": "c", "newest_risk_estimation": risk})
    assert found.tca == datetime(2020, 1, 10, 9, tzinfo=UTC)
    assert (found.miss_distance_km, found.collision_probability, found.criticality) == (0.8, 1e-4, "observe")


@pytest.mark.parametrize("data", [{}, {"newest_risk_estimation": None}, {"newest_risk_estimation": {}},
                                  {"newest_risk_prediction": RISK}])  # fmt: skip
def test_unknown_values_are_none(data: dict[str, Any]) -> None:
    found = Conjunction.model_validate(data)
    assert (found.tca, found.miss_distance_km, found.collision_probability, found.criticality) == (None,) * 4


def test_the_platforms_own_criticality_wins_and_a_dump_holds_what_was_sent() -> None:
    rated = Conjunction.model_validate({"criticality": "critical", "newest_risk_estimation": RISK})
    assert rated.criticality == "critical"
    unrated = Conjunction.model_validate({"newest_risk_estimation": RISK})
    assert "criticality" not in unrated.model_dump(exclude_unset=True)
    assert Conjunction.model_validate_json(unrated.model_dump_json()) == Conjunction.model_validate(
        {**unrated.model_dump(), "criticality": "observe"}
    )
    assert Conjunction.model_validate({"tca": "?", "newest_risk_estimation": RISK}).tca == datetime(
        2020, 1, 10, 9, tzinfo=UTC
    )
