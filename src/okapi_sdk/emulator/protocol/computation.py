"""The computation of one calculation, in a thread or in a process of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from ...packages import culprit, unusable
from ..services.catalogue import Service
from ..services.outcome import Absent, Context, Document, Listing, New, NoResultError, Status
from .envelopes import Serialised, frame, parts

_log = logging.getLogger("okapi_sdk.emulator")


class Sink(Protocol):
    """Takes the parts of the results of a calculation."""

    def write(self, format: str, part: bytes) -> None:
        """Take the next part in one format."""
        ...

    def check(self) -> None:
        """Raise AbandonedError if the calculation was abandoned. Called before each row."""
        ...


@dataclass(frozen=True)
class Finished:
    """A calculation that has ended: its status, its serialised results, and the elements to store."""

    status: Status
    results: Mapping[str, Serialised] = field(default_factory=dict)
    new_elements: tuple[New, ...] = ()

    @property
    def size(self) -> int:
        """The bytes of its results."""
        return sum(result.size for result in self.results.values())


class AbandonedError(Exception):
    """Raised when nobody can ask for a result any more."""


class Collector:
    """A sink that keeps the parts. Its methods raise AbandonedError once `abandoned` is set."""

    def __init__(self, abandoned: threading.Event) -> None:
        self.abandoned = abandoned
        self._parts: dict[str, list[bytes]] = {}

    def write(self, format: str, part: bytes) -> None:
        """Add a part."""
        self.check()
        self._parts.setdefault(format, []).append(part)

    def check(self) -> None:
        """Raise AbandonedError if the calculation was abandoned."""
        if self.abandoned.is_set():
            raise AbandonedError

    def complete(self, finished: Finished) -> Finished:
        """Return the end of the calculation with all parts in their places."""
        return replace(
            finished,
            results={
                name: replace(result, parts=tuple(self._parts.get(name, (b"",))))
                for name, result in finished.results.items()
            },
        )


def compute(service: Service, request: object, context: Context, rows_per_part: int, sink: Sink) -> Finished:
    """Return the end of a calculation without the parts of its results, which `sink` gets."""
    try:
        outcome = service.compute(request, context)
        # Rows are computed while they are serialised, so this can fail, too.
        for name, result in outcome.formats.items():
            for part in parts(_checked(result, sink), rows_per_part):
                sink.write(name, part)
    except NoResultError as failure:
        return Finished(failure.status)
    except AbandonedError:
        return Finished(Status("FATAL", "This calculation was abandoned."))
    except BaseException as defect:  # noqa: BLE001 - a 500 would say that the platform is broken, and clients try again
        _log.exception("A calculation of the emulator failed.")
        if package := culprit(defect):
            text = f"The okapi-sdk emulator needs {unusable(package, defect, 'emulator')}"
        else:
            text = f"The okapi-sdk emulator failed because of a bug in the emulator: {type(defect).__name__}: {defect}"
        return Finished(Status("FATAL", text))
    results = {name: frame(result) for name, result in outcome.formats.items()}
    return Finished(outcome.status, results, outcome.new_elements)


def _checked(result: Listing | Document | Absent, sink: Sink) -> Listing | Document | Absent:
    def rows(unchecked: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
        for row in unchecked:
            sink.check()
            yield row

    return replace(result, rows=rows(result.rows)) if isinstance(result, Listing) else result
