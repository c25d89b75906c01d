"""What the emulator keeps is bounded, and a caller hears of what it no longer has."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest

from okapi_sdk import OkapiClient, ResultExpiredError, UploadCdm
from okapi_sdk.emulator import Emulator
from okapi_sdk.emulator.protocol import limits
from okapi_sdk.emulator.protocol.bounded import Bounded
from okapi_sdk.testing import InstantClock
from tests.support import plain

from .. import samples
from ..cdms import plain_cdm
from ..conftest import Platform, credentials

PASSES = "predict-passes/sgp4"
CDM = {"cdm": {"type": "cdm.json", "content": plain_cdm()}}

Limit = Callable[[str, int], None]


@pytest.fixture
def limit(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Limit:
    """Sets a limit of the emulator, which then is as new."""

    def set_limit(name: str, value: int) -> None:
        monkeypatch.setattr(limits, name, value)
        emulator.reset()

    return set_limit


def sign_in(platform: Platform, emulator: Emulator) -> None:
    answer = platform.http.post("/oauth/token", json=credentials(emulator))
    platform.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"


def result(platform: Platform, id_: str, path: str = PASSES) -> httpx.Response:
    return platform.http.get(f"/{path}/results/{id_}/simple")


def test_the_oldest_gives_way_by_number() -> None:
    kept: Bounded[str] = Bounded(2)
    for key in "abac":
        kept.put(key, key.upper())
    assert (kept.values(), kept.get("b"), kept.get("c"), kept.oldest()) == (["A", "C"], None, "C", "A")


def test_the_oldest_gives_way_by_weight_but_the_newest_stays() -> None:
    kept: Bounded[str] = Bounded(10, 5)
    for key, weight in (("a", 2), ("b", 3), ("c", 1)):
        kept.put(key, key, weight)
    assert kept.values() == ["b", "c"]
    kept.give_way_first("c")
    assert kept.put("d", "d", 2) == ["c"]
    assert kept.values() == ["b", "d"]
    kept.put("e", "e", 50)
    assert kept.values() == ["e"]
    kept.remove("e")
    kept.remove("e")
    kept.put("f", "f", 5)
    assert kept.values() == ["f"]


def test_of_those_that_give_way_first_the_first_marked_does() -> None:
    kept: Bounded[str] = Bounded(4)
    for key in "abcd":
        kept.put(key, key)
    for key in "cb":
        kept.give_way_first(key)
    assert [kept.put(key, key) for key in "efg"] == [["c"], ["b"], ["a"]]
    kept.give_way_first("a")  # it is gone
    assert kept.put("h", "h") == ["d"]


def test_the_newest_result_can_be_fetched_again(emulator: Emulator, platform: Platform, limit: Limit) -> None:
    limit("MOST_CALCULATIONS", 3)
    sign_in(platform, emulator)
    for _ in range(5):
        newest = platform.submit(PASSES, samples.passes())
        assert result(platform, newest).status_code == 200
        assert result(platform, newest).status_code == 200
    platform.submit(PASSES, samples.passes())
    assert result(platform, newest).status_code == 200


def test_what_belongs_to_a_forgotten_calculation_is_forgotten(
    emulator: Emulator, platform: Platform, limit: Limit
) -> None:
    limit("MOST_CALCULATIONS", 2)
    sign_in(platform, emulator)
    keyed = {"headers": {"idempotency-key": "once"}}
    first = platform.submit(PASSES, samples.passes(), **keyed)
    assert platform.submit(PASSES, samples.passes(), **keyed) == first
    for _ in range(2):
        other = platform.submit(PASSES, samples.passes())
        assert result(platform, other).status_code == 200
    assert result(platform, first).status_code == 404
    again = platform.submit(PASSES, samples.passes(), **keyed)
    assert again != first
    assert result(platform, again).status_code == 200
    assert set(emulator._app.jobs._results._entries) == {other, again}


def test_a_result_gives_way_and_says_so(emulator: Emulator, platform: Platform, limit: Limit) -> None:
    limit("LARGEST_RESULTS", 1)
    sign_in(platform, emulator)
    first = platform.submit(PASSES, samples.passes())
    assert result(platform, first).status_code == 200
    second = platform.submit(PASSES, samples.passes())
    assert result(platform, second).status_code == 200
    gone = result(platform, first)
    assert gone.status_code == 410
    assert "was discarded to make room for newer ones" in gone.json()["status"]["text"]
    assert len(emulator.calculations) == 2


def test_a_client_says_that_the_result_is_gone(emulator: Emulator, limit: Limit) -> None:
    limit("LARGEST_RESULTS", 1)
    with OkapiClient.emulated(emulator) as client:
        cdm = UploadCdm.model_validate({"cdm": {"type": "cdm.json", "content": plain_cdm()}})
        first, second = client.submit(cdm), client.submit(cdm)
        second.result()
        first.result()
        with pytest.raises(ResultExpiredError):
            client.resume(second.ref).result()


def test_old_calculations_are_forgotten_by_number(emulator: Emulator, platform: Platform, limit: Limit) -> None:
    limit("MOST_CALCULATIONS", 2)
    sign_in(platform, emulator)
    ids = [platform.submit(PASSES, samples.passes()) for _ in range(3)]
    assert [result(platform, id_).status_code for id_ in ids] == [404, 200, 200]
    assert [calculation.id for calculation in emulator.calculations] == ids[1:]


def test_old_calculations_are_forgotten_by_age(emulator: Emulator, platform: Platform, clock: InstantClock) -> None:
    emulator.token_lifetime = 1e8
    sign_in(platform, emulator)
    id_ = platform.submit(PASSES, samples.passes())
    clock.sleep(limits.KEPT_SECONDS)
    assert result(platform, id_).status_code == 200
    clock.sleep(1)
    gone = result(platform, id_)
    assert gone.status_code == 404
    assert "for up to 7 days" in gone.json()["status"]["text"]


@contextmanager
def busy(emulator: Emulator) -> Iterator[None]:
    """Both threads that compute are occupied."""
    done = threading.Event()
    for _ in range(2):
        emulator._workers.submit(lambda: done.wait(30))
    try:
        yield
    finally:
        done.set()


@pytest.mark.parametrize("path", [PASSES, "cdms"])
def test_the_result_of_a_forgotten_calculation_is_not_kept(
    emulator: Emulator, platform: Platform, limit: Limit, path: str
) -> None:
    limit("MOST_CALCULATIONS", 1)
    sign_in(platform, emulator)
    jobs, ended = emulator._app.jobs, threading.Event()
    with busy(emulator):
        platform.submit(path, samples.passes() if path == PASSES else CDM)
        (forgotten,) = jobs._jobs.values()
        newest = platform.submit(PASSES, samples.passes())
        forgotten.future.add_done_callback(lambda _: ended.set())
    assert result(platform, newest).status_code == 200
    assert ended.wait(30)
    assert len(platform.http.get("/cdms").json()["elements"]) == (path == "cdms")  # it is stored all the same
    assert set(jobs._results._entries) == {newest}


@pytest.mark.parametrize("name", ["MOST_UNFINISHED", "LARGEST_BACKLOG"])
@pytest.mark.parametrize("path", [PASSES, "cdms"])
def test_a_backlog_is_bounded(emulator: Emulator, platform: Platform, limit: Limit, path: str, name: str) -> None:
    body = samples.passes() if path == PASSES else CDM
    limit(name, 3 * len(json.dumps(body)) if name == "LARGEST_BACKLOG" else 3)
    sign_in(platform, emulator)
    with busy(emulator):
        answers = [platform.http.post(f"/{path}/requests", json=body) for _ in range(12)]
        codes = [answer.status_code for answer in answers]
        accepted = codes.count(202)
        assert codes == [202] * accepted + [503] * (12 - accepted)
        assert 2 <= accepted <= 3  # the client writes JSON with or without blanks
        assert answers[-1].headers["retry-after"] == "1"
    assert result(platform, answers[0].json()["request_id"], path).status_code == 200
    for answer in answers[1:accepted]:
        assert result(platform, answer.json()["request_id"], path).status_code == 200
    assert platform.http.post(f"/{path}/requests", json=body).status_code == 202


def test_uploads_are_stored_although_their_results_gave_way(
    emulator: Emulator, platform: Platform, limit: Limit
) -> None:
    limit("LARGEST_RESULTS", 1)
    sign_in(platform, emulator)
    for number in range(5):
        platform.submit("cdms", {"cdm": {"type": "cdm.json", "content": {**plain_cdm(), "CDM_ID": str(number)}}})
    assert platform.http.get("/cdms").json()["total_count"] == 5


def test_names_that_are_refused_are_not_kept(emulator: Emulator) -> None:
    names = ["n" * 100_000 + str(number) for number in range(3)]
    for name in names:
        assert plain.post(emulator.token_url, json=credentials(emulator, username=name)).status_code == 403
    refused = emulator._app.sign_in._refusals
    assert len(refused.values()) == 3
    assert all(len(key) == 32 for key in refused._entries if isinstance(key, bytes))


def test_a_sign_in_of_megabytes_is_refused_unread(emulator: Emulator) -> None:
    form = credentials(emulator, username="n" * limits.LARGEST_SIGN_IN)
    answer = plain.post(emulator.token_url, json=form)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")


def test_tokens_are_bounded(emulator: Emulator, platform: Platform, limit: Limit) -> None:
    limit("MOST_KEYS", 2)
    answers = [plain.post(emulator.token_url, json=credentials(emulator)).json()["access_token"] for _ in range(3)]
    codes = [
        plain.get(f"{emulator.base_url}/satellites", headers={"authorization": f"Bearer {token}"}).status_code
        for token in answers
    ]
    assert codes == [401, 200, 200]


def test_calls_are_bounded_by_size(emulator: Emulator, platform: Platform, limit: Limit) -> None:
    limit("LARGEST_RECORDS", 5_000)
    for number in range(5):
        platform.http.get(f"/{number}", headers={"x-long": "x" * 2_000})
    assert [call.path for call in emulator.calls] == ["/3", "/4"]
