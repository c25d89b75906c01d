"""What a user gives (rows U): refused by field, rule and remedy before a socket opens, or taken exactly as meant."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okapi_sdk import (
    BadRequestError,
    ConfigurationError,
    GroundLocation,
    InputError,
    PollPolicy,
    PredictPasses,
    PropagateOrbit,
    PropagationSettings,
    RequestRef,
    ResponseFormatError,
    RetryPolicy,
    Satellite,
    SatelliteChanges,
    TimeWindow,
    Tle,
)
from okapi_sdk._engine.json_bodies import query_string
from okapi_sdk._engine.protocol import is_token
from okapi_sdk.testing import InstantClock
from tests.client.test_configuration import URLS
from tests.models.bad_input import ROWS, Bad, Hostile
from tests.models.samples import LINE1, LINE2, LINES
from tests.support.both import Both, Client
from tests.support.cases import ISS, iss_passes
from tests.support.faults import FaultServer, reply

from .outcomes import Record, error_of

ACCEPTED = reply(202, {"request_id": "r1"})
BY_NAME = {row.name: row for row in ROWS}


def rows(*names: str) -> pytest.MarkDecorator:
    """Runs a test for rows of the table of bad inputs."""
    return pytest.mark.parametrize("row", [BY_NAME[name] for name in names], ids=names)


def kind_of(value: object) -> str:
    return type(value).__name__


@pytest.fixture
def refused(both: Both, clock: InstantClock) -> Iterator[Callable[[Bad], InputError]]:
    """Hands a bad input to a client: it is refused in the table's words, and no connection is made."""
    with FaultServer([ACCEPTED]) as server, both.client(**server.client, clock=clock) as client:

        def check(row: Bad) -> InputError:
            error: InputError = error_of(InputError, lambda: client.submit(row.make()))
            assert error.field == row.field
            assert row.rule in error.rule
            assert error.value
            assert error.remedy
            return error

        yield check
        assert server.connections == 0


Refused = Callable[[Bad], InputError]


@pytest.mark.fault("U1", "U2", "U3", "U4", "U5", "U6", "U7")
@rows("68 columns", "70 columns", "wrong checksum", "digit typed wrong", "two objects", "lines swapped", "tab",
      "one line", "no text", "two sets", "Alpha-5 letter I", "Alpha-5 letter O")  # fmt: skip
def test_a_tle_that_is_none(refused: Refused, row: Bad) -> None:
    refused(row)


@pytest.mark.fault("U8", "U9", "U10")
@rows("full-width digit", "minus sign", "no-break space", "blank exponent sign", "no decimal point",
      "decimal point moved", "ephemeris type", "line number", "no blank between fields", "inclination", "node",
      "perigee", "mean anomaly", "no mean motion", "mean motion below ground", "day 0", "day 367",
      "day 366 of a common year")  # fmt: skip
def test_a_tle_with_a_bad_field(refused: Refused, row: Bad) -> None:
    assert "column" in str(refused(row)) or row.rule in str(refused(row))


@pytest.mark.fault("U5", "U6", "U7")
@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        (LINES.replace("\n", "\r\n"), None, 25544),
        (f"\ufeff\n {LINE1}  \r\r {LINE2} \n\n", None, 25544),
        (ISS, "ISS (ZARYA)", 25544),
        (f"0 %s {{}}\n{LINES}", "%s {}", 25544),
    ],
)
def test_a_tle_in_another_layout(both: Both, clock: InstantClock, text: str, name: str | None, number: int) -> None:
    orbit = Tle.parse(text)
    assert (orbit.name, orbit.norad_id) == (name, number)
    with FaultServer([ACCEPTED]) as server, both.client(**server.client, clock=clock) as client:
        client.submit(iss_passes().model_copy(update={"orbit": orbit}))
        assert server.requests[0].json()["orbit"]["content"] == LINES


