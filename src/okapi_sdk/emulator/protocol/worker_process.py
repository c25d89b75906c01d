"""The program of a process that computes, and the messages between it and the emulator.

`processes` starts it with pipes for standard input and output, through which both sides send pickled messages. It
imports neither the program that started the emulator nor the HTTP server.

The process ends when its standard input does, so it never outlives the emulator, however that ends.
"""

from __future__ import annotations

import faulthandler
import os
import pickle  # both ends of the pipes are the same program
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import IO, Any

from ..services.catalogue import SERVICES
from ..services.outcome import Context
from ..store.tables import Entry, Store
from .computation import Finished, compute
from .json_text import read_json

READY = b"okapi-sdk emulator: ready\n"
"""The first line that the process sends."""


@dataclass(frozen=True)
class Task:
    """To the process: a calculation to compute."""

    path: str
    body: bytes
    created: datetime
    rows_per_part: int


@dataclass(frozen=True)
class Part:
    """From the process: the next part of a result in one format."""

    format: str
    text: bytes


@dataclass(frozen=True)
class NeedElements:
    """From the process: a request for stored objects, which are sent as lists of `Store.elements` and then None."""

    table: str
    owner: str | None


@dataclass(frozen=True)
class NeedEntry:
    """From the process: a request for one stored object, which is sent as an `Entry` or None."""

    table: str
    id: str


@dataclass(frozen=True)
class Begun:
    """From the process: it has a task and is about to compute it."""


Message = Begun | Part | NeedElements | NeedEntry | Finished


def send(pipe: IO[bytes], message: object) -> None:
    """Send a message."""
    pickle.dump(message, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Return the next message.

    Raises:
        EOFError, OSError, pickle.UnpicklingError: if the other side has ended.
    """
    return pickle.load(pipe)  # noqa: S301


def main() -> None:
    """Compute what arrives at standard input until it ends."""
    # A library that prints must not disturb the messages.
    output = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - a name, not a file
        os.dup2(nothing.fileno(), 1)
    if sys.stderr is not None:
        faulthandler.enable()
    inbox: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, inbox), daemon=True).start()
    output.write(READY)
    output.flush()
    while True:
        task = inbox.get()
        send(output, Begun())
        send(output, _compute(task, inbox, output))


def _read(pipe: IO[bytes], inbox: SimpleQueue[Any]) -> None:
    """Put what arrives into `inbox`. End the process when the pipe ends, whatever it is computing."""
    try:
        while True:
            inbox.put(receive(pipe))
    finally:
        os._exit(0)


def _compute(task: Task, inbox: SimpleQueue[Any], output: IO[bytes]) -> Finished:
    service = SERVICES[task.path]
    request, context = service.read(read_json(task.body)), Context(task.created, _RemoteStore(inbox, output))
    return compute(service, request, context, task.rows_per_part, _Pipe(output))


class _Pipe:
    """The sink that sends the parts."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output

    def write(self, format: str, part: bytes) -> None:
        """Send a part."""
        send(self._output, Part(format, part))

    def check(self) -> None:
        """Do nothing: an abandoned process is ended."""


class _RemoteStore(Store):
    """The store of the emulator, for reading."""

    def __init__(self, inbox: SimpleQueue[Any], output: IO[bytes]) -> None:
        super().__init__()
        self._inbox = inbox
        self._output = output

    def elements(self, table: str, owner: str | None = None) -> list[Mapping[str, Any]]:
        """Return the elements of a table in order of arrival: all of them, or those of one owner."""
        send(self._output, NeedElements(table, owner))
        return [element for some in self._lists() for element in some]

    def get(self, table: str, id_: str) -> Entry | None:
        """Return an entry, or None if there is none."""
        send(self._output, NeedEntry(table, id_))
        entry: Entry | None = self._inbox.get()
        return entry

    def _lists(self) -> Iterator[list[Mapping[str, Any]]]:
        return iter(self._inbox.get, None)
