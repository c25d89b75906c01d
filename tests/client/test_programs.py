"""Programs as people write them: notebooks, web services, callbacks and foreign transports."""

from __future__ import annotations

import asyncio
import functools
import inspect
import json
import math
import typing
import warnings
from collections.abc import Iterator
from typing import Any
from unittest.mock import AsyncMock, Mock

import httpx
import numpy as np
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

import okapi_sdk
from okapi_sdk import (
    AsyncOkapiClient,
    AuthenticationError,
    ConfigurationError,
    Conjunctions,
    Ephemeris,
    GroundLocation,
    InputError,
    NewSatellite,
    OkapiClient,
    OkapiError,
    OkapiWarning,
    Passes,
    PassSummary,
    PollPolicy,
    PropagationSettings,
    RawCalculation,
    RequestRef,
    ResponseFormatError,
    RetryPolicy,
    Satellites,
    TimeWindow,
)
from okapi_sdk.emulator import Emulator
from okapi_sdk.settings.credentials import credentials_from
from okapi_sdk.settings.environments import environment_for, environment_named
from okapi_sdk.testing import InstantClock
from tests.support.both import Both, Client
from tests.support.cases import iss_orbit, iss_passes

WINDOW = "2018-08-07T18:00Z"


@pytest.mark.parametrize("timeout", [0, -1, math.nan, math.inf, "5", True, 1e9])
def test_run_submits_nothing_if_its_timeout_is_refused(both: Both, emulator: Emulator, timeout: Any) -> None:
    with both.emulated(emulator) as client, pytest.raises(InputError, match="timeout: a number of seconds"):
        client.run(iss_passes(), timeout=timeout)
    assert list(emulator.calculations) == []


async def _coroutine(event: Any) -> None: ...


class _AsyncCall:
    async def __call__(self, event: Any) -> None: ...


class _AsyncMethod:
    async def method(self, event: Any) -> None: ...


ASYNC_CALLBACKS = {
    "object": _AsyncCall(),
    "partial": functools.partial(_coroutine),
    "method": _AsyncMethod().method,
    "lambda": lambda event: _coroutine(event),
    "mock": AsyncMock(),
}


@pytest.mark.parametrize("callback", ASYNC_CALLBACKS.values(), ids=ASYNC_CALLBACKS)
def test_an_asynchronous_callback_is_refused_however_it_is_made(both: Both, callback: Any) -> None:
    clock = InstantClock()
    with Emulator(clock=clock, processing_time=5) as emulator, both.emulated(emulator) as client:
        request = client.submit(iss_passes())
        with pytest.raises(InputError, match="on_poll: a function that takes a PollEvent"):
            request.wait(on_poll=callback)


def test_synchronous_callbacks_of_every_kind_run(both: Both) -> None:
    events: list[Any] = []

    class Note:
        def __call__(self, event: Any) -> None:
            events.append(event)

    clock = InstantClock()
    with Emulator(clock=clock, processing_time=1) as emulator, both.emulated(emulator) as client:
        for callback in (events.append, Note(), functools.partial(Note()), Mock(side_effect=events.append), print):
            client.submit(iss_passes()).wait(on_poll=callback)
    assert len({event.ref for event in events}) == 4


# Results in models of one's own


class Report(BaseModel):
    passes: Passes
    states: Ephemeris | None = None


def test_results_are_fields_of_models(client: Client) -> None:
    passes, states = client.run(iss_passes()), client.run(iss_orbit(600))
    report = Report(passes=passes, states=states)
    assert report.passes is passes
    text = report.model_dump_json()
    assert json.loads(text)["passes"] == passes.to_dicts()
    read = Report.model_validate_json(text)
    assert (read.passes.to_dicts(), list(read.states or ())) == (passes.to_dicts(), list(states))
    assert Report.model_validate(report.model_dump()).passes.to_dicts() == passes.to_dicts()


@pytest.mark.parametrize("value", [5, None, [5], [{"max_elevation": "high"}]])
def test_what_is_no_result_is_refused_in_the_way_of_pydantic(value: Any) -> None:
    with pytest.raises(ValidationError, match="a Passes, or a list of its rows"):
        Report(passes=value)


