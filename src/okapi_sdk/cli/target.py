"""Whom a command talks to: the platform, an emulator of its own, or one that already runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from okapi_sdk import ConfigurationError
from okapi_sdk.text import install_command

if TYPE_CHECKING:
    from okapi_sdk import OkapiClient, RequestRef
    from okapi_sdk.emulator import Emulator

PORT = 8800
"""Where ``okapi emulator`` listens when nothing else is said."""


@dataclass
class Target:
    """Whom a command talks to, and the calculation that it waits for."""

    emulator: bool | None
    """Whether to start one; None where the command has no such option."""
    emulator_port: int | None
    environment: str | None
    waits_for: RequestRef[Any] | None = None

    def __post_init__(self) -> None:
        named = {
            "--emulator": self.emulator,
            "--emulator-port": self.emulator_port,
            "--environment": self.environment,
        }
        given = [option for option, value in named.items() if value]
        if len(given) > 1:
            raise click.UsageError(f"{' and '.join(given)} exclude each other")

    def client(self) -> OkapiClient:
        """A client of it.

        Raises:
            ConfigurationError: no credentials, no such environment, or the emulator's extra is missing.
        """
        from okapi_sdk import OkapiClient, RetryPolicy

        if self.emulator:
            return OkapiClient.emulated()
        if self.emulator_port is not None:
            kind = emulator_class()
            url = f"http://127.0.0.1:{self.emulator_port}"
            return OkapiClient(
                kind.username,
                kind.password,
                base_url=url,
                token_url=f"{url}/oauth/token",
                retry=RetryPolicy(submit="same-key"),  # the emulator is known to honour the key
            )
        return OkapiClient(environment=self.environment or "production")

    def later(self, ref: RequestRef[Any] | None) -> str:
        """How to have the result of a calculation that this command leaves behind."""
        if self.emulator:
            return f"the emulator of this command has ended, and {ref} with it; one that stays: okapi emulator"
        where = f" --emulator-port {self.emulator_port}" if self.emulator_port is not None else ""
        where += f" --environment {self.environment}" if self.environment else ""
        return f"fetch its result with: okapi requests result {ref}{where}"

    @property
    def is_emulated(self) -> bool:
        """Whether results come from an emulator."""
        return bool(self.emulator) or self.emulator_port is not None

    @property
    def offline(self) -> str:
        """The option that needs no account."""
        if self.emulator is None:
            return f"--emulator-port {PORT}, with okapi emulator in another terminal"
        return "--emulator"


def emulator_class() -> type[Emulator]:
    """The class of emulators.

    Raises:
        ConfigurationError: its extra is missing.
    """
    try:
        from okapi_sdk.emulator import Emulator
    except ImportError as error:
        missing = error.name
    else:
        return Emulator
    raise ConfigurationError(f"The emulator needs its extra ({missing} is missing): {install_command('emulator')}")
