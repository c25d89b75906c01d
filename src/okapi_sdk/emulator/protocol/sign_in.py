"""Password sign-in, like that of the platform's identity provider (Auth0, resource owner password grant)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl

from ...settings import Clock
from . import limits
from .bounded import Bounded
from .json_text import read_json

USERNAME = "emulator@example.com"
PASSWORD = "not-a-real-password"  # noqa: S105 - valid only for this emulator

_REFUSALS_UNTIL_BLOCKED = 10

Answer = tuple[int, dict[str, object]]


class SignIn:
    """The only known user, the issued tokens, and the number of failed sign-ins for each user name."""

    def __init__(self, clock: Clock) -> None:
        self.token_lifetime: float = 86_400.0
        self.count = 0
        self._clock = clock
        self._expiry: Bounded[float] = Bounded(limits.MOST_KEYS)
        self._refusals: Bounded[int] = Bounded(limits.MOST_KEYS)

    def answer(self, body: bytes, content_type: str) -> Answer:
        """Return the status code and body of the response to a POST of form data or JSON."""
        fields = _read_fields(body, content_type)
        if fields is None:
            return _error(400, "invalid_request", "The body is neither form data nor a JSON object.")
        for name in ("grant_type", "username", "password"):
            if not isinstance(fields.get(name), str) or not fields[name]:
                return _error(400, "invalid_request", f"Missing required parameter: {name}")
        if fields["grant_type"] != "password":
            return _error(400, "unsupported_grant_type", f"Unsupported grant type: {fields['grant_type']}")
        return self._sign_in(str(fields["username"]), str(fields["password"]), fields.get("scope"))

    def accepts(self, token: str) -> bool:
        """Return True if a token was issued, has not expired and was not revoked."""
        expiry = self._expiry.get(token)
        return expiry is not None and self._clock.monotonic() < expiry

    def revoke_tokens(self) -> None:
        """Reject all tokens issued so far."""
        self._expiry.clear()

    def _sign_in(self, username: str, password: str, scope: object) -> Answer:
        digest = hashlib.sha256(username.encode()).digest()  # a name may have megabytes
        refusals = self._refusals.get(digest) or 0
        if refusals >= _REFUSALS_UNTIL_BLOCKED:
            return _error(
                429, "too_many_attempts", "Your account has been blocked after multiple consecutive login attempts."
            )
        if (username, password) != (USERNAME, PASSWORD):
            self._refusals.put(digest, refusals + 1)
            return _error(403, "invalid_grant", "Wrong email or password.")
        self._refusals.remove(digest)
        token = f"emulator.{secrets.token_urlsafe(32)}"
        self._expiry.put(token, self._clock.monotonic() + self.token_lifetime)
        return 200, {
            "access_token": token,
            "expires_in": self.token_lifetime,
            "token_type": "Bearer",
            "scope": scope if isinstance(scope, str) else "",
        }


def _error(status_code: int, error: str, description: str) -> Answer:
    return status_code, {"error": error, "error_description": description}


def _read_fields(body: bytes, content_type: str) -> Mapping[str, object] | None:
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        if media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        fields = read_json(body)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None
