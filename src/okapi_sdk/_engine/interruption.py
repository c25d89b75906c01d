"""Notes on exceptions that interrupt a call from outside, so that the user can find the unfinished calculation."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import InputError, OkapiError, RequestRef, attach

log = logging.getLogger("okapi_sdk")


@contextmanager
def interruption_note(note: str, ref: RequestRef[Any] | None = None) -> Iterator[None]:
    """Add a note to an exception raised by Ctrl-C, a cancellation, SIGTERM or the caller's callback, and log the note.

    The SDK's own errors get no note; they carry the reference.
    """
    try:
        yield
    except OkapiError as error:
        if ref is not None and not isinstance(error, InputError):
            attach(error, ref)
        raise
    except BaseException as interruption:
        interruption.add_note(note)
        log.warning("%s", note)
        raise


def note_interrupted_submit(interruption: BaseException, endpoint: str, key: str) -> None:
    """Add a note with the idempotency key to the exception that interrupted a submit, unless a wait has added one.

    A function rather than a context manager: Ctrl-C in the machinery of a context manager would skip the note.
    """
    if getattr(interruption, "__notes__", ()):
        return
    note = f"Interrupted while submitting to {endpoint}: it may or may not have arrived (Idempotency-Key {key})."
    interruption.add_note(note)
    log.warning("%s", note)
