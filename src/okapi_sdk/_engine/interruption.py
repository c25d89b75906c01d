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

    The SDK's own errors get the reference instead.
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
