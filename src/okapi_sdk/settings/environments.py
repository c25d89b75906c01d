"""Hosts and sign-in URLs of the platform, and validation of the URLs that receive credentials."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NoReturn, get_args
from urllib.parse import SplitResult, urlsplit

from ..errors import ConfigurationError
from ..text import short

LEGACY_SCOPE = (
    "neptune_propagation neptune_propagation_request pass_predictions pass_prediction_requests "
    "pass_predictions_long pass_prediction_requests_long"
)


@dataclass(frozen=True)
class Environment:
    """The API and sign-in URLs that a client uses.

    The platform's own environments have names: ``production``, ``staging``, ``test``, ``demo``, ``sandbox`` and
    ``legacy`` (the hosts of okapi-python-connector). Create an ``Environment`` only for other hosts.
    """

    base_url: str
    """Root URL of the API; it may include a path prefix."""
    token_url: str
    """URL of the OAuth token endpoint."""
    audience: str
    """OAuth audience of the token."""
    client_id: str
    """Public OAuth client ID."""
    scope: str = "openid profile email offline_access"
    """Requested OAuth scopes, separated by spaces."""

    def __post_init__(self) -> None:
        for name in ("base_url", "token_url"):
            object.__setattr__(self, name, checked_url(name, getattr(self, name)))
        if _is_vendor(self.base_url) != _is_vendor(self.token_url):
            raise ConfigurationError(
                f"base_url {self.base_url} and token_url {self.token_url} belong to different parties: a token issued "
                "by one would be sent to the other. Pass both URLs of the same party, or neither."
            )


_TENANTS: Mapping[str, tuple[str, str, str]] = {  # token host, audience, public client ID
    "production": ("auth", "https://api-platform.okapiorbits.com", "CLfkGwUtZ7kk42IHwNMEwZRmzd51PTB5"),
    "staging": ("auth-staging", "https://api-platform-staging.okapiorbits.com", "TRW96JcoBBbIdsFiWbPYoIlb3txA9GYr"),
    "test": ("auth-test", "https://api-platform-test.okapiorbits.com", "PRShus2p3oCcfwZtnhTEJ7VSPPAghtxM"),
}
# The staging tenant also serves the demo and sandbox hosts.
_HOSTS: Mapping[str, tuple[str, str]] = {  # API host, tenant
    "production": ("api-aether", "production"),
    "staging": ("api-aether-staging", "staging"),
    "test": ("api-aether-test", "test"),
    "demo": ("api-aether-demo", "staging"),
    "sandbox": ("api-aether-sandbox", "staging"),
}
EnvironmentName = Literal["production", "staging", "test", "demo", "sandbox", "legacy"]
"""Names of the platform's own environments."""


def environment_named(name: str) -> Environment:
    """Return one of the platform's own environments.

    Raises:
        ConfigurationError: if the name is unknown.
    """
    if name == "legacy":
        return Environment(
            base_url="https://api.okapiorbits.com",
            token_url="https://okapi-development.eu.auth0.com/oauth/token",  # noqa: S106 - a URL
            audience="https://api.okapiorbits.space/picard",
            client_id="jrk0ZTrTuApxUstXcXdu9r71IX5IeKD3",
            scope=LEGACY_SCOPE,
        )
    if name not in _HOSTS:
        raise ConfigurationError(
            f"There is no environment named {name!r}. Use one of {', '.join(get_args(EnvironmentName))}, "
            "or pass an Environment."
        )
    host, tenant = _HOSTS[name]
    token_host, audience, client_id = _TENANTS[tenant]
    return Environment(
        base_url=f"https://{host}.okapiorbits.com",
        token_url=f"https://{token_host}.okapiorbits.com/oauth/token",
        audience=audience,
        client_id=client_id,
    )


