"""Reading bodies piece by piece: a complete body within the limit, or a specific failure."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterable

import pytest

from okapi_sdk import ResponseFormatError
from okapi_sdk._engine.effects import Failure
from okapi_sdk._engine.response_body import BadBodyError, Body
from okapi_sdk.results.response import RawResponse

TEXT = b'{"passes": [1, 2, 3]}'
PACKED = gzip.compress(TEXT, mtime=0)
GZIP = {"content-encoding": "gzip"}
CUT = ("truncated", "its gzip stream is incomplete")
DAMAGED = ("encoding", "its gzip stream is damaged")


def received(pieces: Iterable[bytes], headers: dict[str, str], limit: int = 2**20) -> RawResponse:
    body = Body(207, [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()], limit)
    for piece in pieces:
        body.feed(piece)
    return body.response()


def failure(pieces: Iterable[bytes], headers: dict[str, str], limit: int = 2**20) -> Failure:
    with pytest.raises(BadBodyError) as caught:
        received(pieces, headers, limit)
    assert str(caught.value) == caught.value.failure.detail
    return caught.value.failure


def bytewise(content: bytes) -> list[bytes]:
    return [content[start : start + 1] for start in range(len(content))]


@pytest.mark.parametrize(
    ("pieces", "headers", "content"),
    [
        ([], {}, b""),
        ([TEXT], {}, TEXT),
        ([b"ab", b"", b"cd"], {}, b"abcd"),
        ([TEXT], {"content-encoding": ""}, TEXT),
        ([TEXT], {"content-encoding": " Identity "}, TEXT),
        ([PACKED], GZIP, TEXT),
        ([PACKED], {"content-encoding": " X-GZip "}, TEXT),
        ([PACKED, b""], GZIP, TEXT),
        (bytewise(PACKED), GZIP, TEXT),
        ([], GZIP, b""),
        ([gzip.compress(b"")], GZIP, b""),
        ([PACKED, PACKED], GZIP, TEXT + TEXT),  # several gzip members (RFC 1952, 2.2)
        ([PACKED + PACKED + PACKED], GZIP, TEXT * 3),
        (bytewise(PACKED + PACKED), GZIP, TEXT + TEXT),
    ],
)
def test_a_complete_body_is_returned_unchanged(pieces: list[bytes], headers: dict[str, str], content: bytes) -> None:
    response = received(pieces, headers)
    assert (response.status_code, response.headers, response.content) == (207, headers, content)


@pytest.mark.parametrize(
    ("pieces", "reason", "detail"),
    [
        ([PACKED[:-1]], *CUT),
        ([PACKED[:-8]], *CUT),
        ([PACKED[:1]], *CUT),
        ([PACKED, PACKED[:-1]], *CUT),
        ([PACKED + b"\0"], *CUT),
        ([*bytewise(PACKED), b"\0"], *CUT),
        ([PACKED + b"more"], *DAMAGED),
        ([TEXT], *DAMAGED),
        ([zlib.compress(TEXT)], *DAMAGED),
        ([PACKED[:-8] + bytes(4) + PACKED[-4:]], *DAMAGED),
        ([PACKED[:-4] + bytes(4)], *DAMAGED),
    ],
)
def test_incomplete_or_damaged_gzip_is_rejected(pieces: list[bytes], reason: str, detail: str) -> None:
    error = failure(pieces, GZIP)
    assert (error.reason, error.detail, error.sent, error.status_code) == (reason, detail, True, 207)


@pytest.mark.parametrize("name", ["br", "deflate", "gzip, gzip", "x" * 41])
def test_an_encoding_that_was_not_requested_is_rejected_by_name(name: str) -> None:
    detail = f"its content encoding '{name[:40]}' was not requested"
    assert failure([], {"content-encoding": name}) == Failure("encoding", detail, True, 207)


TOO_LARGE = Failure("too_large", "it is larger than 100 bytes", True, 207)


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("headers", [{}, GZIP])
def test_a_body_can_be_as_large_as_the_limit_but_no_larger(headers: dict[str, str], parts: int) -> None:
    def pieces(size: int) -> list[bytes]:
        content = gzip.compress(bytes(size)) if headers else bytes(size)
        step = -(-len(content) // parts)
        return [content[start : start + step] for start in range(0, len(content), step)]

    assert received(pieces(100), headers, 100).content == bytes(100)
    assert failure(pieces(101), headers, 100) == TOO_LARGE


@pytest.mark.parametrize("length", ["101", "0" * 20 + "101", "9" * 18, "9" * 5000])
def test_a_length_above_the_limit_is_rejected_before_any_byte_is_read(length: str) -> None:
    assert failure([], {"content-length": length}, 100) == TOO_LARGE


@pytest.mark.parametrize("length", ["100", "0", "", "-101", "101.0", "²", "many"])
def test_a_length_within_the_limit_or_without_meaning_is_accepted(length: str) -> None:
    assert received([TEXT], {"content-length": length}, 100).content == TEXT


def test_a_gzip_bomb_is_stopped_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(bytes(2**25))
    tracemalloc.start()
    try:
        assert failure([bomb], GZIP, 2**20).reason == "too_large"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**22


@pytest.mark.parametrize("size", [2**18 - 1, 2**18, 2**18 + 1, 2**18 + 257, 2**19, 2**19 + 1])
def test_a_large_gzip_stream_can_be_split_anywhere(size: int) -> None:
    packed = gzip.compress(bytes(size))
    for cut in (0, 1, len(packed) // 2, *range(len(packed) - 14, len(packed))):
        assert received([packed[:cut], packed[cut:]], GZIP).content == bytes(size)


def test_header_names_are_lowercased_repeated_headers_joined_and_cookies_dropped() -> None:
    raw = [
        (b"X-Name", "Zoë".encode("latin-1")),
        (b"Set-Cookie", b"session=1"),
        (b"VARY", b"a"),
        (b"Age", b"1"),
        (b"vary", b"b"),
        (b"Vary", b"c"),
    ]
    headers = Body(200, raw, 10).response().headers
    assert headers == {"x-name": "Zoë", "vary": "a, b, c", "age": "1"}


@pytest.mark.parametrize(
    ("status_code", "headers", "reason"),
    [
        (206, {}, "partial"),
        (200, {"content-length": "9", "transfer-encoding": "chunked"}, "encoding"),
    ],
)
def test_a_response_that_may_be_incomplete_is_rejected(status_code: int, headers: dict[str, str], reason: str) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    with pytest.raises(BadBodyError) as caught:
        Body(status_code, raw, 100)
    assert (caught.value.failure.reason, caught.value.failure.status_code) == (reason, status_code)


@pytest.mark.parametrize(
    ("content", "status_code", "is_whole"),
    [
        (b'{"a": [1]}', 200, True),
        (b" [1, 2]\r\n", 200, True),
        (b'"text"', 200, True),
        (b'{"a": [1]', 200, False),
        (b"[1, 2", 200, False),
        (b"[" * 10**6 + b"]", 200, False),
        (b"12", 200, False),  # may be the beginning of 123
        (b"CCSDS_OEM_VERS = 2.0", 200, False),
        (b"", 200, False),
        (b"an error page", 404, True),
        (PACKED, 200, True),
    ],
)
def test_a_body_that_may_have_been_cut_must_mark_its_end(content: bytes, status_code: int, is_whole: bool) -> None:
    headers = [(b"content-encoding", b"gzip")] if content is PACKED else []
    body = Body(status_code, headers, 2**24)
    assert body.has_end is False
    body.feed(content)
    if is_whole:
        assert body.response(cut=True) == body.response()
    else:
        with pytest.raises(BadBodyError, match="it has no length, and the connection may have been cut"):
            body.response(cut=True)
    assert body.response().status_code == status_code


@pytest.mark.parametrize(
    ("status_code", "limit"), [(200, 2**24), (201, 2**24), (202, 2**20), (404, 2**20), (500, 2**20)]
)
def test_pending_and_error_bodies_have_a_smaller_limit(status_code: int, limit: int) -> None:
    Body(status_code, [], 2**24).feed(bytes(limit))
    with pytest.raises(BadBodyError, match=f"larger than {limit} bytes"):
        Body(status_code, [], 2**24).feed(bytes(limit + 1))


@pytest.mark.parametrize("piece", [b"[],", b'{"a":1},', b"1,", b'"ab",'])
def test_the_parsed_body_is_bounded(piece: bytes) -> None:
    many = b"[" + piece * (2**26 // len(piece)) + b"1]"
    tracemalloc.start()
    try:
        with pytest.raises(ResponseFormatError, match="its lists and objects are too many"):
            RawResponse(200, {}, many).json()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**26


def test_a_large_result_is_read() -> None:
    row = b'["2018-08-07T18:00:00.000Z",6878.123456789,-123.123456789,1.234567890123,1.2345678901,7.2345678901,0.2],'
    rows = 2**25 // len(row)
    assert len(RawResponse(200, {}, b"[" + row * rows + b"1]").json()) == rows + 1
