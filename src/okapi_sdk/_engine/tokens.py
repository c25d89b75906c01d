"""A client's token: when it is renewed, by which caller, and how refusals are handled.

=================  ==========================================================================================
age of the token   what a call does
=================  ==========================================================================================
fresh              uses it, without a lock
advisory window    one caller renews it while the others use the old one; a failed renewal raises nothing
mandatory window   all callers wait for one sign-in and share its outcome, good or bad
=================  ==========================================================================================

A refused password is remembered and never sent again. A 401 on a call renews the token once, unless another caller has
already done so; a later 401 renews it again if calls succeeded in between. A token's age is the larger of those by the
monotonic and the wall clock: the former stops while a machine is suspended, the latter can be set back.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

from pydantic import SecretStr

from ..errors import (
    AuthenticationError,
    OkapiError,
    ResponseFormatError,
    TransportTimeoutError,
)
from ..results.response import RawResponse
from ..settings.clock import Clock
from ..settings.credentials import Credentials
from ..settings.environments import Environment
from .call_errors import error_text, status_error, transport_error
from .effects import (
    Failure,
    Flow,
    HttpRequest,
    exclusive,
)
from .json_bodies import encode_json, readable_body, unambiguous_json
from .protocol import TOKEN_LIMIT, is_token, retry_after
from .secrets import without_secrets

log = logging.getLogger("okapi_sdk")

LIFETIME_SECONDS = 86400.0
UNSTATED_LIFETIME_SECONDS = 3600.0
SIGN_IN_SECONDS = 10.0
BLOCKED_SECONDS = 60.0
ADVISORY = (900.0, 0.2)
MANDATORY = (60.0, 0.05)
RENEWAL_PAUSE_SECONDS = 60.0
"""Pause before the next renewal, after an early renewal failed or a renewed token was rejected."""


@dataclass(frozen=True)
class Token:
    """An access token and the time of its sign-in on both clocks."""

    value: SecretStr
    lifetime: float
    monotonic: float
    wall: float
    replaces_rejected: bool = False

    def __reduce__(self) -> NoReturn:
        raise TypeError("tokens cannot be pickled or copied")

    def left(self, clock: Clock) -> float:
        """Return the remaining life in seconds, by the more pessimistic clock."""
        return self.lifetime - max(clock.monotonic() - self.monotonic, clock.wall() - self.wall)

    def within(self, window: tuple[float, float], left: float) -> bool:
        """Return True if the remaining life is within the window, which is shorter for short-lived tokens."""
        return left <= min(window[0], window[1] * self.lifetime)


class Tokens:
    """The token shared by a client and its `with_options` copies."""

    def __init__(
        self,
        environment: Environment,
        credentials: Credentials,
        clock: Clock,
        send_with_retries: Callable[[HttpRequest, float], Flow[RawResponse | Failure]],
    ) -> None:
        self._environment = environment
        self._credentials = credentials
        self._clock = clock
        self._send = send_with_retries
        self._token: Token | None = None
        self._refusal: tuple[AuthenticationError, float] | None = None  # with the time at which it expires
        self._failure: OkapiError | None = None
        self._proven: Token | None = None  # a call has succeeded with it
        self._sign_ins = 0
        self._no_early_renewal_before = float("-inf")

    @property
    def username(self) -> str:
        """The user name of the account."""
        return self._credentials.username

    def current(self, deadline: float) -> Flow[SecretStr]:
        """Return a valid token, signing in or renewing the token if necessary."""
        token = self._token
        if token is not None:
            left = token.left(self._clock)
            if not token.within(ADVISORY, left):
                return token.value
            if not token.within(MANDATORY, left):
                if self._clock.monotonic() >= self._no_early_renewal_before:
                    yield from exclusive(self._renew_early(token, deadline), deadline, blocking=False)
                return (self._token or token).value
        return (yield from self._await_renewal(token, deadline, rejected=False))

    def replacement(self, rejected: SecretStr, deadline: float) -> Flow[SecretStr]:
        """Return a new token to replace one that the platform rejected with 401."""
        token = self._token
        if token is None or token.value != rejected:
            return (yield from self.current(deadline))
        unproven = token.replaces_rejected and token is not self._proven
        if unproven and self._clock.monotonic() - token.monotonic < RENEWAL_PAUSE_SECONDS:
            raise fresh_token_rejected_error()
        return (yield from self._await_renewal(token, deadline, rejected=True))

    def record_success(self, value: SecretStr) -> None:
        """Record that a call succeeded with a token. If that token is rejected later, it is renewed again."""
        if self._token is not None and self._token.value == value:
            self._proven = self._token

    def sign_in(self, deadline: float) -> Flow[None]:
        """Sign in unless there is a valid token."""
        yield from self.current(deadline)

    def _await_renewal(self, old: Token | None, deadline: float, *, rejected: bool) -> Flow[SecretStr]:
        self._raise_remembered_refusal()
        yield from exclusive(self._renew(old, self._sign_ins, deadline, rejected), deadline)
        if self._token is None:  # pragma: no cover - a renewal that returns has set it
            raise RuntimeError("a sign-in ended with neither a token nor an error")
        return self._token.value

    def _renew(self, old: Token | None, sign_ins_before: int, deadline: float, rejected: bool) -> Flow[None]:
        # A caller that waited for the lock shares the outcome of the sign-in it waited for.
        if self._token is not None and self._token is not old:
            return
        if self._sign_ins != sign_ins_before and self._failure is not None:
            raise copy.copy(self._failure)
        yield from self._sign_in(deadline, replaces_rejected=rejected)

    def _renew_early(self, old: Token, deadline: float) -> Flow[None]:
        if self._token is not old:
            return
        try:
            yield from self._sign_in(deadline, replaces_rejected=False)
        except OkapiError as error:
            self._no_early_renewal_before = self._clock.monotonic() + RENEWAL_PAUSE_SECONDS
            log.warning("Early renewal of the token failed; the current token stays in use: %s", error)

    def _sign_in(self, deadline: float, *, replaces_rejected: bool) -> Flow[None]:
        self._raise_remembered_refusal()
        monotonic, wall = self._clock.monotonic(), self._clock.wall()
        try:
            outcome = yield from self._send(self._sign_in_request(), min(deadline, monotonic + SIGN_IN_SECONDS))
            token = self._token_or_error(outcome, monotonic, wall, replaces_rejected)
            del outcome  # keep the response out of an error's frames: it may hold a token under another name
            if isinstance(token, OkapiError):
                raise token
            self._token = token
        except OkapiError as error:
            # Do not share a timeout caused only by this caller's short deadline. Copy the error to drop its traceback.
            hurried = isinstance(error, TransportTimeoutError) and deadline < monotonic + SIGN_IN_SECONDS
            self._failure = None if hurried else copy.copy(error)
            self._sign_ins += 1
            raise
        self._failure = None
        self._sign_ins += 1
        log.debug("Signed in at %s", self._environment.token_url)

    def _sign_in_request(self) -> HttpRequest:
        content = encode_json(
            {
                "grant_type": "password",
                "username": self._credentials.username,
                "password": self._credentials.password.get_secret_value(),
                "audience": self._environment.audience,
                "client_id": self._environment.client_id,
                "scope": self._environment.scope,
            }
        )
        headers = {"accept": "application/json", "content-type": "application/json"}
        return HttpRequest("POST", self._environment.token_url, headers, content, TOKEN_LIMIT)

    def _token_or_error(
        self, outcome: RawResponse | Failure, monotonic: float, wall: float, replaces_rejected: bool
    ) -> Token | OkapiError:
        if isinstance(outcome, Failure):
            return transport_error("POST", "oauth/token", self._environment.token_url, outcome)
        if outcome.status_code != 200:
            return self._sign_in_error(without_secrets(outcome, self._credentials.password), wall)
        value, lifetime = _granted_token(outcome)
        if value is None:
            return self._unusable_response("without a usable access_token. Check token_url")
        if isinstance(lifetime, bool) or not isinstance(lifetime, int | float):
            log.warning("The sign-in response gives no token lifetime; assuming one hour")
            lifetime = UNSTATED_LIFETIME_SECONDS
        if not lifetime > 0:
            return self._unusable_response(f"with an expired token (expires_in {lifetime})")
        return Token(value, float(min(lifetime, LIFETIME_SECONDS)), monotonic, wall, replaces_rejected)

    def _unusable_response(self, defect: str) -> ResponseFormatError:
        return ResponseFormatError(f"{self._environment.token_url} returned HTTP 200 {defect}.", reason="schema")

    def _sign_in_error(self, response: RawResponse, wall: float) -> OkapiError:
        # Quote only JSON messages or the start of an HTML page: other text may be a damaged response with a token.
        if not isinstance(readable_body(response), dict) and not response.content.lstrip().startswith(b"<"):
            response = replace(response, content=b"")
        if response.status_code in (400, 401, 403, 429):
            return self._remember(self._refusal_error(response))
        error = status_error("POST", self._environment.token_url, response, wall)
        error.body = None
        return error

    def _refusal_error(self, response: RawResponse) -> AuthenticationError:
        body = readable_body(response)
        code = body.get("error") if isinstance(body, dict) else None
        text = error_text(body) or "no readable message"
        where = f"{self._environment.token_url} (HTTP {response.status_code}: {text})"
        if response.status_code == 429:
            pause = retry_after(response, self._clock.wall())
            return AuthenticationError(
                f"Sign-in is blocked at {where}. After ten refused passwords the platform blocks the account and "
                "e-mails its owner.",
                reason="blocked",
                retry_after=pause,
            )
        if code == "mfa_required":
            return AuthenticationError(
                f"Sign-in requires a second factor at {where}. For programs, ask the platform for an account without "
                "one.",
                reason="mfa_required",
            )
        return AuthenticationError(
            f"Sign-in was refused at {where}. The user name and password came from {self._credentials.source}; this "
            "client will not send them again. Correct them and create a new client.",
            reason="refused",
        )

    def _remember(self, error: AuthenticationError) -> AuthenticationError:
        pause = BLOCKED_SECONDS if error.retry_after is None else error.retry_after
        until = self._clock.monotonic() + pause if error.reason == "blocked" else float("inf")
        self._refusal = copy.copy(error), until
        return error

    def _raise_remembered_refusal(self) -> None:
        if self._refusal is None:
            return
        refusal, until = self._refusal
        left = until - self._clock.monotonic()
        if left > 0:
            error = copy.copy(refusal)
            error.retry_after = None if refusal.retry_after is None else left
            raise error


def _granted_token(response: RawResponse) -> tuple[SecretStr | None, object]:
    """Return the token and its stated lifetime; the token is None if it cannot be used."""
    try:
        body = unambiguous_json(response)
    except ResponseFormatError:
        return None, None
    if not isinstance(body, dict) or str(body.get("token_type", "Bearer")).lower() != "bearer":
        return None, None
    value = body.get("access_token")
    if not isinstance(value, str) or not is_token(value):
        return None, None
    return SecretStr(value), body.get("expires_in")


def fresh_token_rejected_error() -> AuthenticationError:
    """Return the error for a token that is rejected right after it was issued."""
    return AuthenticationError(
        "The platform rejected a token that it had just issued (HTTP 401). Check that the environment's audience "
        "belongs to its base_url, and that this account may use it.",
        reason="token_rejected",
    )
