"""What a client is set up with: environments, credentials, policies and the clock."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, NoReturn, Protocol, cast
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from .errors import ConfigurationError, InputError, InputProblem, is_broken, short

LEGACY_SCOPE = (
    "neptune_propagation neptune_propagation_request pass_predictions pass_prediction_requests "
    "pass_predictions_long pass_prediction_requests_long"
)


@dataclass(frozen=True)
class Environment:
    """Where a client sends its calls and where it signs in.

    The named ones are those of the platform: ``production``, ``staging``, ``test``, ``demo``, ``sandbox`` and
    ``legacy`` (the hosts of okapi-python-connector). Give a whole ``Environment`` for any other.
    """

    base_url: str
    """Root of the API; a path prefix is kept."""
    token_url: str
    """OAuth token endpoint."""
    audience: str
    """OAuth audience that the token is for."""
    client_id: str
    """Public OAuth client id."""
    scope: str = "openid profile email offline_access"
    """OAuth scopes asked for."""

    def __post_init__(self) -> None:
        for name in ("base_url", "token_url"):
            object.__setattr__(self, name, checked_url(name, getattr(self, name)))
        if _is_vendor(self.base_url) != _is_vendor(self.token_url):
            raise ConfigurationError(
                f"base_url {self.base_url} and token_url {self.token_url} belong to different parties: a token of one "
                "would be sent to the other. Give both of one party, or neither."
            )


_TENANTS: Mapping[str, tuple[str, str, str]] = {  # token host, audience, public client id
    "production": ("auth", "https://api-platform.okapiorbits.com", "CLfkGwUtZ7kk42IHwNMEwZRmzd51PTB5"),
    "staging": ("auth-staging", "https://api-platform-staging.okapiorbits.com", "TRW96JcoBBbIdsFiWbPYoIlb3txA9GYr"),
    "test": ("auth-test", "https://api-platform-test.okapiorbits.com", "PRShus2p3oCcfwZtnhTEJ7VSPPAghtxM"),
}
# The staging tenant serves the demo and sandbox hosts too.
_HOSTS: Mapping[str, tuple[str, str]] = {  # API host, tenant
    "production": ("api-aether", "production"),
    "staging": ("api-aether-staging", "staging"),
    "test": ("api-aether-test", "test"),
    "demo": ("api-aether-demo", "staging"),
    "sandbox": ("api-aether-sandbox", "staging"),
}
ENVIRONMENTS = (*_HOSTS, "legacy")


def environment_named(name: str) -> Environment:
    """One of the platform's own environments.

    Raises:
        ConfigurationError: there is none of that name.
    """
    if name == "legacy":
        return Environment(
            base_url="https://api.okapiorbits.com",
            token_url="https://okapi-development.eu.auth0.com/oauth/token",  # noqa: S106 - an address
            audience="https://api.okapiorbits.space/picard",
            client_id="jrk0ZTrTuApxUstXcXdu9r71IX5IeKD3",
            scope=LEGACY_SCOPE,
        )
    if name not in _HOSTS:
        raise ConfigurationError(
            f"No environment is named {name!r}; there are {', '.join(ENVIRONMENTS)}. Give an Environment for any other."
        )
    host, tenant = _HOSTS[name]
    token_host, audience, client_id = _TENANTS[tenant]
    return Environment(
        base_url=f"https://{host}.okapiorbits.com",
        token_url=f"https://{token_host}.okapiorbits.com/oauth/token",
        audience=audience,
        client_id=client_id,
    )


def environment_for(environment: str | Environment, base_url: str | None, token_url: str | None) -> Environment:
    """The environment that the client's arguments describe.

    Raises:
        ConfigurationError: an unknown name, an address that must not be given credentials, or one address of
            another party without the other.
    """
    if not isinstance(environment, str | Environment):
        raise ConfigurationError(
            f"environment= is {short(environment, 40)}; it is one of {', '.join(ENVIRONMENTS)}, or an Environment."
        )
    chosen = environment_named(environment) if isinstance(environment, str) else environment
    if base_url is None and token_url is None:
        return chosen
    return Environment(
        base_url=chosen.base_url if base_url is None else base_url,
        token_url=chosen.token_url if token_url is None else token_url,
        audience=chosen.audience,
        client_id=chosen.client_id,
        scope=chosen.scope,
    )


_VENDOR_DOMAINS = ("okapiorbits.com", "okapiorbits.space")
_VENDOR_TENANTS = ("okapi-development.eu.auth0.com", "okapiorbits.eu.auth0.com")


def _is_vendor(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in _VENDOR_TENANTS or any(host == name or host.endswith("." + name) for name in _VENDOR_DOMAINS)


_HOST = re.compile(r"(?!.{254})(?!.*[^.]{64})[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\Z")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*\Z")


def is_loopback(host: str) -> bool:
    """Whether a host is a literal loopback address; the name ``localhost`` is none, since it can resolve elsewhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_url(name: str, url: object) -> str:
    """An address that credentials may be sent to, without slashes at its end.

    Raises:
        ConfigurationError: anything but https, or http to a literal loopback address; user info, query, fragment or
            characters that have no place in a URL.
    """

    def refuse(why: str) -> NoReturn:
        raise ConfigurationError(f"{name} is refused: {why}.")

    if not isinstance(url, str) or not url:
        refuse("an https address is needed")
    if not url.isascii() or any(char <= " " or char in "\\\x7f" for char in url):
        refuse("it holds characters that have no place in a URL")
    parts = _split(url)
    if parts is None or not parts.hostname:
        refuse("it has no readable host and port; write it as https://host/path")
    host, port = parts.hostname, parts.port
    if "@" in parts.netloc:
        refuse("user names and passwords have no place in it; pass username= and password=")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        refuse("query and fragment have no place in it")
    if port == 0:
        refuse("port 0 cannot be reached")
    loopback = is_loopback(host)
    if not loopback and (not _HOST.match(host) or host.rsplit(".", 1)[-1].isdigit() or "0x" in host):
        refuse(f"{host!r} is no host name")
    if parts.scheme == "http" and not loopback:
        refuse("credentials go to https, or to http on a literal loopback address such as http://127.0.0.1:8800")
    if parts.scheme not in ("http", "https"):
        refuse("an https address is needed")
    path = parts.path.rstrip("/")
    if not _PATH.match(path) or any(part in (".", "..") for part in path.split("/")):
        refuse("its path holds characters or steps that are not accepted")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for one that is no number
    except ValueError:
        return None
    return parts


