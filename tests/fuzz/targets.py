"""What is fed with random input, what a valid input looks like, and the law for what is accepted."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from okapi_sdk import (
    Cdm,
    ElevationMask,
    GroundLocation,
    Oem,
    OkapiError,
    Omm,
    Passes,
    RequestRef,
    Tdm,
    TimeWindow,
    Tle,
)
from okapi_sdk._engine import tokens
from okapi_sdk._engine.call_errors import status_error
from okapi_sdk._engine.json_bodies import unambiguous_json
from okapi_sdk._engine.protocol import is_token, retry_after
from okapi_sdk.models.types import checked_id
from okapi_sdk.reference import split_reference
from okapi_sdk.results.response import RawResponse
from okapi_sdk.results.status import Status
from okapi_sdk.settings.environments import checked_url, is_loopback
from tests.models.messages import CDM, OEM, OMM, TDM
from tests.models.samples import LINES
from tests.support.cases import ISS

from .mutation import mutations

SLOWEST_SECONDS = 0.1


class Target(NamedTuple):
    """A reader of text, and texts that it takes."""

    read: Callable[[str], Any]
    corpus: Sequence[str]


class Figures(NamedTuple):
    """What became of so many inputs."""

    inputs: int
    accepted: int
    slowest: float
    """Seconds of processor time."""

    def __str__(self) -> str:
        slowest = f"slowest {1000 * self.slowest:.1f} ms"
        return f"{self.inputs} inputs, {self.accepted} accepted, the rest typed errors; {slowest}"


def fuzz(target: Target, count: int, seed: int) -> Figures:
    """Feed a target. Any error but an `OkapiError`, a broken law, a slow input: an `AssertionError` with the input."""
    accepted, slowest = 0, 0.0
    for text in mutations(target.corpus, count, seed):
        taken, spent = _fed(target, text)
        if spent >= SLOWEST_SECONDS:
            # A collection of garbage, long in a process with much of it, may have fallen into the reading.
            _, spent = _fed(target, text)
        assert spent < SLOWEST_SECONDS, f"{spent:.3f} s for {text[:2000]!a}"
        accepted += taken
        slowest = max(slowest, spent)
    return Figures(count, accepted, slowest)


def _fed(target: Target, text: str) -> tuple[bool, float]:
    # Whether it was accepted, and the seconds of processor time that it took.
    began = time.thread_time()
    try:
        target.read(text)
    except OkapiError:
        return False, time.thread_time() - began
    except Exception as error:  # the finding: told with the input that caused it
        raise AssertionError(f"{type(error).__name__} from {text[:2000]!a}: {error}") from error
    return True, time.thread_time() - began


def _tle(text: str) -> None:
    found = Tle.parse(text)
    assert Tle.parse(found.text) == found.model_copy(update={"name": None})
    assert 0 <= found.inclination <= 180
    assert 1957 <= found.epoch.year <= 2056


def _tles(text: str) -> None:
    found = Tle.parse_many(text)
    assert found
    again = "\n".join(f"0 {tle.name}\n{tle.text}" if tle.name else tle.text for tle in found)
    assert Tle.parse_many(again) == found


def _omms(text: str) -> None:
    found = [omm.wire() for omm in Omm.parse_many(text)]
    assert [omm.wire() for omm in Omm.parse_many(json.dumps(found))] == found


def _stations(text: str) -> None:
    found = GroundLocation.parse_many(text)
    assert GroundLocation.parse_many(json.dumps([place.model_dump() for place in found])) == found


def _mask(text: str) -> None:
    found = ElevationMask.parse(text)
    assert ElevationMask.model_validate_json(found.model_dump_json()) == found
    assert found.lowest <= found.at(123.4) <= found.highest


def _window(text: str) -> None:
    start, _, end = text.partition("|")
    found = TimeWindow.parse(start, end)
    assert found.duration.total_seconds() > 0
    assert TimeWindow.model_validate(found.wire()).wire() == found.wire()


def _url(text: str) -> None:
    found = checked_url("base_url", text)
    parts = urlsplit(found)
    assert parts.hostname
    assert parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    assert (parts.username, parts.password, parts.query, parts.fragment) == (None, None, "", "")
    parts.hostname.encode("idna")
    assert checked_url("base_url", found) == found


def _id(text: str) -> None:
    assert quote(checked_id("id", text), safe="") == text


def _word(text: str) -> None:
    endpoint, id = split_reference(text)
    checked_id("id", id)
    assert quote(f"{endpoint}/{id}") == f"{endpoint}/{id}"
    assert not {"", ".", ".."} & set(endpoint.split("/"))


def _message(kind: type[Cdm | Oem | Omm | Tdm]) -> Callable[[str], None]:
    def read(text: str) -> None:
        found = kind.parse(text)
        assert kind.parse(found.to_kvn()).to_kvn() == found.to_kvn()

    return read


def _reference(text: str) -> None:
    found = RequestRef.from_json(text)
    assert RequestRef.from_json(found.to_json()) == found


def _retry_after(text: str) -> None:
    for headers in ({"retry-after": text}, {"retry-after": text, "date": text}, {"retry-after": DATE, "date": text}):
        found = retry_after(RawResponse(429, headers, b""), 1.6e9)
        assert found is None or (found >= 0 and math.isfinite(found))


def _answer(status_code: int, text: str) -> RawResponse:
    return RawResponse(status_code, {"content-type": "application/json"}, text.encode("utf-8", "surrogatepass"))


def _result(text: str) -> None:
    data = _answer(200, text).json()
    json.dumps(data, allow_nan=False)
    found = Passes.from_answer(data)
    repr(found)
    assert found.status.line.isprintable()
    for one in found:
        repr(one)


def _submitted(text: str) -> None:
    body = unambiguous_json(_answer(202, text))
    Status.of(body)


def _error(text: str) -> None:
    error = status_error("GET", "satellites", _answer(500, text), 1.6e9)
    assert len(str(error)) < 1024
    assert all(char.isprintable() for char in str(error))
    raise error


def _token(text: str) -> None:
    found, _ = tokens._granted_token(_answer(200, text))
    assert found is None or is_token(found.get_secret_value())


GP_CSV = """OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,NORAD_CAT_ID
ISS (ZARYA),1998-067A,2018-08-06T18:19:43.256640,15.53806849,.0005481,25544
"OTHER, B",1998-067B,2018-08-06T18:19:43.256640,15.5,.0006,340001
"""
DATE = "Tue, 07 Aug 2018 18:00:00 GMT"
STATUS = {"type": "WARNING", "text": "mind \u00e9", "input_problem": False}
PASS = {"start": "2018-08-07T18:21:04.000Z", "end": "2018-08-07T18:31:30.000Z", "max_elevation": 42.5, "track": [{}]}
BODIES = [
    json.dumps(body)
    for body in (
        {"status": STATUS, "passes": [PASS, {**PASS, "max_elevation": "9.9"}]},
        {"okapi_output": {"status": {"type": "status.json", "content": STATUS}, "passes": [PASS]}},
        [{"state_msgs": [STATUS]}, PASS, {"passes": [PASS]}],
        {"request_id": "5f8c1e", "status": STATUS},
    )
]
TARGETS: dict[str, Target] = {
    "TLE": Target(_tle, [LINES, ISS, LINES.replace("\n", "\r\n")]),
    "element sets": Target(_tles, [f"{ISS}{LINES}\n", f"# two\n0 A\r\n{LINES}\r\nB\n{LINES}"]),
    "catalogues": Target(_omms, [OMM + OMM, GP_CSV, '[{"NORAD_CAT_ID": "1", "EPOCH": "2018-08-06T18:19:43"}]']),
    "stations": Target(
        _stations,
        ["name,latitude,longitude,height_m\nA,52.3,10.6,48\n# b\nB,-33.9,18.4,\n", '[{"latitude": 1, "longitude": 2}]'],
    ),
    "masks": Target(_mask, ["azimuth,elevation\n0,5\n90,12.5\n270,-1\n"]),
    "dates": Target(
        _window,
        [
            "2018-08-07T18:00:00Z|2018-08-08T00:00:00.123Z", "2018-08-07T18:00Z|2018-08-08T00:00+02:00",
            "20180807T180000Z|2018-W32-3T01:00:00-00:30",
        ],
    ),
    "URLs": Target(
        _url,
        [
            "https://api-aether.okapiorbits.com", "https://platform.example:8443/api/v1/", "http://127.0.0.1:8800/api",
            "http://[::1]:8800", "https://10.0.0.1",
        ],
    ),
    "ids": Target(_id, ["5f8c1e9a-0b1d-4c7e", "25544", "a.b_c-D", "..."]),
    "words": Target(_word, ["predict-passes/sgp4/5f8c1e", "cdms/x", "estimate-risk/all/a.b"]),
    "CDMs": Target(_message(Cdm), [CDM]),
    "OEMs": Target(_message(Oem), [OEM]),
    "OMMs": Target(_message(Omm), [OMM]),
    "TDMs": Target(_message(Tdm), [TDM]),
    "references": Target(
        _reference,
        [RequestRef("predict-passes/sgp4", "f3c1", "PredictPasses", "simple", "generic", "https://a.example").to_json()],
    ),
    "Retry-After": Target(
        _retry_after, ["120", "0", DATE, "Tue, 07 Aug 2018 18:00:00 +0200", "Tuesday, 07-Aug-18 18:00:00 GMT"]
    ),
    "results": Target(_result, BODIES),
    "answers to a submit": Target(_submitted, BODIES),
    "error bodies": Target(
        _error, [*BODIES, '{"error": "invalid_grant", "error_description": "no"}', "<html>Bad gateway</html>"]
    ),
    "token bodies": Target(
        _token, ['{"access_token": "abc.def-123", "expires_in": 86400, "token_type": "Bearer", "scope": "a b"}']
    ),
}  # fmt: skip
