"""The token of a client: when it is renewed, by whom, and what a refusal means.

=================  ==========================================================================================
age of the token   what a call does
=================  ==========================================================================================
fresh              uses it; no lock
advisory window    one caller renews it, the others go on with the old one; a failure is no one's error
mandatory window   all wait for one sign-in, and share its outcome, good or bad
=================  ==========================================================================================

A refused password is remembered and never sent again. A 401 on a call renews the token once, unless another caller has
done so already. Age is the larger of what the monotonic and the wall clock say: the one stands still while a machine
sleeps, the other can be set back.
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
from .bodies import control, encoded, excerpt
from .effects import (
    Failure,
    Flow,
    HttpRequest,
    exclusive,
)
from .protocol import TOKEN_LIMIT, is_token, retry_after
from .secrets import scrubbed
from .status_errors import said, status_error, transport_error

log = logging.getLogger("okapi_sdk")

LIFETIME_SECONDS = 86400.0
UNSTATED_LIFETIME_SECONDS = 3600.0
SIGN_IN_SECONDS = 10.0
BLOCKED_SECONDS = 60.0
ADVISORY = (900.0, 0.2)
MANDATORY = (60.0, 0.05)
RENEWAL_PAUSE_SECONDS = 60.0
"""After a failed early renewal, and after a renewal whose token was refused again: no other for so long."""


@dataclass(frozen=True)
class Token:
    """An access token and its age."""

    value: SecretStr
    lifetime: float
    monotonic: float
    wall: float
    replaces_rejected: bool = False

    def __reduce__(self) -> NoReturn:
        raise TypeError("tokens do not pickle or copy")

    def left(self, clock: Clock) -> float:
        """Seconds of life left by the more pessimistic clock."""
        return self.lifetime - max(clock.monotonic() - self.monotonic, clock.wall() - self.wall)

    def within(self, window: tuple[float, float], left: float) -> bool:
        """Whether so little is left; a window is seconds, or a share of a shorter life."""
        return left <= min(window[0], window[1] * self.lifetime)


class Tokens:
    """The one token of a client and of its `with_options` copies."""

    def __init__(
        self,
        environment: Environment,
        credentials: Credentials,
        clock: Clock,
        attempt: Callable[[HttpRequest, float], Flow[RawResponse | Failure]],
    ) -> None:
        self._environment = environment
        self._credentials = credentials
        self._clock = clock
        self._attempt = attempt
        self._token: Token | None = None
        self._refusal: tuple[AuthenticationError, float] | None = None  # and until when it stands
        self._failure: OkapiError | None = None
        self._sign_ins = 0
        self._early_after = float("-inf")

    def current(self, deadline: float) -> Flow[SecretStr]:
        """A token to use now."""
        token = self._token
        if token is not None:
            left = token.left(self._clock)
            if not token.within(ADVISORY, left):
                return token.value
            if not token.within(MANDATORY, left):
                if self._clock.monotonic() >= self._early_after:
                    yield from exclusive(self._renew_early(token, deadline), deadline, blocking=False)
                return (self._token or token).value
        return (yield from self._renewed(token, deadline, rejected=False))

    def replacing(self, rejected: SecretStr, deadline: float) -> Flow[SecretStr]:
        """A token in place of one that the platform refused with 401."""
        token = self._token
        if token is None or token.value != rejected:
            return (yield from self.current(deadline))
        if token.replaces_rejected and self._clock.monotonic() - token.monotonic < RENEWAL_PAUSE_SECONDS:
            raise rejected_again()
        return (yield from self._renewed(token, deadline, rejected=True))

    def sign_in(self, deadline: float) -> Flow[None]:
        """Have a token, or say why there is none."""
        yield from self.current(deadline)

    def _renewed(self, old: Token | None, deadline: float, *, rejected: bool) -> Flow[SecretStr]:
        self._raise_refusal()
        yield from exclusive(self._renew(old, self._sign_ins, deadline, rejected), deadline)
        if self._token is None:  # pragma: no cover - a renewal that ends has set it
            raise RuntimeError("a sign-in ended without token and without error")
        return self._token.value

    def _renew(self, old: Token | None, seen: int, deadline: float, rejected: bool) -> Flow[None]:
        # Whoever waited for the lock meanwhile shares what the one before brought.
        if self._token is not None and self._token is not old:
            return
        if self._sign_ins != seen and self._failure is not None:
            raise copy.copy(self._failure)
        yield from self._sign_in(deadline, replaces_rejected=rejected)

    def _renew_early(self, old: Token, deadline: float) -> Flow[None]:
        if self._token is not old:
            return
        try:
            yield from self._sign_in(deadline, replaces_rejected=False)
        except OkapiError as error:
            self._early_after = self._clock.monotonic() + RENEWAL_PAUSE_SECONDS
            log.warning("The token could not be renewed early and is used on: %s", error)

    def _sign_in(self, deadline: float, *, replaces_rejected: bool) -> Flow[None]:
        self._raise_refusal()
        monotonic, wall = self._clock.monotonic(), self._clock.wall()
        try:
            outcome = yield from self._attempt(self._request(), min(deadline, monotonic + SIGN_IN_SECONDS))
            found = self._read(outcome, monotonic, wall, replaces_rejected)
            del outcome  # no frame of an error holds the answer: it may have a token under another name
            if isinstance(found, OkapiError):
                raise found
            self._token = found
        except OkapiError as error:
            # Without its traceback. That this caller had little time says nothing to the others.
            hurried = isinstance(error, TransportTimeoutError) and deadline < monotonic + SIGN_IN_SECONDS
            self._failure = None if hurried else copy.copy(error)
            self._sign_ins += 1
            raise
        self._failure = None
        self._sign_ins += 1
        log.debug("Signed in at %s", self._environment.token_url)

    def _request(self) -> HttpRequest:
        content = encoded(
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

    def _read(
        self, outcome: RawResponse | Failure, monotonic: float, wall: float, replaces_rejected: bool
    ) -> Token | OkapiError:
        if isinstance(outcome, Failure):
            return transport_error("POST", "oauth/token", self._environment.token_url, outcome)
        if outcome.status_code != 200:
            return self._rejected(scrubbed(outcome, self._credentials.password), wall)
        value, stated = _granted(outcome)
        if value is None:
            return self._unusable("without a usable access_token. Check token_url")
        if isinstance(stated, bool) or not isinstance(stated, int | float):
            log.warning("The sign-in names no lifetime of the token; one hour is assumed")
            stated = UNSTATED_LIFETIME_SECONDS
        if not stated > 0:
            return self._unusable(f"with a token that has ended already (expires_in {stated})")
        return Token(value, float(min(stated, LIFETIME_SECONDS)), monotonic, wall, replaces_rejected)

    def _unusable(self, how: str) -> ResponseFormatError:
        return ResponseFormatError(f"{self._environment.token_url} answered 200 {how}.", reason="schema")

    def _rejected(self, response: RawResponse, wall: float) -> OkapiError:
        # Shown are the messages of a JSON object and the beginning of a page: other text may be a damaged answer that
        # holds a token.
        if not isinstance(excerpt(response), dict) and not response.content.lstrip().startswith(b"<"):
            response = replace(response, content=b"")
        if response.status_code in (400, 401, 403, 429):
            return self._remember(self._refused(response))
        error = status_error("POST", "oauth/token", response, wall)
        error.body = None
        return error

    def _refused(self, response: RawResponse) -> AuthenticationError:
        body = excerpt(response)
        code = body.get("error") if isinstance(body, dict) else None
        text = said(body) or "no readable message"
        where = f"{self._environment.token_url} (HTTP {response.status_code}: {text})"
        if response.status_code == 429:
            pause = retry_after(response, self._clock.wall())
            return AuthenticationError(
                f"Sign-in is blocked at {where}. After ten refused passwords the platform blocks the account and mails "
                "its owner.",
                reason="blocked",
                retry_after=pause,
            )
        if code == "mfa_required":
            return AuthenticationError(
                f"Sign-in needs a second factor at {where}. Ask the platform for an account without one for programs.",
                reason="mfa_required",
            )
        return AuthenticationError(
            f"Sign-in was refused at {where}. User name and password came from {self._credentials.source}; this client "
            "will not send them again. Correct them and make a new client.",
            reason="refused",
        )

    def _remember(self, error: AuthenticationError) -> AuthenticationError:
        pause = BLOCKED_SECONDS if error.retry_after is None else error.retry_after
        until = self._clock.monotonic() + pause if error.reason == "blocked" else float("inf")
        self._refusal = copy.copy(error), until
        return error

    def _raise_refusal(self) -> None:
        if self._refusal is None:
            return
        refusal, until = self._refusal
        left = until - self._clock.monotonic()
        if left > 0:
            again = copy.copy(refusal)
            again.retry_after = None if refusal.retry_after is None else left
            raise again


def _granted(response: RawResponse) -> tuple[SecretStr | None, object]:
    # Token and stated lifetime; no token where none can be used.
    try:
        body = control(response)
    except ResponseFormatError:
        return None, None
    if not isinstance(body, dict) or str(body.get("token_type", "Bearer")).lower() != "bearer":
        return None, None
    value = body.get("access_token")
    if not isinstance(value, str) or not is_token(value):
        return None, None
    return SecretStr(value), body.get("expires_in")


def rejected_again() -> AuthenticationError:
    """The error of a token that is refused although it was just issued."""
    return AuthenticationError(
        "The platform rejects a token that was just issued (HTTP 401). Check that the environment's audience belongs "
        "to its base_url, and that this account may use it.",
        reason="token_rejected",
    )
