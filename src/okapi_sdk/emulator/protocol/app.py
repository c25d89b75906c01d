"""The ASGI application: receives a call, checks it, and responds."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..bodies.fields import InputProblemError, is_typed
from ..services.catalogue import SERVICES, Service
from ..services.outcome import Status
from ..store.collections import COLLECTIONS
from ..store.places import Place
from . import limits
from .bounded import Bounded
from .envelopes import Envelope, Serialised
from .jobs import Jobs
from .json_text import read_json, write_json
from .page import is_page, page
from .refusals import RefusedError
from .routing import Poll, Submission, route
from .scripts import Scripts
from .sign_in import PASSWORD, USERNAME, SignIn
from .stored_objects import StoredObjects
from .workers import Workers

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "access_token", "cookie"})
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_JSON = "application/json"
_CHUNK = 256 * 1024
_LONG_BODY = 128 * 1024
_TOO_SLOW = f"A body must arrive within {limits.SLOWEST_SECONDS:g} seconds."


@dataclass(frozen=True)
class Call:
    """A call that the emulator received, without headers that hold credentials, and the status code of the response."""

    method: str
    path: str
    status_code: int
    headers: Mapping[str, str]


class App:
    """The ASGI application and the state of one emulator."""

    def __init__(self, sign_in: SignIn, jobs: Jobs, objects: StoredObjects, reader: Workers) -> None:
        self.sign_in = sign_in
        self.jobs = jobs
        self.objects = objects
        self.scripts: Scripts = Scripts()
        self.calls: Bounded[Call] = Bounded(limits.MOST_KEYS, limits.LARGEST_RECORDS)
        self._numbers = itertools.count()
        self._reader = reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one call and record it in `calls`."""
        request = Request(scope, receive)
        path = scope["raw_path"].decode("ascii")
        try:
            response = await self._answer(request, path)
        except RefusedError as refusal:
            content = Envelope.OBJECT.message(refusal.status)
            response = Response(content, refusal.status_code, refusal.headers, _JSON)
        except ClientDisconnect:
            return
        headers = {name: value for name, value in request.headers.items() if name not in _SECRET_HEADERS}
        size = len(path) + sum(len(name) + len(value) for name, value in headers.items())
        self.calls.put(next(self._numbers), Call(request.method, path, response.status_code, headers), size)
        await response(scope, receive, send)

    async def _answer(self, request: Request, path: str) -> Response:
        _check_sender(request)
        body = await _read_body(request, limits.LARGEST_SIGN_IN if path == "/oauth/token" else limits.LARGEST_BODY)
        if path == "/oauth/token" and request.method == "POST":
            self.sign_in.count += 1
        if failure := self.scripts.next_failure(request.method, path):
            return Response(failure.content, failure.status_code, failure.headers)
        if is_page(path, request.headers.get("accept", "")):
            _allow(request, "GET")
            return page(path, self.jobs)
        match path:
            case "/":
                _allow(request, "GET")
                return Response(write_json(_description()), media_type=_JSON)
            case "/oauth/token":
                _allow(request, "POST")
                status_code, answer = self.sign_in.answer(body, request.headers.get("content-type", ""))
                return Response(write_json(answer), status_code, {"cache-control": "no-store"}, _JSON)
        match route(path):
            case Submission(service):
                _allow(request, "POST")
                self._check_token(request)
                return await self._submit(service, body, _idempotency_key(request))
            case Poll() as poll:
                _allow(request, "GET")
                self._check_token(request)
                return await self._poll(poll)
            case Place() as place:
                _allow(request, *place.methods)
                self._check_token(request)
                document = _read_json(body) if request.method in ("POST", "PUT", "PATCH") else None
                key = _idempotency_key(request)
                await self.jobs.store_finished()
                return self.objects.answer(request.method, place, request.scope["query_string"], document, key)

    def _check_token(self, request: Request) -> None:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        token = credentials.strip() if scheme.lower() == "bearer" else request.headers.get("access_token", "")
        if not self.sign_in.accepts(token):
            text = "The access token has expired or is not valid." if token else "The call needs an access token."
            raise RefusedError(401, text, headers={"www-authenticate": "Bearer"})

    async def _submit(self, service: Service, body: bytes, key: str | None) -> Response:
        envelope = Envelope.OBJECT

        def read() -> Any:
            nonlocal envelope
            document = _read_json(body)
            envelope = Envelope.ARRAY if is_typed(document) else Envelope.OBJECT
            return service.read(document)

        try:
            # The largest bodies take half a second to read. Other calls do not wait for that.
            request = read() if len(body) < _LONG_BODY else await asyncio.wrap_future(self._reader.submit(read))
        except InputProblemError as problem:
            content = envelope.message(Status("FATAL", str(problem), input_problem=True))
            return Response(content, 422, media_type=_JSON)
        calculation = self.jobs.repeated(key, service, body)
        if calculation is None:
            calculation = self.jobs.submit(service, request, body, key, self.scripts.next_calculation())
        content = envelope.message(Status(text="Request accepted"), calculation.id)
        return Response(content, 202, media_type=_JSON)

    async def _poll(self, poll: Poll) -> Response:
        service, envelope = poll.service, poll.envelope
        try:
            finished = await self.jobs.poll(service, poll.request_id)
            if poll.format not in service.formats:
                formats = ", ".join(service.formats)
                raise RefusedError(404, f"{service.path} has no format {poll.format!r}, only {formats}.")
            if finished is None:
                content = envelope.pending(Status(text="Request is being processed"), poll.request_id)
                return Response(content, 202, media_type=_JSON)
            result = finished.results.get(poll.format, Serialised())
            if not 1 <= poll.part <= len(result.parts):
                raise RefusedError(404, f"There is no part {poll.part}; the parts are 1 to {len(result.parts)}.")
        except RefusedError as refusal:
            return Response(envelope.message(refusal.status), refusal.status_code, media_type=_JSON)
        if poll.part == len(result.parts) or envelope is not Envelope.OBJECT:
            self.jobs.collected(poll.request_id)
        return _LongResponse(envelope.finished(result.status or finished.status, result, poll.part))


