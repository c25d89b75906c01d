"""HTTP exchanges of tasks."""

from __future__ import annotations

import asyncio
import contextlib

from .._engine import failures
from .._engine.effects import Failure, HttpRequest
from .._engine.response_body import Body
from ..results.response import RawResponse
from .async_network import AsyncNetwork
from .http import CURRENT, Exchange, Http
from .lanes import origin


class AsyncHttp(Http):
    """Sends requests from tasks."""

    _client_class = "AsyncClient"
    _network = AsyncNetwork
    _make_turns = asyncio.Semaphore

    async def send(self, request: HttpRequest, timeout: float) -> RawResponse | Failure:
        """Send a request and read the response within ``timeout`` seconds."""
        if (failure := self._reason_not_to_send(timeout)) is not None:
            return failure
        exchange = Exchange(timeout)
        turns = self._turns_for(request) if self._borrowed is None else contextlib.nullcontext()
        previous, limit = CURRENT.set(exchange), asyncio.timeout(timeout)
        try:
            async with limit, turns:
                exchange.turn.append(None)
                return self._reason_not_to_send(exchange.remaining) or await self._round_trip(request, exchange)
        except TimeoutError:
            if not limit.expired():
                raise
        finally:
            exchange.is_over = True
            CURRENT.reset(previous)
        return failures.late(exchange.sent, exchange.status_code) if exchange.turn else self._no_free_connection()

    async def _round_trip(self, request: HttpRequest, exchange: Exchange) -> RawResponse | Failure:
        route = self._routes.get(origin(request.url))
        try:
            outgoing = self._library.request(request, exchange.remaining)
            if route is None:
                response = await self._borrowed.send(outgoing, stream=True, auth=None, follow_redirects=False)
            else:
                response = await self._take_lane(route, exchange).transport.handle_async_request(outgoing)
            exchange.response = response
            try:
                body = Body(response.status_code, response.headers.raw, request.limit)
                async for chunk in response.stream:
                    body.feed(chunk)
            finally:
                await response.aclose()
            complete = self._complete(body, exchange)
            if route is not None:
                self._return_lane(route, exchange)
        except self._caught as error:
            return failures.outcome(error, exchange.sent, exchange.status_code)
        else:
            return complete
        finally:
            self._close_lane(exchange)

    async def close(self, *, abandoned: bool = False) -> None:
        """Close the connections, but not those of a borrowed client; ``abandoned`` if their event loop has ended."""
        self._closed = True
        if not abandoned:
            self._close_all_lanes()
            await asyncio.sleep(0)  # asyncio closes sockets in the loop's next iteration