PUBLIC = [
    member for name in okapi_sdk.__all__ if inspect.isclass(member := getattr(okapi_sdk, name))
]  # fmt: skip
MODELS = [kind for kind in PUBLIC if issubclass(kind, BaseModel | okapi_sdk.Rows)]


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_models_and_results_have_a_json_schema(kind: type[Any]) -> None:
    for mode in ("validation", "serialization"):
        schema = TypeAdapter(kind).json_schema(mode=mode)  # type: ignore[arg-type]
        assert schema.get("type") == "array" if issubclass(kind, okapi_sdk.Rows) else schema


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: kind.__name__)
def test_annotations_resolve(kind: type[Any]) -> None:
    typing.get_type_hints(kind)
    for base in kind.__mro__:
        if base.__module__.startswith("okapi_sdk"):
            for member in list(vars(base).values()):  # a look at a validator builds it
                function = getattr(member, "fget", None) or inspect.unwrap(getattr(member, "__func__", member))
                if inspect.isfunction(function) and function.__module__.startswith("okapi_sdk"):
                    typing.get_type_hints(function)


# Numbers of NumPy

SIXTY = [np.int64(60), np.int32(60), np.uint8(60), np.float32(60), np.float64(60)]


@pytest.mark.parametrize("number", SIXTY, ids=lambda number: type(number).__name__)
def test_numbers_of_numpy_are_numbers(number: Any) -> None:
    assert TimeWindow.starting(WINDOW, number).duration.total_seconds() == 60  # type: ignore[arg-type]
    assert GroundLocation.at(number, number, height_m=number).altitude == 0.06
    assert RawCalculation("a/b", {"n": [number]}).body() == {"n": [60]}
    assert type(PollPolicy(ceiling=number).ceiling) is float
    assert RetryPolicy(total=number).total == 60
    assert Conjunctions(miss_distance=number)._params()["miss_distance"] == "60.0"
    new = NewSatellite(name="A", norad_ids=[1], space_track_status="other", mass=number, min_time_in_sun=number)
    assert (new.mass, new.min_time_in_sun) == (60.0, 60)
    assert json.loads(json.dumps(new._body()))["min_time_in_sun"] == 60


