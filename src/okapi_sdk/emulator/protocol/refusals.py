"""Responses with an error status."""

from __future__ import annotations

from collections.abc import Mapping

from ..services.outcome import Status


class RefusedError(Exception):
    """Raised to respond to a request with an error status and a status object."""

    def __init__(
        self, status_code: int, text: str, *, input_problem: bool = False, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(text)
        self.status_code = status_code
        self.status: Status = Status("FATAL", text, input_problem)
        self.headers: dict[str, str] = dict(headers or {})