@pytest.mark.fault("U11")
def test_an_epoch_far_from_the_window(both: Both, clock: InstantClock, caplog: pytest.LogCaptureFixture) -> None:
    near, far = datetime(2018, 8, 20, tzinfo=UTC), datetime(2019, 8, 7, tzinfo=UTC)
    with FaultServer([ACCEPTED]) as server, both.client(**server.client, clock=clock) as client:
        with caplog.at_level(logging.WARNING, "okapi_sdk"):
            client.submit(iss_passes().model_copy(update={"time_window": TimeWindow.starting(near, 3600)}))
            client.submit(PropagateOrbit(orbit=Tle.parse(ISS), end=near))
            assert caplog.text == ""
            client.submit(iss_passes().model_copy(update={"time_window": TimeWindow.starting(far, 3600)}))
            client.submit(PropagateOrbit(orbit=Tle.parse(ISS), end=far))
    for record in caplog.records:
        assert "2018-08-06T18:19:43" in record.getMessage()
        assert "2019-08-07T00:00:00" in record.getMessage()
    assert len(caplog.records) == 2


@pytest.mark.fault("U12", "U13", "U14", "U15")
@rows("no latitude", "endless latitude", "latitude of bool", "latitude of text", "latitude of list",
      "latitude out of range", "huge latitude", "longitude from 0 to 360", "longitude out of range",
      "altitude in metres", "altitude below ground", "height in feet", "no height", "height of text")  # fmt: skip
def test_a_place_that_is_none(refused: Refused, row: Bad) -> None:
    error = refused(row)
    hints = {
        "longitude from 0 to 360": "use -10.645",
        "latitude out of range": "are swapped",
        "altitude in metres": "height_m=48",
    }
    assert hints.get(row.name, "") in error.remedy


@pytest.mark.fault("U16", "U18", "U19", "U21")
@rows("naive", "date", "text of a date", "text without zone", "number", "bool", "prose", "leap second", "year 1900",
      "year 1", "year 9999", "missing", "backwards", "nothing long", "no duration", "NaN duration",
      "negative duration", "endless duration", "naive start", "past the end of time", "epoch as number",
      "window backwards inside")  # fmt: skip
def test_a_time_that_is_none(refused: Refused, row: Bad) -> None:
    refused(row)


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.fault("U17")
@pytest.mark.parametrize(
    ("moment", "utc"),
    [
        (datetime(2018, 10, 28, 2, 30, tzinfo=BERLIN), "2018-10-28T00:30:00.000Z"),
        (datetime(2018, 10, 28, 2, 30, tzinfo=BERLIN, fold=1), "2018-10-28T01:30:00.000Z"),
        (datetime(2018, 8, 7, 18, tzinfo=timezone(timedelta(hours=5, minutes=45))), "2018-08-07T12:15:00.000Z"),
        (datetime(2018, 8, 7, 18, 0, 0, 499, tzinfo=UTC), "2018-08-07T18:00:00.000Z"),
        (datetime(2018, 8, 7, 18, 0, 0, 500, tzinfo=UTC), "2018-08-07T18:00:00.001Z"),
        (datetime(2018, 8, 7, 23, 59, 59, 999_999, tzinfo=UTC), "2018-08-08T00:00:00.000Z"),
        ("2018-08-07T20:00:00+02:00", "2018-08-07T18:00:00.000Z"),
    ],
)
def test_times_of_other_zones(moment: Any, utc: str) -> None:
    window = TimeWindow.model_validate({"start": moment, "end": datetime(2018, 12, 1, tzinfo=UTC)})
    assert window.wire()["start"] == utc


@pytest.mark.fault("U20")
@rows("step 0", "negative step", "half a second", "step of bool", "NaN step", "a million points",
      "old TLE at fine steps", "no step inside")  # fmt: skip
def test_a_step_or_window_that_asks_for_too_much(refused: Refused, row: Bad) -> None:
    refused(row)


@pytest.mark.fault("U22", "U23")
@rows("no position", "position in metres", "velocity in metres", "centre of the Earth", "inside the Earth", "no mass",
      "negative area", "no velocity", "negative variance", "covariance without variance", "correlation above 1",
      "no mass of an OPM", "negative drag area", "text in a state", "OPM in metres")  # fmt: skip