class _LongResponse(Response):
    """A result, sent in chunks between which other calls are answered."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        super().__init__(None, 200, {"content-length": str(sum(map(len, pieces)))}, _JSON)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the result."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        chunk = bytearray()
        for piece in self._pieces:
            for first in range(0, len(piece), _CHUNK):
                chunk += piece[first : first + _CHUNK]
                if len(chunk) >= _CHUNK:
                    await send({"type": "http.response.body", "body": bytes(chunk), "more_body": True})
                    chunk.clear()
                    await asyncio.sleep(0)  # the connection may take all chunks at once
        await send({"type": "http.response.body", "body": bytes(chunk)})


def _allow(request: Request, *methods: str) -> None:
    if request.method not in methods:
        allowed = ", ".join(methods)
        raise RefusedError(405, f"This path accepts {allowed}, not {request.method}.", headers={"allow": allowed})


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise RefusedError(400, "An Idempotency-Key must have 1 to 255 printable characters.")
    return key


def _check_sender(request: Request) -> None:
    """Reject web pages of other origins, and foreign host names that resolve to this machine."""
    _, port = request.scope["server"]
    hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
    if request.headers.get("host", "").lower() not in hosts:
        raise RefusedError(421, f"This emulator responds only to the hosts {' and '.join(hosts)}.")
    origin = request.headers.get("origin")
    if origin is not None and origin not in {f"http://{host}" for host in hosts}:
        raise RefusedError(403, "This emulator does not serve web pages of other origins.")


async def _read_body(request: Request, largest: int) -> bytes:
    body = bytearray()
    size = 0
    close = {"connection": "close"}
    try:
        async with asyncio.timeout(limits.SLOWEST_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limits.LARGEST_BODY:
                    raise RefusedError(413, f"A body may have up to {limits.LARGEST_BODY:,} bytes.", headers=close)
                if size <= largest:
                    body += chunk
    except TimeoutError:
        raise RefusedError(408, _TOO_SLOW, headers=close) from None
    if size > largest:
        raise RefusedError(413, f"This body may have up to {largest:,} bytes.", headers=close)
    return bytes(body)


def _read_json(body: bytes) -> object:
    try:
        return read_json(body)
    except ValueError as error:
        raise RefusedError(400, f"The body is not valid JSON: {error}", input_problem=True) from None


def _description() -> dict[str, object]:
    return {
        "name": "okapi-sdk emulator",
        "sign_in": "/oauth/token",
        "credentials": {"username": USERNAME, "password": PASSWORD},
        "page": "/",
        "openapi": "/openapi.json",
        "services": {
            path: {"formats": service.formats, "computed": service.computation is not None}
            for path, service in SERVICES.items()
        },
        "collections": {
            path: {
                "methods": collection.methods,
                "methods_of_one": collection.element_methods,
                "computed": collection.computed,
                "note": collection.note,
            }
            for path, collection in COLLECTIONS.items()
        },
    }
