"""The seeded fleet: its conjunctions lie ahead, and a later fleet continues an earlier one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from okapi_sdk import (
    ConjunctionRiskEstimations,
    Conjunctions,
    InputError,
    OkapiClient,
    Omms,
    RiskEstimation,
    Satellites,
    Tles,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.testing import InstantClock

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def risks(at: datetime, **options: Any) -> dict[str, list[RiskEstimation]]:
    """The risk estimates of each conjunction of a fleet, the oldest first."""
    with Emulator(at=at, **{"fleet": True, **options}) as emulator, OkapiClient.emulated(emulator) as client:
        found = {
            conjunction.id: list(client.list(ConjunctionRiskEstimations(conjunction_id=conjunction.id)))
            for conjunction in client.list(Conjunctions())
        }
        for conjunction in client.list(Conjunctions()):
            assert conjunction.newest_risk_estimation == found[conjunction.id][-1]
    return found


@pytest.mark.parametrize("at", [NOON, NOON.replace(minute=59, second=59), datetime(2027, 1, 1, tzinfo=UTC)])
def test_conjunctions_lie_in_the_next_three_days_and_cdms_in_the_past(at: datetime) -> None:
    found = risks(at)
    assert len(found) >= 10
    for series in found.values():
        assert len({risk.tca for risk in series}) == 1
        assert series[0].tca is not None
        assert at < series[0].tca <= at + timedelta(days=3)
        created = [risk.creation_date for risk in series if risk.creation_date is not None]
        assert created == sorted(created)
        assert created[-1] <= at


def test_every_criticality_occurs_in_a_day() -> None:
    newest = {series[-1].criticality for hour in (0, 6, 12, 18) for series in risks(NOON.replace(hour=hour)).values()}
    assert newest >= {"critical", "observe", "non_critical"}


def test_a_later_fleet_continues_an_earlier_one() -> None:
    before, after = risks(NOON), risks(NOON + timedelta(days=1))
    assert before.keys() - after.keys() == {
        id for id, series in before.items() if series[0].tca and series[0].tca <= NOON + timedelta(days=1)
    }
    assert after.keys() - before.keys()
    for id in before.keys() & after.keys():
        early, late = before[id], after[id]
        assert len(late) > len(early)
        for old, new in zip(early, late, strict=False):
            assert (old.tca, old.creation_date) == (new.tca, new.creation_date)
            assert new.collision_probability == pytest.approx(old.collision_probability, rel=0.02)
            assert new.miss_distance == pytest.approx(old.miss_distance, rel=1e-4)


def test_the_fleet_scales_and_its_numbers_are_unique() -> None:
    with Emulator(fleet=60, at=NOON) as emulator, OkapiClient.emulated(emulator) as client:
        numbers = [satellite.norad_ids for satellite in client.list(Satellites())]
        assert len(set(numbers)) == 60
        epochs = {record.tle().epoch for record in client.list(Tles())}
        assert epochs == {NOON.replace(hour=0)}
        assert len({record.omm().data.norad_cat_id for record in client.list(Omms())}) == 60
        assert len(list(client.list(Conjunctions()))) >= 30


def test_the_clock_of_an_emulator_sets_the_time_of_its_fleet() -> None:
    with Emulator(fleet=True, clock=InstantClock(NOON)) as emulator, OkapiClient.emulated(emulator) as client:
        found = {conjunction.id for conjunction in client.list(Conjunctions())}
    assert found == risks(NOON).keys()


def test_without_a_time_it_is_the_fleet_of_now() -> None:
    with Emulator(fleet=True) as emulator, OkapiClient.emulated(emulator) as client:
        now = datetime.now(UTC)
        for conjunction in client.list(Conjunctions()):
            assert conjunction.newest_risk_estimation is not None
            assert conjunction.newest_risk_estimation.tca is not None
            assert now < conjunction.newest_risk_estimation.tca < now + timedelta(days=3)


@pytest.mark.parametrize(
    ("options", "field"),
    [({"fleet": 401}, "fleet"), ({"fleet": True, "at": datetime(2026, 11, 28)}, "at")],  # noqa: DTZ001
)
def test_a_fleet_that_cannot_be_is_refused(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        Emulator(**options)
    assert caught.value.problems[0].field == field