def test_a_state_that_is_none(refused: Refused, row: Bad) -> None:
    assert "metres" not in row.name or "615.119526" in refused(row).remedy or "km" in refused(row).rule
    refused(row)


IDS = ["", ".", "..", "a/b", "../x", "a\\b", "%2e%2e", "a%2fb", "a?b", "a#b", "a b", "a\nb", "a\x00b", "\u00e4",
       "\ud800", "a" * 129, "a" * 10_000, None, 7, b"a"]  # fmt: skip


@pytest.mark.fault("U24")
@pytest.mark.parametrize("id", IDS, ids=[ascii(one)[:20] for one in IDS])
def test_an_id_that_is_none(both: Both, clock: InstantClock, id: Any) -> None:
    with FaultServer([ACCEPTED]) as server, both.client(**server.client, clock=clock) as client:
        ref = RequestRef("predict-passes/sgp4", id, "PredictPasses", "simple", "generic", server.url)
        calls: list[Callable[[], Any]] = [
            lambda: both.wait(client.inner.get(Satellite, id)),
            lambda: both.wait(client.inner.delete(Satellite, id)),
            lambda: both.wait(client.inner.update(id, SatelliteChanges(name="x"))),
            lambda: client.resume(ref),
        ]
        if id != "" and "/" not in str(id):  # else the word is that of another endpoint
            calls.append(lambda: client.resume(f"predict-passes/{id}" if isinstance(id, str) else id, PredictPasses))
        for call in calls:
            assert len(str(error_of(InputError, call))) < 1000
        assert server.connections == 0


@pytest.mark.fault("U24")
def test_an_id_that_is_one(both: Both, clock: InstantClock) -> None:
    with (
        FaultServer([reply(200, {"satellite_id": "x"})]) as server,
        both.client(**server.client, clock=clock) as client,
    ):
        for id in ("5f8c1e", "a.b-c_D", "...", "a" * 128):
            both.wait(client.inner.get(Satellite, id))
            assert server.requests[-1].path == f"/satellites/{id}"


@pytest.mark.fault("U25")
def test_what_can_stand_in_a_header() -> None:
    for code in [*range(0x180), 0x2028, 0xFF10, 0x1F6F0, 0xD800]:
        for text in (f"a{chr(code)}b", f"a{chr(code)}", f"{chr(code)}b"):
            assert is_token(text) == (0x20 < code < 0x7F), ascii(text)


@pytest.mark.fault("U25")
@pytest.mark.parametrize("odd", ["\r\nX-Injected: 1", "\n", "\x00", "\x7f", " ", "\u20ac"])
def test_a_header_value_that_is_none(both: Both, clock: InstantClock, odd: str) -> None:
    token = reply(200, {"access_token": f"secret-{odd}-token", "expires_in": 9000})
    with FaultServer([ACCEPTED], sign_in=token) as server, both.client(**server.client, clock=clock) as client:
        error = error_of(ResponseFormatError, client.send, "GET", "satellites")
        assert "secret" not in str(error)
        assert server.requests == []


@pytest.mark.fault("U26", "U27")
@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_an_address_that_is_none(both: Both, url: Any) -> None:
    for where in ({"base_url": url, "token_url": "https://okapi.example/t"}, {"base_url": url, "token_url": url}):
        error = error_of(ConfigurationError, lambda where=where: both.client(username="u", password="p", **where))
        assert "pass-word-7" not in str(error)


@pytest.mark.fault("U27")
@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1.nip.io", "10.0.0.1", "192.168.1.1",
     "0.0.0.0", "[::]", "[::ffff:7f00:1]", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "169.254.169.254"],
)  # fmt: skip
def test_plain_http_off_loopback(both: Both, host: str) -> None:
    where = {"base_url": f"http://{host}:8800", "token_url": f"http://{host}:8800/t"}
    error_of(ConfigurationError, lambda: both.client(username="u", password="p", **where))


