"""Bodies of answers (rows B): whole and as sent, or not handed over at all."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from okapi_sdk import (
    BadRequestError,
    Oem,
    OkapiError,
    Passes,
    PropagateOrbit,
    ResponseFormatError,
    RetryPolicy,
    SubmissionUncertainError,
)
from okapi_sdk._engine.response_body import BadBodyError, Body
from okapi_sdk.testing import InstantClock
from tests.support.both import Both
from tests.support.cases import iss_passes
from tests.support.faults import TOKEN, FaultServer, Script, answer, bomb, cut, raw, reply, zipped

from .outcomes import Record, error_of, outcome

ACCEPTED = reply(202, {"request_id": "r1"})
GZIP = {"content-encoding": "gzip"}
PASS = {"start": "2018-08-07T18:21:04.000Z", "max_elevation": 42.5}
ONCE = RetryPolicy(attempts=1)


def finished(both: Both, clock: InstantClock, script: Script) -> Any:
    """What the result of a calculation comes to, and the answer that stays at ``raw()``."""
    with FaultServer([ACCEPTED, script]) as server, both.client(**server.client, clock=clock, retry=ONCE) as client:
        request = client.submit(iss_passes())
        found = outcome(request.result)
        assert isinstance(found, Passes | OkapiError)
        if isinstance(found, OkapiError):
            assert found.request_id == "r1"
        return found, request.raw()


def refused(both: Both, clock: InstantClock, body: bytes, headers: Mapping[str, str] | None = None) -> Any:
    """The error of a result with this body."""
    found, _ = finished(both, clock, reply(200, body, headers))
    assert type(found) is ResponseFormatError
    return found


@pytest.mark.fault("B1")
@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json"])
def test_a_web_page(both: Both, clock: InstantClock, kind: str) -> None:
    page = b"<!DOCTYPE html><html><title>Log in</title>\r\n\x1b[2J" + b"<p>proxy</p>" * 5000
    error = refused(both, clock, page, {"content-type": kind})
    assert error.reason == "not_json"
    assert kind in str(error)
    assert "<title>Log in</title>" in str(error)
    assert len(str(error)) < 600


@pytest.mark.fault("B2")
@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "text/html", ""])
def test_json_by_another_name(both: Both, clock: InstantClock, kind: str) -> None:
    found, _ = finished(both, clock, reply(200, {"passes": [PASS]}, {"content-type": kind}))
    assert found[0].max_elevation == 42.5


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SHORT = {
    "shorter than its length": cut(answer(200, {"passes": [PASS]}), len(answer(200, {"passes": [PASS]})) - 3),
    "cut within a chunk": raw(CHUNKED + b'20\r\n{"passes"'),
    "no last chunk": raw(CHUNKED + b'd\r\n{"passes":[]}\r\n'),
}


@pytest.mark.fault("B3")
@pytest.mark.parametrize("script", SHORT.values(), ids=SHORT)
def test_a_body_that_breaks_off(both: Both, clock: InstantClock, script: Script) -> None:
    error, _ = finished(both, clock, script)
    assert (type(error), error.reason) == (ResponseFormatError, "truncated")
    with (
        FaultServer([script, reply(200, {"passes": []})]) as server,
        both.client(**server.client, clock=clock) as client,
    ):
        assert client.send("GET", "satellites").json() == {"passes": []}
        assert len(server.requests) == 2
        server.scripts[:] = [script]
        error_of(SubmissionUncertainError, client.submit, iss_passes())
        assert len(server.requests) == 3


def text_of(length: int) -> bytes:
    chance = random.Random(7)
    return json.dumps([chance.random() for _ in range(length)]).encode()


def read(body: bytes, step: int, limit: int = 2**26) -> bytes | None:
    """What the transport's reader makes of a gzip body; None if it refuses."""
    try:
        reader = Body(200, [(b"Content-Encoding", b"gzip")], limit)
        for start in range(0, len(body), step):
            reader.feed(body[start : start + step])
        return reader.response().content
    except BadBodyError:
        return None


@pytest.mark.fault("B4")
@pytest.mark.parametrize("step", [1, 7, 65536])
def test_gzip_cut_anywhere_is_refused(step: int, record_property: Record) -> None:
    whole = text_of(110)
    packed = zipped(whole)
    assert read(packed, step) == whole
    taken = [count for count in range(1, len(packed)) if read(packed[:count], step) is not None]
    assert taken == []
    record_property("gzip cut short, refused", f"{len(packed) - 1} of {len(packed) - 1} (read by {step} bytes)")