def environment_for(
    environment: str | Environment | None,
    base_url: str | None,
    token_url: str | None,
    environ: Mapping[str, str] = os.environ,
) -> Environment:
    """Return the environment that the client's arguments describe or, if there are none, the variables.

    The variables are ``OKAPI_ENVIRONMENT``, ``OKAPI_BASE_URL`` and ``OKAPI_TOKEN_URL``; empty ones count as not set.
    The two sources are never mixed.

    Raises:
        ConfigurationError: if the name is unknown, a URL must not receive credentials, or the two URLs belong to
            different parties. The message names the variable at fault.
    """
    variables = [environ.get(variable) or None for variable in VARIABLES]
    del environ  # keeps the whole environment out of traceback frames
    if environment is None and base_url is None and token_url is None and any(variables):
        name, base_url, token_url = variables
        try:
            return environment_for(name or "production", base_url, token_url, {})
        except ConfigurationError as error:
            message = _about_variables(error.message)
        raise ConfigurationError(message)
    environment = "production" if environment is None else environment
    if not isinstance(environment, str | Environment):
        raise ConfigurationError(
            f"environment= is {short(environment, 40)}, but must be one of {', '.join(get_args(EnvironmentName))}, "
            "or an Environment."
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


VARIABLES = ("OKAPI_ENVIRONMENT", "OKAPI_BASE_URL", "OKAPI_TOKEN_URL")


def _about_variables(message: str) -> str:
    message = message.replace("There is no environment named", "OKAPI_ENVIRONMENT: there is no environment named")
    message = message.replace(", or pass an Environment", "")
    return re.sub(r"\b(base|token)_url (?=rejected|http)", lambda name: f"OKAPI_{name[1].upper()}_URL ", message)


_VENDOR_DOMAINS = ("okapiorbits.com", "okapiorbits.space")
_VENDOR_TENANTS = ("okapi-development.eu.auth0.com", "okapiorbits.eu.auth0.com")


def _is_vendor(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in _VENDOR_TENANTS or any(host == name or host.endswith("." + name) for name in _VENDOR_DOMAINS)


_HOST = r"(?!.{254})(?!.*[^.]{64})[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\Z"
_PATH = r"(?:/[A-Za-z0-9._~-]+)*\Z"


def is_loopback(host: str) -> bool:
    """Return True if a host is a literal loopback address. ``localhost`` is not, because it can resolve elsewhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_url(name: str, url: object) -> str:
    """Return a URL that may receive credentials, without trailing slashes.

    Raises:
        ConfigurationError: if the URL is not https (or http to a literal loopback address), or if it has user info, a
            query, a fragment or invalid characters.
    """

    def refuse(reason: str) -> NoReturn:
        raise ConfigurationError(f"{name} rejected: {reason}.")

    if not isinstance(url, str) or not url:
        refuse("it must be an https URL")
    if not url.isascii() or any(char <= " " or char in "\\\x7f" for char in url):
        refuse("it contains characters that are not allowed in a URL")
    parts = _split(url)
    if parts is None or not parts.hostname:
        refuse("it has no valid host and port; write it as https://host/path")
    host, port = parts.hostname, parts.port
    if "@" in parts.netloc:
        refuse("it must not contain a user name or password; pass username= and password=")
    if parts.query or parts.fragment or "?" in url or "#" in url:
        refuse("it must not contain a query or fragment")
    if port == 0:
        refuse("port 0 is not reachable")
    loopback = is_loopback(host)
    if not loopback and (not re.match(_HOST, host) or host.rsplit(".", 1)[-1].isdigit() or "0x" in host):
        refuse(f"{host!r} is not a valid host name")
    if parts.scheme == "http" and not loopback:
        refuse("http is allowed only for a literal loopback address such as http://127.0.0.1:8800; use https")
    if parts.scheme not in ("http", "https"):
        refuse("it must be an https URL")
    path = parts.path.rstrip("/")
    if not re.match(_PATH, path) or any(part in (".", "..") for part in path.split("/")):
        refuse("its path contains characters or segments that are not allowed")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises if the port is not a number
    except ValueError:
        return None
    return parts