@pytest.mark.fault("U26", "U27")
@pytest.mark.parametrize("name", ["okapiorbits.com.evil.example", "xokapiorbits.com", "okapiorbits.com-x.example",
                                  "okapiorbits.co", "evil.example"])  # fmt: skip
def test_hosts_are_matched_by_whole_labels(both: Both, name: str) -> None:
    # The token of the platform for another party's API, or the reverse.
    for where in ({"base_url": f"https://{name}"}, {"token_url": f"https://{name}/oauth/token"}):
        error_of(ConfigurationError, lambda where=where: both.client(username="u", password="p", **where))


TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)


@pytest.mark.fault("U28")
@given(st.dictionaries(TEXTS.filter(bool), TEXTS, max_size=5))
def test_queries_read_back_the_same(params: dict[str, str]) -> None:
    query = query_string(params)
    assert query.isascii()
    assert not set(query) & set(" #\r\n\\")
    assert dict(parse_qsl(urlsplit(f"https://h/p{query}").query, keep_blank_values=True)) == params


@pytest.mark.fault("U28")
def test_queries_over_the_wire(both: Both, clock: InstantClock) -> None:
    params = {
        "a&b": "c=d",
        "\u00e9": "\u00fc \U0001f6f0",
        "plus": "a+b",
        "percent": "100%",
        "hash": "#x",
        "line": "a\r\nb",
    }
    with FaultServer([reply(200, [])]) as server, both.client(**server.client, clock=clock) as client:
        client.send("GET", "satellites", params=params)
        assert dict(parse_qsl(urlsplit(server.requests[0].path).query)) == params


@pytest.mark.fault("U29", "U30")
@pytest.mark.parametrize(
    "value", [0, -1, float("nan"), float("inf"), True, "30", 8 * 86400.0, None, 10**400, Hostile()]
)
def test_a_timeout_that_is_none(both: Both, client: Client, value: Any) -> None:
    request = client.submit(iss_passes())
    calls: list[Callable[[], Any]] = [
        lambda: both.client(username="u", password="p", timeout=value),
        lambda: RetryPolicy(total=value),
        lambda: PollPolicy(ceiling=value),
    ]
    if value is not None:  # where it means "as it was", or "without end"
        calls += [lambda: client.with_options(timeout=value)]
    if value is not None and value != 8 * 86400.0:
        calls += [lambda: request.wait(timeout=value), lambda: request.result(timeout=value)]
    for call in calls:
        error_of(InputError, call)


@pytest.mark.fault("U30")
@pytest.mark.parametrize(
    "value", [0, -1, 11, 1.0, 2.5, float("nan"), True, "3", None, 10**5000, Hostile()], ids=kind_of
)
def test_a_number_of_attempts_that_is_none(value: Any) -> None:
    assert error_of(InputError, lambda: RetryPolicy(attempts=value)).field == "attempts"


@pytest.mark.fault("U29", "U30")
def test_numbers_that_python_does_not_print() -> None:
    huge = 10**5000
    for make in (
        lambda: RetryPolicy(attempts=huge),
        lambda: RetryPolicy(total=huge),
        lambda: GroundLocation.at(0, 0, height_m=huge),
        lambda: GroundLocation(latitude=huge, longitude=0, altitude=0),
        lambda: TimeWindow.starting(datetime(2018, 8, 7, tzinfo=UTC), huge),
        lambda: PropagationSettings(output_step_size=huge),
    ):
        error_of(InputError, make)


