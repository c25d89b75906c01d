"""What is new, worse, better, cleared or passed, and the state file in every condition."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from okapi_sdk import (
    AsyncOkapiClient,
    ConfigurationError,
    ConjunctionReport,
    ConjunctionWatch,
    InputError,
    OkapiClient,
    OkapiError,
)
from okapi_sdk.emulator import Emulator

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
Put = Callable[..., None]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "conjunctions.json"


@pytest.fixture
def client(emulator: Emulator) -> Iterator[OkapiClient]:
    with OkapiClient.emulated(emulator) as made:
        yield made


@pytest.fixture
def put(emulator: Emulator) -> Put:
    """Stores a conjunction, or changes it."""

    def put(
        id: str = "c1",
        *,
        probability: float | None = 1e-5,
        miss: float | None = 1.0,
        criticality: str | None = "observe",
        hours: float = 24,
    ) -> None:
        risk = {
            "tca": (NOW + timedelta(hours=hours)).isoformat(),
            "collision_probability": probability,
            "miss_distance": miss,
            "criticality": criticality,
        }
        emulator.put(
            "conjunctions",
            [{"conjunction_id": id, "sat2_name": id, "criticality": criticality, "newest_risk_estimation": risk}],
        )

    return put


def kinds(report: ConjunctionReport) -> dict[str, str]:
    return {one.sighting.conjunction_id: one.change for one in report.conjunctions}


def test_the_first_check_reports_everything_as_new_and_the_second_nothing(
    client: OkapiClient, put: Put, state: Path
) -> None:
    put()
    watch = ConjunctionWatch(state=state)
    first = watch.check(client, now=NOW)
    assert (kinds(first), first.alarming) == ({"c1": "new"}, True)
    second = watch.check(client, now=NOW)
    assert (kinds(second), second.changes, second.alarming) == ({"c1": "unchanged"}, (), False)


@pytest.mark.parametrize(
    ("values", "change", "reason"),
    [
        ({"probability": 1.99e-5}, "unchanged", None),
        ({"probability": 2e-5}, "worse", "probability from 1.0e-05 to 2.0e-05"),
        ({"probability": 5e-6}, "better", "probability from 1.0e-05 to 5.0e-06"),
        ({"probability": 0.0}, "better", "probability from 1.0e-05 to 0.0e+00"),
        ({"probability": None}, "worse", "probability was 1.0e-05 and can no longer be computed"),
        ({"miss": 0.5}, "worse", "miss distance from 1.000 km to 0.500 km"),
        ({"miss": 0.0}, "worse", "miss distance from 1.000 km to 0.000 km"),
        ({"miss": 0.7}, "unchanged", None),
        ({"miss": 1.5}, "better", "miss distance from 1.000 km to 1.500 km"),
        ({"miss": None}, "unchanged", None),
        ({"criticality": "critical"}, "worse", "criticality from observe to critical"),
        ({"criticality": "non_critical"}, "better", "criticality from observe to non_critical"),
        ({"criticality": "a name of tomorrow"}, "unchanged", None),
        ({"probability": 5e-6, "miss": 0.5}, "worse", "miss distance from 1.000 km to 0.500 km"),
    ],
)
def test_worse_and_better(
    client: OkapiClient, put: Put, state: Path, values: dict[str, Any], change: str, reason: str | None
) -> None:
    put()
    watch = ConjunctionWatch(state=state)
    watch.check(client, now=NOW)
    put(**values)
    (found,) = watch.check(client, now=NOW).conjunctions
    assert (found.change, found.reasons) == (change, () if reason is None else (reason,))


def test_negligible_probabilities_are_not_compared(client: OkapiClient, put: Put, state: Path) -> None:
    put(probability=1e-30)
    watch = ConjunctionWatch(state=state)
    watch.check(client, now=NOW)
    put(probability=1e-11)
    assert not watch.check(client, now=NOW).changes


def test_a_slow_drift_is_reported_when_it_adds_up(client: OkapiClient, put: Put, state: Path) -> None:
    watch = ConjunctionWatch(state=state)
    found = []
    for step in range(7):
        put(probability=1e-6 * 1.3**step)
        found.append(kinds(watch.check(client, now=NOW))["c1"])
    assert found == ["new", "unchanged", "unchanged", "worse", "unchanged", "unchanged", "worse"]


def test_passed_is_not_cleared(client: OkapiClient, put: Put, emulator: Emulator, state: Path) -> None:
    watch = ConjunctionWatch(state=state)
    put("passing", hours=2)
    put("cleared", hours=40)
    put("withdrawn", hours=41)
    watch.check(client, now=NOW)
    put("cleared", hours=80)
    emulator.reset()
    put("cleared", hours=80)
    report = watch.check(client, now=NOW + timedelta(hours=3))
    assert kinds(report) == {"passing": "passed", "cleared": "cleared", "withdrawn": "cleared"}
    assert not report.alarming
    assert not watch.check(client, now=NOW + timedelta(hours=3)).conjunctions


@pytest.mark.parametrize(
    ("options", "watched"),
    [
        ({}, {"near", "likely", "unknown", "mild"}),
        ({"min_probability": 1e-4}, {"likely", "unknown"}),
        ({"max_miss_distance_km": 0.2}, {"near", "unknown"}),
        ({"min_probability": 1e-4, "max_miss_distance_km": 0.2}, {"near", "likely", "unknown"}),
        ({"critical": True}, {"likely", "unknown"}),
        ({"within": timedelta(hours=20)}, {"mild"}),
    ],
)
def test_thresholds(client: OkapiClient, put: Put, state: Path, options: dict[str, Any], watched: set[str]) -> None:
    put("near", miss=0.1)
    put("likely", probability=1e-3, criticality="critical")
    put("unknown", probability=None, miss=None, criticality=None)
    put("mild", probability=1e-7, miss=5.0, hours=12)
    assert kinds(ConjunctionWatch(state=state, **options).check(client, now=NOW)).keys() == watched


def test_the_most_urgent_come_first(client: OkapiClient, put: Put, state: Path) -> None:
    put("a")
    put("b", probability=1e-3, criticality="critical")
    put("c", probability=2e-5)
    report = ConjunctionWatch(state=state).check(client, now=NOW)
    assert [one.sighting.conjunction_id for one in report.changes] == ["b", "c", "a"]


def test_a_failing_list_leaves_the_state_as_it_was(
    client: OkapiClient, put: Put, emulator: Emulator, state: Path
) -> None:
    for number in range(150):
        put(f"c{number}")
    watch = ConjunctionWatch(state=state)
    watch.check(client, now=NOW)
    before = state.read_bytes()
    put("another")
    emulator.fail_next(404, path="/conjunctions?page=2")
    emulator.fail_next(404, path="/conjunctions", body={})
    with pytest.raises(OkapiError):
        watch.check(client, now=NOW)
    assert state.read_bytes() == before
    emulator.reset()


def test_a_failing_hook_leaves_the_state_as_it_was(client: OkapiClient, put: Put, state: Path) -> None:
    put()
    seen: list[ConjunctionReport] = []

    def mail(report: ConjunctionReport) -> None:
        seen.append(report)
        if len(seen) == 1:
            raise ConnectionError("the mail server is down")

    watch = ConjunctionWatch(state=state, on_change=mail)
    with pytest.raises(ConnectionError):
        watch.check(client, now=NOW)
    assert not state.exists()
    assert kinds(watch.check(client, now=NOW)) == {"c1": "new"}
    watch.check(client, now=NOW)
    assert [kinds(report) for report in seen] == [{"c1": "new"}] * 2


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "{}", '{"format": "okapi-conjunction-watch", "version": 2, "conjunctions": []}',
     '{"format": "okapi-conjunction-watch", "version": 1, "conjunctions": [{}]}',
     '{"format": "okapi-conjunction-watch", "version": 1, "conjunctions": 1}', "\x00", "[" * 100_000],
)  # fmt: skip
def test_a_damaged_state_is_named_and_kept(client: OkapiClient, state: Path, content: str) -> None:
    state.write_text(content)
    with pytest.raises(ConfigurationError, match=r"conjunctions\.json' cannot be used: .*delete it to start anew"):
        ConjunctionWatch(state=state).check(client, now=NOW)
    assert state.read_text() == content


def test_a_state_that_cannot_be_written_is_named(client: OkapiClient, tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "folder.json", tmp_path):
        with pytest.raises(ConfigurationError, match="state file"):
            ConjunctionWatch(state=path).check(client, now=NOW)


def test_two_checks_do_not_share_a_state(client: OkapiClient, put: Put, state: Path) -> None:
    put()
    inner: list[str] = []

    def check_again(report: ConjunctionReport) -> None:
        with pytest.raises(ConfigurationError) as caught:
            ConjunctionWatch(state=state).check(client, now=NOW)
        inner.append(caught.value.message)

    ConjunctionWatch(state=state, on_change=check_again).check(client, now=NOW)
    assert len(inner) == 1
    assert "in use by another check" in inner[0]
    assert kinds(ConjunctionWatch(state=state).check(client, now=NOW)) == {"c1": "unchanged"}


def test_nothing_but_the_state_and_its_lock_remains(client: OkapiClient, put: Put, state: Path) -> None:
    put()
    ConjunctionWatch(state=state).check(client, now=NOW)
    assert sorted(path.name for path in state.parent.iterdir()) == ["conjunctions.json", "conjunctions.json.lock"]
    content = json.loads(state.read_text())
    assert (content["version"], content["server"], content["username"]) == (2, "http://127.0.0.1", client.username)
    assert Emulator.password not in state.read_text()


def test_the_asynchronous_check_is_the_same(emulator: Emulator, put: Put, state: Path) -> None:
    put()
    seen: list[str] = []

    async def tell(report: ConjunctionReport) -> None:
        await asyncio.sleep(0)
        seen.extend(kinds(report).values())

    async def main() -> None:
        watch = ConjunctionWatch(state=state, on_change=tell)
        async with AsyncOkapiClient.emulated(emulator) as client:
            assert kinds(await watch.check_async(client, now=NOW)) == {"c1": "new"}
            put(probability=1e-3)
            assert kinds(await watch.check_async(client, now=NOW)) == {"c1": "worse"}

    asyncio.run(main())
    assert seen == ["new", "worse"]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"within": timedelta(0)}, "within"),
        ({"within": 3}, "within"),
        ({"min_probability": 1.5}, "min_probability"),
        ({"min_probability": float("nan")}, "min_probability"),
        ({"min_probability": "1e-5"}, "min_probability"),
        ({"max_miss_distance_km": 0}, "max_miss_distance_km"),
        ({"probability_factor": 1}, "probability_factor"),
        ({"probability_factor": None}, "probability_factor"),
        ({"miss_distance_factor": 0.5}, "miss_distance_factor"),
    ],
)
def test_a_watch_that_cannot_be_is_refused(state: Path, options: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as caught:
        ConjunctionWatch(state=state, **options)
    assert caught.value.problems[0].field == field


def test_the_state_names_the_platforms_ids_only_once(client: OkapiClient, put: Put, state: Path) -> None:
    put()
    report = ConjunctionWatch(state=state).check(client, now=NOW)
    (line,) = [one.to_dict() for one in report.changes]
    assert json.loads(json.dumps(line)) == line
    assert (line["change"], line["conjunction_id"], line["before"]) == ("new", "c1", None)


def test_the_state_of_another_environment_or_account_is_refused(emulator: Emulator, put: Put, state: Path) -> None:
    put()
    watch = ConjunctionWatch(state=state, on_change=lambda report: told.append(report))
    told: list[ConjunctionReport] = []
    with OkapiClient.emulated(emulator) as first:
        watch.check(first, now=NOW)
    before = state.read_bytes()
    urls = {"base_url": emulator.base_url, "token_url": emulator.token_url}
    for client, expected in (
        (OkapiClient("a@b.example", "not secret"), "belongs to http://127.0.0.1, not to https://api-aether.okapi"),
        (OkapiClient("a@b.example", "not secret", **urls), "belongs to another account of http://127.0.0.1."),
    ):
        with client, pytest.raises(ConfigurationError) as caught:
            watch.check(client, now=NOW)
        assert expected in caught.value.message
        assert "a@b.example" not in caught.value.message
    assert (len(told), state.read_bytes()) == (1, before)


def test_another_emulator_on_this_machine_may_go_on(emulator: Emulator, put: Put, state: Path) -> None:
    put()
    with OkapiClient.emulated(emulator) as first:
        ConjunctionWatch(state=state).check(first, now=NOW)
    with OkapiClient.emulated() as second:  # on another port, and without the conjunction
        assert kinds(ConjunctionWatch(state=state).check(second, now=NOW)) == {"c1": "cleared"}
