"""Webhooks, logins and points of contact are in nothing that is printed, whatever key they stand under."""

from __future__ import annotations

import json
import traceback
from typing import Any

import pytest

from okapi_sdk import (
    InputError,
    ManeuverPlan,
    NewSatellite,
    NewSensorSystem,
    OkapiError,
    RawResponse,
    Satellite,
    SatelliteChanges,
    Satellites,
)
from okapi_sdk.testing import InstantClock
from tests.support.both import Both
from tests.support.faults import FaultServer, reply

SECRET = "hush-hush"
NAMES = ["slack_webhook", "teams_webhook", "space_track_login", "space_track_poc_name", "space_track_poc_address"]
UNKNOWN = ["discord_webhook", "slackWebhookUrl", "api_key", "accessToken", "PASSWORD"]


@pytest.mark.parametrize("name", NAMES + UNKNOWN)
def test_a_record_prints_none(name: str) -> None:
    for value in (SECRET, [SECRET], {"url": SECRET}):
        for record in (Satellite, ManeuverPlan):
            for data in ({name: value}, {"of": {"others": [{name: value}]}}):
                try:
                    found = record.model_validate(data)
                except OkapiError as error:
                    printed = "".join(traceback.format_exception(error))
                    assert name in printed
                else:
                    printed = f"{found!r} {found} {[found]}"
                    assert "***" in printed
                assert SECRET not in printed


@pytest.mark.parametrize("name", NAMES)
def test_neither_does_what_is_sent(name: str) -> None:
    required: Any = {"name": "A", "norad_ids": [1], "space_track_status": "other"}
    for found in (NewSatellite(**required, **{name: SECRET}), SatelliteChanges.model_validate({name: SECRET})):
        assert SECRET not in f"{found!r} {found}"
        assert SECRET in json.dumps(found._body("s") if isinstance(found, SatelliteChanges) else found._body())
    for wrong in ({name: [SECRET]}, {name[:-1]: SECRET}, {"area": f"https://{SECRET}"}):
        with pytest.raises(InputError) as caught:
            SatelliteChanges.model_validate(wrong)
        assert SECRET not in f"{caught.value} {caught.value.problems}"


def test_what_is_stated_under_no_such_name_is_printed_and_what_is_none_is_not() -> None:
    assert repr(NewSensorSystem(fields={"name": "Telescope"})) == "NewSensorSystem(fields={'name': 'Telescope'})"
    assert repr(Satellite(norad_ids=(25544,), slack_webhook=None, active=False)) == (
        "Satellite(norad_ids=(25544,), active=False)"
    )


@pytest.mark.parametrize(
    "body",
    [
        {"elements": {"slack_webhook": SECRET}},
        {"slack_webhook": SECRET},
        {"elements": [{"slack_webhook": [SECRET]}]},
        {"elements": [{"slack_webhook": SECRET, "satellite_id": "s"}], "has_more": True},
        b'{"elements": [{"slack_webhook": "' + SECRET.encode() + b'", "sat',
    ],
)
def test_answers_that_cannot_be_read_show_none(both: Both, clock: InstantClock, body: Any) -> None:
    with FaultServer([reply(200, body)]) as server, both.client(**server.client, clock=clock) as client:
        with pytest.raises(OkapiError) as caught:
            list(client.list(Satellites(limit=1)))
        assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_damaged_json_is_shown_without() -> None:
    text = '{"name": "A", "slack_webhook" : "https://hooks.example/\\"' + SECRET + '", "mass": 1'
    with pytest.raises(OkapiError) as caught:
        RawResponse(200, {}, text.encode()).json()
    assert SECRET not in str(caught.value)
    assert '"name": "A"' in str(caught.value)


def test_a_value_that_holds_itself_is_refused_as_any_other() -> None:
    round_and_round: list[Any] = []
    round_and_round.append(round_and_round)
    deep: Any = SECRET
    for _ in range(5000):
        deep = {"a": deep}
    for value in (round_and_round, deep):
        with pytest.raises(InputError) as caught:
            SatelliteChanges.model_validate({"area": value})
        assert caught.value.field == "area"
        assert SECRET not in str(caught.value)