@pytest.mark.fault("B4")
def test_a_flipped_bit_in_gzip_is_refused_or_changes_nothing(record_property: Record) -> None:
    whole = text_of(110)
    packed = zipped(whole)
    changed = harmless = 0
    for position in range(len(packed) * 8):
        flipped = bytearray(packed)
        flipped[position // 8] ^= 1 << position % 8
        found = read(bytes(flipped), 65536)
        harmless += found == whole  # bits of gzip's own header: time, system
        changed += found not in (None, whole)
    assert changed == 0
    assert harmless < 80
    record_property(
        "gzip with a flipped bit", f"{len(packed) * 8} tried, 0 changed bodies taken, {harmless} without effect"
    )


@pytest.mark.fault("B4")
def test_cut_gzip_over_the_wire(both: Both, clock: InstantClock) -> None:
    # With a Content-Length that agrees: only the gzip stream itself tells.
    packed = zipped(json.dumps({"passes": [PASS] * 50}).encode())
    with FaultServer([ACCEPTED]) as server, both.client(**server.client, clock=clock, retry=ONCE) as client:
        for count in range(1, len(packed)):
            server.scripts[:] = [reply(200, packed[:count], GZIP)]
            error_of(ResponseFormatError, client.send, "GET", "satellites")
        error_of(SubmissionUncertainError, client.submit, iss_passes())
        server.scripts[:] = [reply(200, packed, GZIP)]
        assert len(client.send("GET", "satellites").json()["passes"]) == 50


@pytest.mark.fault("B5")
def test_gzip_unpacks_the_same_at_every_size_of_pieces() -> None:
    # Sizes around those at which the output is handed over in pieces, and where zlib holds some of it back.
    for size in (0, 1, 2**18 - 1, 2**18, 2**18 + 1, 2**19, 2**19 + 257):
        for whole in (bytes(size), random.Random(size).randbytes(size)):
            packed = gzip.compress(whole)
            assert read(packed, 65536) == whole
            assert read(packed, 1000) == whole
            assert read(packed, 65536, limit=size) == whole
            assert size == 0 or read(packed, 65536, limit=size - 1) is None
            assert read(packed + b"\0", 65536) is None
            assert read(packed + packed, 65536) == whole + whole


MEASURE = """
import pathlib, sys
from okapi_sdk import OkapiClient, ResponseFormatError, RetryPolicy

def peak():
    # Not getrusage: there a process begins with the peak of the one that started it.
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

url = sys.argv[1]
with OkapiClient("u", "p", base_url=url, token_url=url + "/oauth/token", retry=RetryPolicy(attempts=1)) as client:
    client.send("GET", "small")
    before = peak()
    try:
        found = len(client.send("GET", "large").content)
    except ResponseFormatError as error:
        found = error.reason
    print(peak() - before, found)
"""
CAP = 64 * 2**20


def endless(connection: Any) -> None:
    connection.sendall(CHUNKED)
    chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
    while True:
        connection.sendall(chunk)


LARGE: dict[str, tuple[Script, str]] = {
    "a gzip bomb": (reply(200, bomb(300), GZIP), "too_large"),
    "gzip within gzip": (reply(200, zipped(bomb(1024)), {"content-encoding": "gzip, gzip"}), "encoding"),
    "endless": (endless, "too_large"),
    "a length of a terabyte": (reply(200, b"", {"content-length": str(2**40)}), "too_large"),
    "as large as is taken": (reply(200, bytes(CAP)), str(CAP)),
    "as large as is taken, packed": (reply(200, bomb(64), GZIP), str(CAP)),
}


@pytest.mark.fault("B5", "B6")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not tell the peak of memory")
@pytest.mark.parametrize("kind", LARGE)
def test_memory_stays_under_the_cap(kind: str, record_property: Record) -> None:
    script, ends = LARGE[kind]
    with FaultServer([reply(200, b"[]"), script]) as server:
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, server.url], check=True, capture_output=True, text=True, timeout=60
        )
    grown, found = done.stdout.split()
    assert found == ends
    assert float(grown) < CAP / 2**20 + 16
    record_property(f"memory for {kind}", f"{float(grown):.0f} MiB more at the peak (the cap is 64 MiB)")


@pytest.mark.fault("B6")
def test_an_endless_body_is_cut_and_the_connection_closed(both: Both, clock: InstantClock) -> None:
    with FaultServer([endless, ACCEPTED]) as server, both.client(**server.client, clock=clock) as client:
        # What decides something may have a mebibyte, a result 64.
        error_of(SubmissionUncertainError, client.submit, iss_passes())
        assert client.submit(iss_passes()).id == "r1"
        assert server.connections == 2