@dataclass(frozen=True)
class Credentials:
    """User name and password, with the place they came from. Neither pickles nor shows itself."""

    username: str = field(repr=False)
    password: SecretStr = field(repr=False)
    source: str = "arguments"

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials do not pickle or copy; give them to each client anew")


def hidden(password: str | SecretStr | None) -> SecretStr | None:
    """A password in a form that does not show in a traceback's locals; anything else is left to be refused."""
    return SecretStr(password) if isinstance(password, str) else password


def credentials_from(
    username: str | None, password: str | SecretStr | None, environ: Mapping[str, str] = os.environ
) -> Credentials:
    """The first complete pair wins, and pairs are never mixed: arguments, then ``OKAPI_USERNAME`` with
    ``OKAPI_PASSWORD`` or ``OKAPI_PASSWORD_FILE``.

    Raises:
        ConfigurationError: no complete pair, an unreadable file, or a value that cannot be right.
    """
    password = hidden(password)
    user, secret, file = environ.get("OKAPI_USERNAME"), hidden(environ.get("OKAPI_PASSWORD")), None
    if not secret or not secret.get_secret_value():
        secret, file = None, environ.get("OKAPI_PASSWORD_FILE")
    del environ  # no frame of an error shows the whole of it
    if username is not None or password is not None:
        if username is None or password is None:
            missing = "username" if username is None else "password"
            raise ConfigurationError(
                f"{missing}= is missing: give both username= and password=, or neither to use OKAPI_USERNAME and "
                "OKAPI_PASSWORD. The two sources are never mixed."
            )
        return _checked(username, password, "arguments")
    if user and secret:
        return _checked(user, secret, "OKAPI_USERNAME and OKAPI_PASSWORD")
    if user and file:
        return _checked(user, _password_in(file), "OKAPI_USERNAME and OKAPI_PASSWORD_FILE")
    half = "OKAPI_USERNAME is set, its password is missing. " if user else ""
    if not user and (secret or file):
        half = "A password is set, OKAPI_USERNAME is missing. "
    raise ConfigurationError(
        "No credentials found in the arguments (username=, password=) nor in the environment (OKAPI_USERNAME with "
        f"OKAPI_PASSWORD or OKAPI_PASSWORD_FILE). {half}To try things without an account use OkapiClient.emulated()."
    )


def _password_in(name: str) -> SecretStr:
    problem = ""
    try:
        path = Path(name).expanduser()
        if not path.is_file():
            problem = "is not a file"
        elif path.stat().st_size > 65536:
            problem = "is larger than 64 KiB"
        else:
            return SecretStr(path.read_text(encoding="utf-8-sig").rstrip("\r\n"))
    except (OSError, UnicodeDecodeError, RuntimeError) as error:  # RuntimeError: no home for the ~
        problem = f"cannot be read ({type(error).__name__})"
    raise ConfigurationError(f"OKAPI_PASSWORD_FILE {problem}.")


def _checked(username: object, password: object, source: str) -> Credentials:
    if isinstance(username, SecretStr):
        raise ConfigurationError("username= is a SecretStr and would be sent as asterisks; pass a str.")
    for name, value in (("user name", username), ("password", password)):
        if problem := _problem(value):
            raise ConfigurationError(f"The {name} from {source} {problem}.")
    return Credentials(str(username), cast("SecretStr", password), source)