@pytest.mark.fault("U31")
@pytest.mark.parametrize("kind", ["missing", "directory", "FIFO", "large", "binary", "empty", "loop", "long name"])
def test_a_password_file_that_is_none(both: Both, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "secret"
    match kind:
        case "directory":
            path.mkdir()
        case "FIFO" if hasattr(os, "mkfifo"):
            os.mkfifo(path)
        case "large":
            path.write_bytes(b"x" * 100_000)
        case "binary":
            path.write_bytes(b"\xff\xfe\x00secret-7")
        case "empty":
            path.write_bytes(b"\n")
        case "loop":
            path.symlink_to(path)
    monkeypatch.setenv("OKAPI_USERNAME", "u")
    monkeypatch.setenv("OKAPI_PASSWORD_FILE", "x" * 5000 if kind == "long name" else str(path))
    error = error_of(ConfigurationError, both.client)
    assert "OKAPI_PASSWORD_FILE" in str(error)
    assert "secret-7" not in str(error)


@pytest.mark.fault("U32")
@pytest.mark.parametrize(
    ("value", "taken"),
    [
        (np.float64(52.25), 52.25), (52, 52.0), (Decimal("52.25"), 52.25), (np.float32(52.25), 52.25),
        (np.bool_(True), None), (np.array(52.25), 52.25), (Decimal, None), (52.25 + 0j, None),
        (Hostile(), None), (float, None), (b"52", None), (np.str_("52"), None),
    ],
    ids=kind_of,
)  # fmt: skip
def test_numbers_of_other_libraries(refused: Refused, value: Any, taken: float | None) -> None:
    def make() -> GroundLocation:
        return GroundLocation(latitude=value, longitude=10.0, altitude=0.0)

    if taken is None:
        refused(Bad("", make, "latitude", "a number"))
    else:
        found = make().latitude
        assert (type(found), found) == (float, taken)


class Stamp(datetime):
    """A datetime of another library, as pandas has one."""


@pytest.mark.fault("U32")
def test_times_of_other_libraries(refused: Refused) -> None:
    start = TimeWindow(start=Stamp(2018, 8, 7, 18, tzinfo=UTC), end=datetime(2018, 8, 8, tzinfo=UTC)).start
    assert type(start) is datetime
    assert start == datetime(2018, 8, 7, 18, tzinfo=UTC)
    for odd in (np.datetime64("2018-08-07T18:00"), np.int64(1_533_664_800), Hostile()):
        refused(Bad("", lambda odd=odd: TimeWindow(start=odd, end=start), "start", "an aware datetime"))


@pytest.mark.fault("U32")
@rows("hostile object", "hostile body", "set in the body", "number as key", "huge number", "surrogate", "deep body",
      "infinite body", "datetime in the body")  # fmt: skip
def test_objects_that_are_no_data(refused: Refused, row: Bad) -> None:
    refused(row)


@pytest.mark.fault("U34")
@pytest.mark.parametrize("name", ["%s%n%d", "{}{0}{x!r}", "${HOME}", "{{7*7}}", "%(message)s", "\\N{DIGIT ONE}"])
def test_format_strings_are_data(both: Both, clock: InstantClock, caplog: pytest.LogCaptureFixture, name: str) -> None:
    orbit = Tle.parse(f"{name}\n{LINES}")
    assert orbit.name == name
    answer = {"passes": [{"name": name}], "status": {"type": "REMARK", "text": name}}
    with FaultServer([ACCEPTED, reply(200, answer)]) as server, both.client(**server.client, clock=clock) as client:
        with caplog.at_level(logging.DEBUG, "okapi_sdk"):
            found = client.run(iss_passes().model_copy(update={"orbit": orbit}))
        assert found[0].name == name
        assert name in caplog.text
        server.scripts[:] = [reply(400, {"message": name})]
        error = error_of(BadRequestError, client.send, "POST", "satellites", json={"name": name}, params={"q": name})
        assert name in str(error)
        assert server.requests[-1].json() == {"name": name}
    with pytest.raises(InputError) as refused:
        PredictPasses(orbit=name, ground_location=name, time_window=name)  # type: ignore[arg-type]
    assert repr(name)[1:-1] in str(refused.value)


@pytest.mark.fault("U1")
def test_the_table_is_large_enough(record_property: Record) -> None:
    assert len(ROWS) >= 120
    record_property("bad inputs refused before a socket opens", f"{len(ROWS)} rows of tests/models/bad_input.py")