@pytest.mark.fault("B5")
@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "gzip, identity", "x" * 9000, "\xff"])
def test_an_encoding_that_was_not_asked_for(both: Both, clock: InstantClock, encoding: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: 2\r\n\r\n[]".encode("latin-1")
    found, _ = finished(both, clock, raw(head))
    assert (type(found), found.reason) == (ResponseFormatError, "encoding")


@pytest.mark.fault("B5")
@pytest.mark.parametrize("encoding", ["identity", "", "GZIP", "x-gzip"])
def test_an_encoding_that_was(both: Both, clock: InstantClock, encoding: str) -> None:
    body = json.dumps({"passes": [PASS]}).encode()
    packed = zipped(body) if "zip" in encoding.lower() else body
    found, _ = finished(both, clock, reply(200, packed, {"content-encoding": encoding}))
    assert len(found) == 1


@pytest.mark.fault("B7", "B8", "B17")
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"passes":' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"passes": [{"max_elevation": NaN}]}',
        b'{"passes": [{"max_elevation": Infinity}]}',
        b'{"passes": [{"max_elevation": -Infinity}]}',
        b'{"passes": [{"max_elevation": 1e999}]}',
        b'{"passes": [{"max_elevation": -1E+400}]}',
        b'{"passes": [{"max_elevation": 10000000000e300}]}',
        b'{"passes": [{"max_elevation": ' + b"9" * 400 + b".5}]}",
        b'{"passes": [{"max_elevation": ' + b"9" * 250 + b"e99}]}",
        '{"passes": []}'.encode("utf-16"),
        '{"passes": []}'.encode("utf-16-be"),
        '{"passes": []}'.encode("utf-32"),
        b'{"passes": [], "note": "\xff"}',
        b'{"passes": [], "note": "\xed\xa0\x80"}',
        b"{'passes': []}",
        b'{"passes": [],}',
        b'{"passes": []} {"passes": []}',
        b'{"passes": []',
        b"\x00",
    ],
)
def test_what_is_no_json_is_refused(both: Both, clock: InstantClock, body: bytes) -> None:
    assert refused(both, clock, body).reason == "not_json"


@pytest.mark.fault("B17")
def test_a_byte_order_mark_does_no_harm(both: Both, clock: InstantClock) -> None:
    found, _ = finished(both, clock, reply(200, b'\xef\xbb\xbf{"passes": []}'))
    assert len(found) == 0


@pytest.mark.fault("B9")
def test_a_key_that_stands_twice_where_it_decides(both: Both, clock: InstantClock) -> None:
    with FaultServer([reply(202, b'{"request_id": "r1", "request_id": "r2"}')]) as server:
        with both.client(**server.client, clock=clock) as client:
            error_of(SubmissionUncertainError, client.submit, iss_passes())
        assert len(server.requests) == 1
        token = f'{{"access_token": "{TOKEN}", "expires_in": 9, "access_token": "other"}}'.encode()
        server.sign_in = reply(200, token)
        with both.client(**server.client, clock=clock) as client:
            error = error_of(ResponseFormatError, client.sign_in)
            assert TOKEN not in str(error)
    found, _ = finished(both, clock, reply(200, b'{"passes": [1], "passes": []}'))
    assert len(found) == 0  # in results the last one stands, as in Python's own reader


@pytest.mark.fault("B10")
def test_a_number_of_5000_digits(both: Both, clock: InstantClock) -> None:
    huge = b"9" * 5000
    for field in (b"start", b"max_elevation", b"unknown"):
        body = b'{"passes": [{"' + field + b'": ' + huge + b"}]}"
        found, _ = finished(both, clock, reply(200, body))
        if isinstance(found, Passes):
            repr(found)
            one = outcome(lambda found=found: found[0])
            assert type(one) is ResponseFormatError or field == b"unknown"
    found, _ = finished(both, clock, reply(200, b'{"request_id": ' + huge + b', "passes": []}'))
    assert isinstance(found, Passes | ResponseFormatError)
    with FaultServer([reply(202, b'{"request_id": ' + huge + b"}")]) as server:
        with both.client(**server.client, clock=clock) as client:
            error_of(SubmissionUncertainError, client.submit, iss_passes())
    token = b'{"access_token": "t", "expires_in": ' + huge + b"}"
    with FaultServer([ACCEPTED], sign_in=reply(200, token)) as server:
        with both.client(**server.client, clock=clock) as client:
            assert isinstance(outcome(client.sign_in), type(None) | ResponseFormatError)


ODD = "a\x1b[31m\x00\u202e\u0085\r\nInjected: 1\ud800"


@pytest.mark.fault("B11")
def test_odd_characters_are_kept_in_data_and_escaped_in_messages(both: Both, clock: InstantClock) -> None:
    fatal = {"type": "FATAL", "text": ODD}
    with FaultServer([reply(400, {"status": fatal})]) as server, both.client(**server.client, clock=clock) as client:
        error = error_of(BadRequestError, client.send, "GET", "satellites")
    assert all(char.isprintable() for char in str(error))
    kept = ODD.removesuffix("\ud800")
    found, _ = finished(both, clock, reply(200, {"passes": [{"name": kept}], "status": {**fatal, "text": kept}}))
    assert all(char.isprintable() or char == "\n" for char in str(found))
    assert found.status_text == kept
    found, _ = finished(both, clock, reply(200, {"passes": [{"name": kept}]}))
    assert found[0].name == kept
    found, _ = finished(both, clock, reply(200, {"passes": [{"name": ODD}]}))  # half a character
    assert isinstance(found, Passes | ResponseFormatError)


