"""HTTP exchanges of threads."""

from __future__ import annotations

from .._engine import failures
from .._engine.effects import Failure, HttpRequest
from .._engine.response_body import Body
from ..results.response import RawResponse
from .http import CURRENT, Exchange, Http
from .lanes import origin
from .sync_network import SyncNetwork
from .turns import Turns


class SyncHttp(Http):
    """Sends requests from threads."""

    _client_class = "Client"
    _network = SyncNetwork
    _make_turns = Turns

    def after_fork(self) -> None:
        """Open new connections in a forked process; on its parent's, responses could reach the wrong process."""
        self._reset()

    def send(self, request: HttpRequest, timeout: float) -> RawResponse | Failure:
        """Send a request and read the response within ``timeout`` seconds."""
        if (failure := self._reason_not_to_send(timeout)) is not None:
            return failure
        exchange, turns = Exchange(timeout), self._turns_for(request)
        previous = CURRENT.set(exchange)
        try:
            try:
                if self._borrowed is None and not turns.take(exchange.turn, timeout):
                    return self._no_free_connection()
                return self._reason_not_to_send(exchange.remaining) or self._round_trip(request, exchange)
            finally:
                self._finish(exchange, turns)
                CURRENT.reset(previous)
        finally:  # again, because Ctrl-C may have interrupted the first time
            self._finish(exchange, turns)

    def _finish(self, exchange: Exchange, turns: Turns) -> None:
        exchange.is_over = True
        self._close_lane(exchange)
        turns.give_back(exchange.turn)

    def _round_trip(self, request: HttpRequest, exchange: Exchange) -> RawResponse | Failure:
        route = self._routes.get(origin(request.url))
        try:
            outgoing = self._library.request(request, exchange.remaining)
            if route is None:
                response = self._borrowed.send(outgoing, stream=True, auth=None, follow_redirects=False)
            else:
                response = self._take_lane(route, exchange).transport.handle_request(outgoing)
            exchange.response = response
            try:
                body = Body(response.status_code, response.headers.raw, request.limit)
                for chunk in response.stream:
                    body.feed(chunk)
            finally:
                response.close()
            complete = self._complete(body, exchange)
        except self._caught as error:
            return failures.outcome(error, exchange.sent, exchange.status_code)
        if route is not None:
            self._return_lane(route, exchange)
        return complete

    def close(self) -> None:
        """Close the connections, but not those of a borrowed client."""
        self._close_all_lanes()
