"""The library `brahe`, from the extra `emulator-full`, imported when it is first used."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from ...text import install_command
from .errors import MissingPackageError


@cache
def brahe() -> Any:
    """Return the library with its compiled-in Earth orientation.

    Raises:
        MissingPackageError: if it is not installed.
    """
    library = _imported()
    if isinstance(library, ImportError):
        raise MissingPackageError(
            f"Numerical propagation needs the package brahe. Install the extra: {install_command('emulator-full')}"
        ) from None
    if isinstance(library, BaseException):
        raise library
    orientation = library.FileEOPProvider.from_default_standard(True, "Hold")
    library.set_global_eop_provider_from_file_provider(orientation)
    return library


def _imported() -> Any:
    """Import brahe in a thread that never ends, and return it or the exception.

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
    return found.get()
