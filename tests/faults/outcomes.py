"""What a call came to: its result, or the SDK's own error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pytest

from okapi_sdk import OkapiError

LONGEST_MESSAGE = 1300
LOADED_MACHINE_SECONDS = 0.5
"""How late a deadline may be where other work shares the machine; the table prints how late it really was."""

Record: TypeAlias = Callable[[str, object], None]


def outcome(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """The result of a call, or the `OkapiError` that it raised. Anything else fails the test."""
    try:
        return call(*arguments, **options)
    except OkapiError as error:
        found = error
    except Exception as error:  # the one thing that must not happen
        pytest.fail(f"foreign exception {type(error).__name__}: {error}")
    assert found.__cause__ is None, "foreign exception as cause"
    assert found.__context__ is None, f"foreign exception as context: {found.__context__!r}"
    assert len(str(found)) <= LONGEST_MESSAGE, f"a message of {len(str(found))} characters"
    assert not any(ord(char) < 32 and char != "\n" for char in str(found)), "control characters in a message"
    return found


def error_of(kind: type[OkapiError], call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """The error of exactly this kind that a call raised."""
    found = outcome(call, *arguments, **options)
    assert type(found) is kind, f"{found!r} where {kind.__name__} was due"
    return found


@contextmanager
def in_time(timeout: float, record_property: Record) -> Iterator[None]:
    """What is done inside ends by its deadline, on the real clock."""
    began = time.monotonic()
    yield
    overrun = time.monotonic() - began - timeout
    record_property("overrun", max(0.0, overrun))
    assert overrun < LOADED_MACHINE_SECONDS
