"""User name and password from arguments, environment variables or a file."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, cast

from pydantic import SecretStr

from ..errors import ConfigurationError
from ..text import is_broken


@dataclass(frozen=True)
class Credentials:
    """User name and password with their source. They cannot be pickled and do not appear in the ``repr``."""

    username: str = field(repr=False)
    password: SecretStr = field(repr=False)
    source: str = "arguments"

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials cannot be pickled or copied; pass them to each client")


def hidden(password: str | SecretStr | None) -> SecretStr | None:
    """Return a password in a form that tracebacks do not reveal. Other values pass unchanged and are rejected later."""
    return SecretStr(password) if isinstance(password, str) else password


def credentials_from(
    username: str | None, password: str | SecretStr | None, environ: Mapping[str, str] = os.environ
) -> Credentials:
    """Return the credentials from the arguments or, if there are none, from the environment.

    The environment provides ``OKAPI_USERNAME`` with ``OKAPI_PASSWORD`` or ``OKAPI_PASSWORD_FILE``. The first complete
    pair is used; the two sources are never mixed.

    Raises:
        ConfigurationError: if there is no complete pair, the file cannot be read, or a value is invalid.
    """
    password = hidden(password)
    user, secret, file = environ.get("OKAPI_USERNAME"), hidden(environ.get("OKAPI_PASSWORD")), None
    if not secret or not secret.get_secret_value():
        secret, file = None, environ.get("OKAPI_PASSWORD_FILE")
    foreign = _foreign_variables(environ)
    del environ  # keeps the whole environment out of traceback frames
    if username is not None or password is not None:
        if username is None or password is None:
            missing = "username" if username is None else "password"
            raise ConfigurationError(
                f"{missing}= is missing: pass both username= and password=, or neither to use OKAPI_USERNAME and "
                "OKAPI_PASSWORD. The two sources are never mixed."
            )
        return _validated(username, password, "arguments")
    if user and secret:
        return _validated(user, secret, "OKAPI_USERNAME and OKAPI_PASSWORD")
    if user and file:
        return _validated(user, _password_in(file), "OKAPI_USERNAME and OKAPI_PASSWORD_FILE")
    hint = "OKAPI_USERNAME is set, but its password is missing. " if user else ""
    if not user and (secret or file):
        hint = "A password is set, but OKAPI_USERNAME is missing. "
    hint += foreign
    raise ConfigurationError(
        "No credentials found in the arguments (username=, password=) or in the environment (OKAPI_USERNAME with "
        f"OKAPI_PASSWORD or OKAPI_PASSWORD_FILE). {hint}To try the SDK without an account, use OkapiClient.emulated()."
    )


_FOREIGN = (
    r"(AETHER|OKAPI_TEST)_(?:AUTH0_)?(?P<what>USERNAME|PASSWORD|PASSWORD_FILE|ENVIRONMENT|BASE_URL|TOKEN_URL|URL)"
)
"""Variables of other clients of the platform."""


def _foreign_variables(environ: Mapping[str, str]) -> str:
    matches = [match for name in sorted(environ) if (match := re.fullmatch(_FOREIGN, name)) and environ[name]]
    equivalents = {match[0]: "OKAPI_" + _RENAMED.get(match[0], match["what"]) for match in matches}
    if not equivalents:
        return ""
    pairs = ", ".join(f"{name} is {equivalent} here" for name, equivalent in equivalents.items())
    return f"Variables of other clients are not read: {pairs}. "


_RENAMED = {"AETHER_AUTH0_URL": "TOKEN_URL", "AETHER_URL": "BASE_URL", "OKAPI_TEST_URL": "BASE_URL"}


def _password_in(name: str) -> SecretStr:
    problem = ""
    try:
        path = Path(name).expanduser()
        if not path.is_file():
            problem = "does not exist, or is not a regular file"
        elif path.stat().st_size > 65536:
            problem = "is larger than 64 KiB"
        else:
            return SecretStr(path.read_text(encoding="utf-8-sig").rstrip("\r\n"))
    except (OSError, RuntimeError, ValueError) as error:  # no home directory, a NUL in the path, or not UTF-8
        problem = f"cannot be read ({type(error).__name__})"
    raise ConfigurationError(f"OKAPI_PASSWORD_FILE: the file {problem}. Create it, or correct the variable.")


def _validated(username: object, password: object, source: str) -> Credentials:
    if isinstance(username, SecretStr):
        raise ConfigurationError("username= is a SecretStr, which would be sent as asterisks; pass a str.")
    for name, value in (("user name", username), ("password", password)):
        if problem := _problem(value):
            raise ConfigurationError(f"The {name} from {source} {problem}.")
    return Credentials(str(username), cast("SecretStr", password), source)


def _problem(value: object) -> str:
    # Unwrap the secret only here: no error may be raised in a frame that holds it.
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str) or not text:
        return "is empty or not a string"
    # An invisible character at either end is probably left over from copying; inside a password it may be intended.
    invisible = any(unicodedata.category(char) == "Cf" for char in (text[0], text[-1]))
    if invisible or text != text.strip() or any(char < " " or char == "\x7f" for char in text):
        return "starts or ends with white space or an invisible character, or contains control characters"
    if is_broken(text):
        return "is not valid UTF-8; environment variables and files are read as UTF-8"
    return ""
