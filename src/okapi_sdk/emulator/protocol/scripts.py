"""Failures and special calculations that a test asked for, each for the calls to come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ..services.outcome import Status


@dataclass
class Failure:
    """An answer that replaces the real one for the next `times` calls that match."""

    status_code: int
    times: int
    path: str
    method: str | None
    content: bytes
    headers: Mapping[str, str]

    def matches(self, method: str, path: str) -> bool:
        """Return whether this failure is for that call."""
        return self.times > 0 and self.path in path and self.method in (None, method)


@dataclass(frozen=True)
class NextCalculation:
    """The settings of the next submitted calculation. None keeps the ordinary value."""

    processing_time: float | None
    status: str | None
    text: str | None


class Scripts:
    """Failures and calculations to come, each kind in the order in which a test asked for it."""

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
        """The failure for a call, if any. It counts as used."""
        for failure in self._failures:
            if failure.matches(method, path):
                failure.times -= 1
                if not failure.times:
                    self._failures.remove(failure)
                return failure
        return None

    def next_calculation(self) -> NextCalculation:
        """The settings of the calculation that is being submitted. They count as used."""
        return self._calculations.pop(0) if self._calculations else NextCalculation(None, None, None)


def make_failure(
    status_code: int,
    times: int,
    path: str,
    method: str | None,
    body: object,
    headers: Mapping[str, str] | None,
) -> Failure:
    """A failure with its body as bytes: text is sent unchanged, other values as JSON, None as a status object."""
    if body is None:
        body = {"status": asdict(Status("FATAL", f"Scripted answer {status_code} of the emulator"))}
    if isinstance(body, str | bytes):
        content = body.encode() if isinstance(body, str) else body
        media_type = "text/html" if content.lstrip().startswith(b"<") else "text/plain"
    else:
        content, media_type = json.dumps(body).encode(), "application/json"
    given = {name.lower(): value for name, value in (headers or {}).items()}
    return Failure(
        status_code, times, path, method.upper() if method else None, content, {"content-type": media_type, **given}
    )
