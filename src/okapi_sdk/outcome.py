"""The items and the progress of `OkapiClient.map`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias

from .calculations.base import Calculation
from .errors import OkapiError, R, RequestRef
from .request import AsyncRequest, Request


class _Outcome(Generic[R]):
    """The end of one calculation of `map`: its result or its error."""

    calculation: Calculation[R]
    """The calculation, as it was passed to `map`."""
    error: OkapiError | None
    """The error, or None if the calculation has a result."""
    position: int
    """Place of the calculation in the input, from 0."""

    def __init__(
        self, calculation: Calculation[R], request: Any, error: OkapiError | None, position: int, ref: Any = None
    ) -> None:
        self.calculation = calculation
        self.request = request
        self.error = error
        self.position = position
        self._ref: RequestRef[R] | None = ref
        self._value: Any = None

    @property
    def ref(self) -> RequestRef[R] | None:
        """The reference of the calculation, or None if the platform has not accepted it."""
        known = self.request or self.error
        return self._ref if known is None else known.ref

    def result(self) -> R:
        """Return the result. Does no I/O.

        Raises:
            OkapiError: if the calculation has no result; this is `error`.
        """
        if self.error is not None:
            raise self.error
        if self.request is None:
            value: R = self._value
            return value
        return self.request._known_result()  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[Any, ...]:
        # The request belongs to a client and stays here. The result and the reference go along.
        value = None if self.error is not None else self.result()
        return _restore, (type(self), self.calculation, self.error, self.position, self.ref, value)

    def __repr__(self) -> str:
        end = type(self.error).__name__ if self.error is not None else "succeeded"
        return f"<{type(self).__name__} {self.position}: {self.ref or self.calculation.endpoint()} {end}>"


class Outcome(_Outcome[R]):
    """The end of one calculation of `OkapiClient.map`: its result or its error.

    Outcomes can be pickled: the result, the error and the reference go along, ``request`` does not.
    """

    request: Request[R] | None
    """The request, or None if the calculation was not submitted."""


class AsyncOutcome(_Outcome[R]):
    """The end of one calculation of `AsyncOkapiClient.map`: its result or its error.

    Outcomes can be pickled: the result, the error and the reference go along, ``request`` does not.
    """

    request: AsyncRequest[R] | None
    """The request, or None if the calculation was not submitted."""


def _restore(kind: type[_Outcome[Any]], calculation: Any, error: Any, position: int, ref: Any, value: Any) -> Any:
    outcome = kind(calculation, None, error, position, ref)
    outcome._value = value
    return outcome


@dataclass(frozen=True)
class MapProgress:
    """How far a `map` has come; the argument of ``on_progress``."""

    submitted: int
    """Calculations that the platform has accepted."""
    running: int
    """Calculations that the platform has accepted and that have not ended."""
    succeeded: int
    """Calculations that have a result."""
    failed: int
    """Calculations that ended with an error, or could not be submitted."""
    total: int | None
    """Length of the input, or None if it is unknown."""
    elapsed: float
    """Seconds since the first outcome was asked for."""


OnProgress: TypeAlias = Callable[[MapProgress], None]
