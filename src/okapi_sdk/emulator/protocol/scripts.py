"""Failures and special calculations that a test has scripted for future calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ..services.outcome import Status


@dataclass
class Failure:
    """A response that replaces the real one for the next `times` matching calls."""

    status_code: int
    times: int
    path: str
    method: str | None
    content: bytes
    headers: Mapping[str, str]

    def matches(self, method: str, path: str) -> bool:
        """Return True if this failure applies to the call."""
        return self.times > 0 and self.path in path and self.method in (None, method)


@dataclass(frozen=True)
class NextCalculation:
    """The settings of the next submitted calculation. None means the usual value."""

    processing_time: float | None
    status: str | None
    text: str | None


class Scripts:
    """Scripted failures and scripted calculations, both in the order in which the test added them."""

    def __init__(self) -> None:
        self._failures: list[Failure] = []
        self._calculations: list[NextCalculation] = []

    def add_failure(self, failure: Failure) -> None:
        """Append a failure."""
        self._failures.append(failure)

    def add_calculation(self, calculation: NextCalculation) -> None:
        """Append a calculation."""
        self._calculations.append(calculation)

    def next_failure(self, method: str, path: str) -> Failure | None:
        """Return the failure for a call, if any, and count it as used."""
        for failure in self._failures:
            if failure.matches(method, path):
                failure.times -= 1
                if not failure.times:
                    self._failures.remove(failure)
                return failure
        return None

    def next_calculation(self) -> NextCalculation:
        """Return the settings of the calculation that is being submitted, and count them as used."""
        return self._calculations.pop(0) if self._calculations else NextCalculation(None, None, None)


def make_failure(
    status_code: int,
    times: int,
    path: str,
    method: str | None,
    body: object,
    headers: Mapping[str, str] | None,
) -> Failure:
    """Return a failure with its body as bytes: text unchanged, other values as JSON, None as a status object."""
    if body is None:
        body = {"status": asdict(Status("FATAL", f"Scripted emulator response {status_code}"))}
    if isinstance(body, str | bytes):
        content = body.encode() if isinstance(body, str) else body
        media_type = "text/html" if content.lstrip().startswith(b"<") else "text/plain"
    else:
        content, media_type = json.dumps(body).encode(), "application/json"
    given = {name.lower(): value for name, value in (headers or {}).items()}
    return Failure(
        status_code, times, path, method.upper() if method else None, content, {"content-type": media_type, **given}
    )
