"""Retry and poll policies, and the other options of `with_options`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from ..errors import InputError, InputProblem
from ..scalars import as_number
from ..text import short

Dialect = Literal["generic", "typed"]
"""The format of bodies and paths: ``generic`` is the platform's current format, ``typed`` the one of 2019 to 2020."""


def seconds(name: str, value: object, *, most: float = 7 * 86400.0, zero: bool = False) -> float:
    """Return a validated duration in seconds.

    Raises:
        InputError: if the value is not a finite number greater than 0 (or 0 with ``zero=True``), or exceeds ``most``.
    """
    number = as_number(value)
    if number is not None and number <= most and (number > 0 or (zero and number == 0)):  # NaN is not <= most
        return float(number)
    least = "at least 0" if zero else "greater than 0"
    allowed = f"a number of seconds {least} and at most {most:.0f}"
    problem = InputProblem(name, short(value, 40), allowed, "pass a number in this range")
    raise InputError(name, (problem,))


def whole_number(subject: str, name: str, value: object, most: int, remedy: str = "") -> int:
    """Return a validated whole number from 1 to ``most``.

    Raises:
        InputError: if the value is not such a number.
    """
    number = as_number(value)
    if isinstance(number, int) and 1 <= number <= most:
        return number
    raise InputError(subject, (InputProblem(name, short(value, 40), f"a whole number from 1 to {most}", remedy),))


def positive(subject: str, name: str, value: object) -> float:
    """Return a validated number greater than 0.

    Raises:
        InputError: if the value is not a finite number greater than 0.
    """
    number = as_number(value)
    if number is not None and 0 < number < float("inf"):
        return float(number)
    raise InputError(subject, (InputProblem(name, short(value, 40), "a number greater than 0", "None for no limit"),))


@dataclass(frozen=True)
class RetryPolicy:
    """The policy for retrying failed calls.

    Reads are retried after lost connections, damaged bodies, 408, 429 and 5xx. A submit is retried only if the
    platform provably did not process it.
    """

    attempts: int = 3
    """Maximum number of attempts per call, 1 to 10; 1 disables retries."""
    base: float = 0.5
    """Base of the random delay in s: delay n is between 0 and ``min(cap, base * 2**n)``."""
    cap: float = 8.0
    """Maximum random delay in s."""
    total: float = 60.0
    """Maximum total time for all attempts of a call in s."""
    max_retry_after: float = 60.0
    """Maximum ``Retry-After`` in s to honour; a larger value raises an error immediately."""
    submit: Literal["safe", "never", "same-key"] = "safe"
    """Policy for submits. ``safe``: retry a submit only if it was provably not processed. ``never``: never retry one.
    ``same-key``: also retry uncertain submits, with the same ``Idempotency-Key``. Use ``same-key`` only with a server
    that is known to honour that header; the platform is not."""

    def __post_init__(self) -> None:
        attempts = whole_number("RetryPolicy", "attempts", self.attempts, 10, "use 1 to disable retries")
        object.__setattr__(self, "attempts", attempts)
        if self.submit not in ("safe", "never", "same-key"):
            rule = InputProblem("submit", short(self.submit, 40), "'safe', 'never' or 'same-key'", "use 'safe'")
            raise InputError("RetryPolicy", (rule,))
        for name in ("base", "cap", "total", "max_retry_after"):
            object.__setattr__(self, name, seconds(name, getattr(self, name), zero=name != "total"))


@dataclass(frozen=True)
class PollPolicy:
    """The policy for polling a running calculation.

    The pause between polls is a tenth of the elapsed time, between ``floor`` and ``ceiling``. The client remembers how
    long the calculations of each endpoint took: once five are known, it polls later for the first time, and then at
    intervals of a twentieth of the calculation's age.
    """

    floor: float = 0.25
    """Minimum pause between polls in s."""
    ceiling: float = 5.0
    """Maximum pause between polls in s."""
    outage: float = 300.0
    """Time in s after which an unbroken series of failed polls ends the wait with an error."""
    grace: float = 10.0
    """Time in s after a submit during which a 404 counts as pending."""

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = seconds(entry.name, getattr(self, entry.name), zero=entry.name in ("outage", "grace"))
            object.__setattr__(self, entry.name, value)
        if self.floor > self.ceiling:
            rule = InputProblem(
                "floor", short(self.floor), "a pause no longer than ceiling", "raise ceiling or lower floor"
            )
            raise InputError("PollPolicy", (rule,))


@dataclass(frozen=True)
class Options:
    """The options that `with_options` can change."""

    timeout: float = 30.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    polling: PollPolicy = field(default_factory=PollPolicy)
    dialect: Dialect = "generic"

    def __post_init__(self) -> None:
        object.__setattr__(self, "timeout", seconds("timeout", self.timeout))
        if self.dialect not in ("generic", "typed"):
            rule = InputProblem("dialect", short(self.dialect, 40), "'generic' or 'typed'", "use 'generic'")
            raise InputError("OkapiClient", (rule,))
        for name, kind in (("retry", RetryPolicy), ("polling", PollPolicy)):
            value: Any = getattr(self, name)
            if not isinstance(value, kind):
                rule = InputProblem(name, short(value, 40), f"a {kind.__name__}", f"pass {kind.__name__}(...)")
                raise InputError("OkapiClient", (rule,))