@pytest.mark.fault("B12", "B13", "B15")
def test_what_is_new_or_lax_is_read(both: Both, clock: InstantClock) -> None:
    row = {**PASS, "max_elevation": "42.5", "of_tomorrow": {"a": [1]}}
    body = {"passes": [row], "status": {"type": "SPLENDID", "text": "new", "level": 9}, "more": 1}
    found, _ = finished(both, clock, reply(200, body))
    assert found[0].max_elevation == 42.5
    assert found[0].of_tomorrow == {"a": [1]}
    assert found.raw["more"] == 1
    assert (found.status.type, found.status.failed) == ("SPLENDID", False)


@pytest.mark.fault("B15", "B16")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_elevation", "steep"), ("max_elevation", "NaN"), ("max_elevation", "inf"), ("max_elevation", "1e999"),
        ("max_elevation", [1]), ("max_elevation", {"deg": 1}),
        ("start", "yesterday"), ("start", "2018-08-07"), ("start", 1_533_664_800), ("start", True),
        ("start", "2016-12-31T23:59:60Z"), ("start", "10000-01-01T00:00:00Z"), ("start", "2018-02-30T00:00:00Z"),
        ("start", "2018-08-07T24:01:00Z"), ("start", "2018-08-07T18:00:00+24:00"), ("start", ""),
        ("track", "none"), ("track", 5),
    ],
)  # fmt: skip
def test_a_value_of_a_wrong_kind_is_named(both: Both, clock: InstantClock, field: str, value: object) -> None:
    found, answered = finished(both, clock, reply(200, {"passes": [PASS, {**PASS, field: value}]}))
    assert found[0].max_elevation == 42.5
    error = outcome(lambda: found[1])
    assert type(error) is ResponseFormatError
    assert f"Passes[1]: The response cannot be parsed as Pass. {field}" in str(error)
    assert answered.json()["passes"][1][field] == value


@pytest.mark.fault("B16")
def test_times_that_are_read(both: Both, clock: InstantClock) -> None:
    texts = ["2018-08-07T18:00:00", "2018-08-07T18:00:00Z", "2018-08-08T17:59:00+23:59", "2018-08-07 18:00:00+00:00"]
    found, _ = finished(both, clock, reply(200, {"passes": [{"start": text} for text in texts]}))
    assert {one.start.isoformat() for one in found} == {"2018-08-07T18:00:00+00:00"}


@pytest.mark.fault("B14")
def test_what_is_missing_is_named_and_the_answer_stays(both: Both, clock: InstantClock) -> None:
    body = {"status": {"type": "NONE", "text": ""}, "oem": {"OEM_META_DATA_DATA": [{"DATA": [{"X": 1.0}]}]}}
    with FaultServer([reply(200, body)]) as server, both.client(**server.client, clock=clock) as client:
        request = client.resume("propagate-orbit/neptune/r1", PropagateOrbit)
        error = outcome(request.result, Oem)
        assert type(error) is ResponseFormatError
        assert error.reason == "schema"
        assert "required" in str(error)
        assert request.raw().json() == body


@pytest.mark.fault("B18")
@pytest.mark.parametrize("other", ["r2", "R1", "", "r1 "])
def test_the_result_of_another_calculation(both: Both, clock: InstantClock, other: str) -> None:
    found, _ = finished(both, clock, reply(200, {"request_id": other, "passes": [PASS]}))
    assert (type(found), found.reason) == (ResponseFormatError, "schema")


@pytest.mark.fault("B19")
@pytest.mark.parametrize(
    "body",
    [
        {"message": "x" * 2**19},
        {"status": {"type": "FATAL", "text": "\x1b" * 2**17}},
        {"error": "x", "error_description": "\u202e" * 50_000},
        b"x" * 2**19,
        {"detail": [{"msg": "x" * 1000}] * 1000},
    ],
)
def test_a_huge_error_body(both: Both, clock: InstantClock, body: object) -> None:
    with FaultServer([reply(400, body)]) as server, both.client(**server.client, clock=clock) as client:
        for call in (client.send, lambda *_: client.submit(iss_passes())):
            assert len(str(error_of(BadRequestError, call, "GET", "satellites"))) < 1024
        server.sign_in = server.scripts[0]
    with FaultServer([ACCEPTED], sign_in=reply(403, body)) as server, both.client(**server.client) as client:
        assert len(str(outcome(client.sign_in))) < 1300
