"""User name and password: from arguments, environment variables or a file."""

from __future__ import annotations

import os
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
    path = Path(name)
    problem = ""
    try:
        if not path.is_file():
            problem = "is not a file"
        elif path.stat().st_size > 65536:
            problem = "is larger than 64 KiB"
        else:
            return SecretStr(path.read_text(encoding="utf-8-sig").rstrip("\r\n"))
    except (OSError, UnicodeDecodeError) as error:
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
