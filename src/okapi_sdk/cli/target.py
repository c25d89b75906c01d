"""The server of a command, from the global options: the platform, an emulator of its own, or one that is running."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from okapi_sdk.packages import culprit, unusable

if TYPE_CHECKING:
    from okapi_sdk import OkapiClient, RequestRef
    from okapi_sdk.emulator import Emulator

PORT = 8800
"""Default port of ``okapi emulator``."""
WAIT, CALL = 900.0, 30.0
"""Default seconds to wait for a result, and for one response."""


@dataclass
class Target:
    """The server that a command talks to, and the calculation that it waits for."""

    emulator: bool = False
    """True to start an emulator for this command."""
    emulator_port: int | None = None
    environment: str | None = None
    timeout: float | None = None
    """Seconds to wait: for a result, or else for each response; None for the default."""
    waits: bool = False
    """True if the command waits for a result."""
    fleet: bool = False
    """True if the emulator that is started has a fleet."""
    lasting: str | None = None
    """Why the command cannot use an emulator of its own, if it cannot."""
    waits_for: RequestRef[Any] | None = None

    def __post_init__(self) -> None:
        values = {
            "--emulator": self.emulator,
            "--emulator-port": self.emulator_port,
            "--environment": self.environment,
        }
        used = [option for option, value in values.items() if value]
        if len(used) > 1:
            raise click.UsageError(f"{' and '.join(used)} cannot be combined")
        if self.emulator and self.lasting:
            raise click.UsageError(
                f"--emulator: {self.lasting}; use --emulator-port, with okapi emulator in another terminal"
            )

    def client(self) -> OkapiClient:
        """Return a client of the server.

        Raises:
            ConfigurationError: if credentials are missing, the environment is unknown, or the ``emulator`` extra is not
                installed.
        """
        from okapi_sdk import OkapiClient, RetryPolicy

        call = CALL if self.waits or self.timeout is None else self.timeout
        if self.emulator:
            return OkapiClient.emulated(self._with_fleet() if self.fleet else None, timeout=call)
        if self.emulator_port is not None:
            kind = emulator_class()
            url = f"http://127.0.0.1:{self.emulator_port}"
            return OkapiClient(
                kind.username,
                kind.password,
                environment="production",  # not that of OKAPI_ENVIRONMENT
                base_url=url,
                token_url=f"{url}/oauth/token",
                timeout=call,
                retry=RetryPolicy(submit="same-key"),  # the emulator is known to honour the key
            )
        return OkapiClient(environment=self.environment, timeout=call)

    def _with_fleet(self) -> Emulator:
        emulator = emulator_class()(fleet=True).start()
        click.get_current_context().call_on_close(emulator.close)
        return emulator

    @property
    def wait(self) -> float:
        """Seconds to wait for a result."""
        return WAIT if self.timeout is None else self.timeout

    def next_step(self, ref: RequestRef[Any] | None) -> str:
        """Return the advice for a calculation that this command leaves behind."""
        if self.emulator:
            return f"this command's emulator has stopped, and {ref} with it; for one that keeps running: okapi emulator"
        server = f" --emulator-port {self.emulator_port}" if self.emulator_port is not None else ""
        server += f" --environment {self.environment}" if self.environment else ""
        return f"fetch its result with: okapi requests result {ref}{server}"

    @property
    def is_emulated(self) -> bool:
        """True if results come from an emulator."""
        return self.emulator or self.emulator_port is not None

    @property
    def offline_option(self) -> str:
        """Return the option that needs no account."""
        if self.lasting:
            return f"--emulator-port {PORT}, with okapi emulator in another terminal"
        return "--emulator"


def emulator_class() -> type[Emulator]:
    """Return the class `Emulator`.

    Raises:
        ConfigurationError: if a package of the ``emulator`` extra is not installed or cannot be used.
    """
    try:
        from okapi_sdk.emulator import Emulator
    except Exception as error:
        if (package := culprit(error)) is None:
            raise
        reason = unusable(package, error, "emulator")
    else:
        return Emulator
    from okapi_sdk import ConfigurationError

    raise ConfigurationError(f"The emulator needs {reason}")
