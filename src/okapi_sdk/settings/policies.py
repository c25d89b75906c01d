"""Retry and poll policies, and the other options that a client's copies may change."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal

from ..errors import InputError, InputProblem
from ..text import short

Dialect = Literal["generic", "typed"]
"""``generic`` is the platform's current form of bodies and paths; ``typed`` is the form of 2019 to 2020."""


def seconds(name: str, value: object, *, most: float = 7 * 86400.0, zero: bool = False) -> float:
    """A duration given by a user, in seconds.

    Raises:
        InputError: not a finite number above zero (or zero, where that is allowed), or above ``most``.
    """
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and value <= most  # neither NaN nor infinity is
        and (value > 0 or (zero and value == 0))
    ):
        return float(value)
    least = "from 0" if zero else "above 0"
    problem = InputProblem(name, short(value, 40), f"seconds {least}, up to {most:.0f}", "pass a number of seconds")
    raise InputError(name, (problem,))


@dataclass(frozen=True)
class RetryPolicy:
    """When a failed call is sent again.

    Reads are repeated after connection loss, damaged bodies, 408, 429 and 5xx. A submit is repeated only where it was
    provably not carried out.
    """

    attempts: int = 3
    """How often one call is sent at most."""
    base: float = 0.5
    """Delay n is drawn from 0 to ``min(cap, base * 2**n)`` seconds."""
    cap: float = 8.0
    """Largest drawn delay, s."""
    total: float = 60.0
    """Time for all attempts of one call together, s."""
    max_retry_after: float = 60.0
    """Largest ``Retry-After`` that is obeyed, s; a larger one raises at once."""
    submit: Literal["safe", "never", "same-key"] = "safe"
    """``safe``: repeat a submit only where it was provably not carried out. ``never``: not even then. ``same-key``:
    repeat an uncertain one with the same ``Idempotency-Key``, for a server known to honour it; the platform is not."""

    def __post_init__(self) -> None:
        if isinstance(self.attempts, bool) or not isinstance(self.attempts, int) or not 1 <= self.attempts <= 10:
            rule = InputProblem(
                "attempts", short(self.attempts, 40), "a whole number from 1 to 10", "1 turns retries off"
            )
            raise InputError("RetryPolicy", (rule,))
        if self.submit not in ("safe", "never", "same-key"):
            rule = InputProblem("submit", short(self.submit, 40), "'safe', 'never' or 'same-key'", "use 'safe'")
            raise InputError("RetryPolicy", (rule,))
        for name in ("base", "cap", "total", "max_retry_after"):
            seconds(name, getattr(self, name), zero=name != "total")


@dataclass(frozen=True)
class PollPolicy:
    """How often a running calculation is looked at: a tenth of the time it has run, within floor and ceiling."""

    floor: float = 0.25
    """Shortest pause between two looks, s."""
    ceiling: float = 5.0
    """Longest pause, s."""
    outage: float = 300.0
    """How long looks may fail without a good one between before the wait ends with their error, s."""
    grace: float = 10.0
    """How long after its own submit a calculation may be unknown (404) to the platform, s."""

    def __post_init__(self) -> None:
        for entry in fields(self):
            seconds(entry.name, getattr(self, entry.name), zero=entry.name in ("outage", "grace"))
        if self.floor > self.ceiling:
            rule = InputProblem("floor", short(self.floor), "at most the ceiling", "raise ceiling or lower floor")
            raise InputError("PollPolicy", (rule,))


@dataclass(frozen=True)
class Options:
    """What `with_options` can change."""

    timeout: float = 30.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    polling: PollPolicy = field(default_factory=PollPolicy)
    dialect: Dialect = "generic"

    def __post_init__(self) -> None:
        seconds("timeout", self.timeout)
        if self.dialect not in ("generic", "typed"):
            rule = InputProblem("dialect", short(self.dialect, 40), "'generic' or 'typed'", "use 'generic'")
            raise InputError("OkapiClient", (rule,))
        for name, kind in (("retry", RetryPolicy), ("polling", PollPolicy)):
            given: Any = getattr(self, name)
            if not isinstance(given, kind):
                rule = InputProblem(name, short(given, 40), f"a {kind.__name__}", f"pass {kind.__name__}(...)")
                raise InputError("OkapiClient", (rule,))
