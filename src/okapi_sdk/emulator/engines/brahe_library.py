"""The library `brahe`, from the extra `emulator-full`, imported when it is first used."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from ...packages import culprit, unusable
from .errors import MissingPackageError


@cache
def brahe() -> Any:
    """Return the library with its compiled-in Earth orientation.

    Raises:
        MissingPackageError: if it is not installed or cannot be used.
    """
    try:
        library = _imported()
        orientation = library.FileEOPProvider.from_default_standard(True, "Hold")
        library.set_global_eop_provider_from_file_provider(orientation)
    except BaseException as error:  # noqa: BLE001 - an import may raise SystemExit, and a panic of Rust is no Exception
        reason = unusable(culprit(error) or "brahe", error, "emulator-full")
    else:
        return library
    raise MissingPackageError(f"Numerical propagation needs {reason}")


def _imported() -> Any:
    """Import brahe in a thread that never ends.

    brahe 1.8.0 crashes the process if it is used after the end of the thread that imported it, and the threads of an
    emulator end with it.
    """
    found: SimpleQueue[Any] = SimpleQueue()

    def run() -> None:
        try:
            found.put(import_module("brahe"))
        except BaseException as error:  # noqa: BLE001 - the caller gets it
            found.put(error)
        else:
            Event().wait()

    Thread(target=run, name="okapi-emulator-brahe", daemon=True).start()
    library = found.get()
    if isinstance(library, BaseException):
        raise library
    return library