@pytest.mark.parametrize("number", SIXTY[:3], ids=lambda number: type(number).__name__)
def test_whole_numbers_of_numpy_are_whole_numbers(number: Any) -> None:
    assert PropagationSettings(output_step_size=number).wire() == {"output_step_size": 60}
    assert Satellites(page=number, limit=number)._params() == {"page": "60", "limit": "60"}
    assert RetryPolicy(attempts=number // 10).attempts == 6
    assert okapi_sdk.Oems(norad_id=number)._params()["norad_id"] == "60"
    new = NewSatellite(name="A", norad_ids=[number], space_track_status="other")
    assert new._body()["norad_ids"] == [60]
    assert OkapiClient("user", "secret", max_connections=number).close() is None


def test_numbers_of_numpy_in_calls(client: Client) -> None:
    request = client.submit(iss_passes())
    passes = request.result(timeout=np.int64(60))
    assert len(passes.above(np.int64(10))) <= len(passes)
    assert client.send("GET", "satellites", params={"page": np.int64(1), "limit": [np.int64(5)]}).status_code == 200
    with pytest.raises(OkapiError, match="404"):  # it was sent
        client.send("POST", "nowhere", json={"n": np.int64(1), "x": np.float32(1), "b": np.True_})


@pytest.mark.parametrize("value", [np.True_, np.str_("60"), np.datetime64(60, "s"), np.array([60, 61]), None])
def test_other_values_of_numpy_are_no_numbers(value: Any) -> None:
    for make in (
        lambda: TimeWindow.starting(WINDOW, value),  # type: ignore[arg-type]
        lambda: GroundLocation.at(52, 10, height_m=value),
        lambda: GroundLocation(latitude=value, longitude=10, altitude=0),
        lambda: PollPolicy(ceiling=value),
        lambda: Satellites(page=value),
    ):
        with pytest.raises(InputError):
            make()


def test_bools_of_numpy_are_bools() -> None:
    assert PropagationSettings(ocean_tides=np.True_).wire() == {"ocean_tides": 1}
    assert RawCalculation("a/b", {"x": np.False_}).body() == {"x": False}
    assert okapi_sdk.Oems(is_predicted=np.True_)._params()["is_predicted"] == "true"


# Elevations and criticalities


@pytest.mark.parametrize("elevation", [math.nan, math.inf, 91, -91, "10", True, None])
def test_above_takes_elevations_only(elevation: Any) -> None:
    for kind in (Passes, PassSummary):
        with pytest.raises(InputError, match="elevation: an angle from -90 to 90 degrees"):
            kind.from_answer({"passes": [{"max_elevation": 50}]}).above(elevation)


def test_summaries_have_above_too() -> None:
    summary = PassSummary.from_answer({"passes": [{"max_elevation": 50}, {"max_elevation": 5}, {}]})
    assert [item.max_elevation for item in summary.above(10)] == [50.0]


@pytest.mark.parametrize("criticality", [["new"], ["CRITICAL"], ["critical", "high"], "critical"])
def test_an_unknown_criticality_in_a_filter_is_refused(criticality: Any) -> None:
    with pytest.raises(InputError, match=r"criticality.*('non_critical', 'observe' or 'critical'|a list)"):
        Conjunctions(criticality=criticality)


# Warnings


def test_a_warning_points_at_the_line_of_the_user() -> None:
    with Emulator() as emulator, OkapiClient.emulated(emulator) as client:
        calls = [
            lambda: client.run(iss_passes()),
            lambda: client.submit(iss_passes()).result(),
            lambda: list(client.submit(iss_passes()).parts()),
        ]
        for call in calls:
            emulator.next_calculation(status="WARNING", text="old elements")
            with pytest.warns(OkapiWarning) as caught:
                call()
            assert [warning.filename for warning in caught] == [__file__]


def test_a_warning_of_asyncio_points_at_the_line_of_the_user() -> None:
    async def main() -> None:
        with Emulator() as emulator:
            async with AsyncOkapiClient.emulated(emulator) as client:
                emulator.next_calculation(status="WARNING", text="old elements")
                await client.run(iss_passes())

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(main())
    assert [warning.filename for warning in caught if warning.category is OkapiWarning] == [__file__]


# StopIteration of foreign code

PLACE = {"username": "u", "password": "p", "base_url": "http://127.0.0.1:9", "token_url": "http://127.0.0.1:9/t"}
TOKEN = {"access_token": "token-0123456789abcdef", "expires_in": 86400}


@pytest.fixture
def exhausted() -> Iterator[Any]:
    """A client whose transport answers the sign-in and one page of two, and is then out of answers."""
    page = {"elements": [{"satellite_id": "s1"}], "has_more": True}
    answers = iter([httpx.Response(200, json=TOKEN), httpx.Response(200, json=page)])
    http = httpx.Client(transport=httpx.MockTransport(lambda request: next(answers)))
    with http, OkapiClient(**PLACE, http_client=http) as client:  # type: ignore[arg-type]
        yield client


def test_a_transport_that_raises_stop_iteration_shortens_no_list(exhausted: OkapiClient) -> None:
    with pytest.raises(RuntimeError) as caught:
        list(exhausted.list(Satellites()))
    assert isinstance(caught.value.__cause__, StopIteration)


def test_a_transport_that_raises_stop_iteration_gives_no_result(exhausted: OkapiClient) -> None:
    assert exhausted.send("GET", "satellites").status_code == 200
    request = exhausted.resume("predict-passes/sgp4/r1")
    for call in (request.result, request.wait, request.done, lambda: exhausted.submit(iss_passes())):
        with pytest.raises(RuntimeError, match="StopIteration") as caught:
            call()
        assert isinstance(caught.value.__cause__, StopIteration)


def test_a_clock_that_raises_stop_iteration_gives_no_result() -> None:
    clock = InstantClock()
    with Emulator(clock=clock, processing_time=600) as emulator, OkapiClient.emulated(emulator) as client:
        request = client.submit(iss_passes())
        clock.sleep = Mock(side_effect=[None])  # type: ignore[method-assign]
        with pytest.raises(RuntimeError, match="StopIteration"):
            request.result(timeout=60)


# Tokens


def test_a_token_that_worked_is_renewed_each_time_it_is_revoked(both: Both, emulator: Emulator) -> None:
    with both.emulated(emulator) as client:
        for _ in range(4):
            assert len(client.run(iss_passes())) == 2
            emulator.revoke_tokens()
    assert emulator.sign_ins == 4


def test_short_tokens_are_not_masked_in_results() -> None:
    row = {"epoch": "2018-08-07T18:00:00Z", "x": 7000.0, "note": "a test of token 10"}
    for token in ("x", "0", "test", "2018-08-07"):
        signed_in = httpx.Response(200, json={**TOKEN, "access_token": token})
        answers = iter([signed_in, httpx.Response(200, json=row)])
        http = httpx.Client(transport=httpx.MockTransport(lambda request, answers=answers: next(answers)))
        with http, OkapiClient(**PLACE, http_client=http) as client:  # type: ignore[arg-type]
            assert client.send("GET", "rows").json() == row


def test_long_tokens_are_masked_in_results() -> None:
    token = TOKEN["access_token"]
    answers = iter([httpx.Response(200, json=TOKEN), httpx.Response(200, json={"echo": token})])
    http = httpx.Client(transport=httpx.MockTransport(lambda request: next(answers)))
    with http, OkapiClient(**PLACE, http_client=http) as client:  # type: ignore[arg-type]
        assert client.send("GET", "rows").json() == {"echo": "***"}


# References and variables


@pytest.mark.parametrize("text", [None, 5, {"path": "x"}, [], "nonsense", b"\xff", "null", '{"path": 1}'])
def test_what_is_no_reference_is_refused(text: Any) -> None:
    with pytest.raises(InputError, match=r"JSON text written by RequestRef\.to_json"):
        RequestRef.from_json(text)


@pytest.mark.parametrize("text", [None, 5, {"path": "x"}, [], "nonsense", b"\xff", "null"])
def test_what_is_no_json_of_a_result_is_refused(text: Any) -> None:
    with pytest.raises(ResponseFormatError):
        Passes.model_validate_json(text)


STAGING = environment_named("staging")
OWN = {"OKAPI_BASE_URL": "https://okapi.example", "OKAPI_TOKEN_URL": "https://okapi.example/token"}


def test_variables_choose_the_server() -> None:
    assert environment_for(None, None, None, {}) == environment_named("production")
    assert environment_for(None, None, None, {"OKAPI_ENVIRONMENT": ""}) == environment_named("production")
    assert environment_for(None, None, None, {"OKAPI_ENVIRONMENT": "staging"}) == STAGING
    own = environment_for(None, None, None, {**OWN, "OKAPI_ENVIRONMENT": "staging"})
    assert (own.base_url, own.token_url, own.audience) == (*OWN.values(), STAGING.audience)


def test_arguments_win_over_variables() -> None:
    variables = {**OWN, "OKAPI_ENVIRONMENT": "nonsense"}
    assert environment_for("staging", None, None, variables) == STAGING
    urls = "https://other.example", "https://other.example/t"
    assert environment_for(None, *urls, variables).base_url == urls[0]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"OKAPI_ENVIRONMENT": "prod"}, r"^OKAPI_ENVIRONMENT: there is no environment named 'prod'.*legacy\.$"),
        ({**OWN, "OKAPI_BASE_URL": "http://okapi.example"}, "^OKAPI_BASE_URL rejected: http is allowed only"),
        ({**OWN, "OKAPI_TOKEN_URL": "x"}, "^OKAPI_TOKEN_URL rejected: "),
        ({"OKAPI_BASE_URL": "https://okapi.example"}, "^OKAPI_BASE_URL https://okapi.example and OKAPI_TOKEN_URL"),
    ],
)
def test_messages_name_the_variable_at_fault(variables: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        environment_for(None, None, None, variables)


def test_clients_read_the_variables_and_emulated_ones_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKAPI_ENVIRONMENT", "test")
    for kind in (OkapiClient, AsyncOkapiClient):
        client = kind("user", "secret")
        assert "api-aether-test" in repr(client)
        client._closed = True
    monkeypatch.setenv("OKAPI_ENVIRONMENT", "nonsense")
    with OkapiClient.emulated() as emulated:
        assert len(emulated.run(iss_passes())) == 2


def test_variables_of_other_clients_are_named_with_their_equivalents() -> None:
    variables = {"AETHER_AUTH0_USERNAME": "u", "AETHER_AUTH0_PASSWORD": "hunter2", "OKAPI_TEST_USERNAME": ""}
    with pytest.raises(ConfigurationError) as caught:
        credentials_from(None, None, variables)
    assert "AETHER_AUTH0_USERNAME is OKAPI_USERNAME here" in caught.value.message
    assert "AETHER_AUTH0_PASSWORD is OKAPI_PASSWORD here" in caught.value.message
    assert "hunter2" not in caught.value.message
    assert "OKAPI_TEST" not in caught.value.message


def test_a_tilde_in_the_path_of_the_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "password").write_text("secret\n")
    variables = {"OKAPI_USERNAME": "u", "OKAPI_PASSWORD_FILE": "~/password"}
    assert credentials_from(None, None, variables).password.get_secret_value() == "secret"
    for name in ("~no-such-user/password", "~/none", "a\0b"):
        with pytest.raises(ConfigurationError, match=r"OKAPI_PASSWORD_FILE: the file (does not exist|cannot be read)"):
            credentials_from(None, None, {**variables, "OKAPI_PASSWORD_FILE": name})


def test_a_token_that_never_worked_still_ends() -> None:
    granted, refused = httpx.Response(200, json=TOKEN), httpx.Response(401, json={})
    answers = iter([granted, refused, granted, refused])
    http = httpx.Client(transport=httpx.MockTransport(lambda request: next(answers)))
    with http, OkapiClient(**PLACE, http_client=http) as client:  # type: ignore[arg-type]
        with pytest.raises(AuthenticationError, match="just issued"):
            client.send("GET", "x")
    assert list(answers) == []