def _problem(value: object) -> str:
    # Unwrapped in this frame only: that of an error must not show it.
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or not text:
        return "is empty or no text"
    # At its ends an invisible character is left over from copying; within a password it may be meant.
    unseen = any(unicodedata.category(char) == "Cf" for char in (text[0], text[-1]))
    if unseen or text != text.strip() or any(char < " " or char == "\x7f" for char in text):
        return "begins or ends with white space or an invisible character, or holds control characters"
    if is_broken(text):
        return "is no UTF-8 text; the environment and files are read as UTF-8"
    return ""


def seconds(name: str, value: object, *, most: float = 7 * 86400.0, zero: bool = False) -> float:
    """A duration given by a user, in seconds.

    Raises:
        InputError: not a finite number above zero (or zero, where that is allowed), or above ``most``.
    """
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and value <= most  # neither NaN nor infinity is
        and (value > 0 or (zero and value == 0))
    ):
        return float(value)
    least = "from 0" if zero else "above 0"
    problem = InputProblem(name, short(value, 40), f"seconds {least}, up to {most:.0f}", "pass a number of seconds")
    raise InputError(name, (problem,))


@dataclass(frozen=True)
class RetryPolicy:
    """When a failed call is sent again.

    Reads are repeated after connection loss, damaged bodies, 408, 429 and 5xx. A submit is repeated only where it was
    provably not carried out.
    """

    attempts: int = 3
    """How often one call is sent at most."""
    base: float = 0.5
    """Delay n is drawn from 0 to ``min(cap, base * 2**n)`` seconds."""
    cap: float = 8.0
    """Largest drawn delay, s."""
    total: float = 60.0
    """Time for all attempts of one call together, s."""
    max_retry_after: float = 60.0
    """Largest ``Retry-After`` that is obeyed, s; a larger one raises at once."""
    submit: Literal["safe", "never", "same-key"] = "safe"
    """``safe``: repeat a submit only where it was provably not carried out. ``never``: not even then. ``same-key``:
    repeat an uncertain one with the same ``Idempotency-Key``, for a server known to honour it; the platform is not."""

    def __post_init__(self) -> None:
        if isinstance(self.attempts, bool) or not isinstance(self.attempts, int) or not 1 <= self.attempts <= 10:
            rule = InputProblem(
                "attempts", short(self.attempts, 40), "a whole number from 1 to 10", "1 turns retries off"
            )
            raise InputError("RetryPolicy", (rule,))
        if self.submit not in ("safe", "never", "same-key"):
            rule = InputProblem("submit", short(self.submit, 40), "'safe', 'never' or 'same-key'", "use 'safe'")
            raise InputError("RetryPolicy", (rule,))
        for name in ("base", "cap", "total", "max_retry_after"):
            seconds(name, getattr(self, name), zero=name != "total")


@dataclass(frozen=True)
class PollPolicy:
    """How often a running calculation is looked at: a tenth of the time it has run, within floor and ceiling."""

    floor: float = 0.25
    """Shortest pause between two looks, s."""
    ceiling: float = 5.0
    """Longest pause, s."""
    outage: float = 300.0
    """How long looks may fail without a good one between before the wait ends with their error, s."""
    grace: float = 10.0
    """How long after its own submit a calculation may be unknown (404) to the platform, s."""

    def __post_init__(self) -> None:
        for entry in fields(self):
            seconds(entry.name, getattr(self, entry.name), zero=entry.name in ("outage", "grace"))
        if self.floor > self.ceiling:
            rule = InputProblem("floor", short(self.floor), "at most the ceiling", "raise ceiling or lower floor")
            raise InputError("PollPolicy", (rule,))


class Clock(Protocol):
    """Time as the client sees it; another one makes tests of waiting code instant."""

    def monotonic(self) -> float:
        """Seconds that never step back."""
        ...

    def wall(self) -> float:
        """Seconds since 1970, as the system's clock has them."""
        ...

    def sleep(self, seconds: float) -> None:
        """Pause this thread."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Pause this task."""
        ...


class SystemClock:
    """The machine's clocks."""

    def monotonic(self) -> float:
        """As `time.monotonic`."""
        return time.monotonic()

    def wall(self) -> float:
        """As `time.time`."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """As `time.sleep`."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """As `asyncio.sleep`."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True)
class Options:
    """What `with_options` can change."""

    timeout: float = 30.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    polling: PollPolicy = field(default_factory=PollPolicy)
    dialect: Literal["generic", "typed"] = "generic"

    def __post_init__(self) -> None:
        seconds("timeout", self.timeout)
        if self.dialect not in ("generic", "typed"):
            rule = InputProblem("dialect", short(self.dialect, 40), "'generic' or 'typed'", "use 'generic'")
            raise InputError("OkapiClient", (rule,))
        for name, kind in (("retry", RetryPolicy), ("polling", PollPolicy)):
            given: Any = getattr(self, name)
            if not isinstance(given, kind):
                rule = InputProblem(name, short(given, 40), f"a {kind.__name__}", f"pass {kind.__name__}(...)")
                raise InputError("OkapiClient", (rule,))
